package io.inmesh.client;

import io.inmesh.xds.core.Node;
import io.inmesh.xds.rpc.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One variant of the discovery protocol on one stream. */
interface Wire {

    /** Hears what the stream says; called on gRPC's threads. */
    interface Events {
        /** The connection has taken the stream, which can be written to; may be said again. */
        void begun();

        void update(Update update);

        void closed(@Nullable Throwable cause);
    }

    /** Subscribes for the first time on this stream. */
    void subscribe(TypeState type, Node node);

    /** Changes the names subscribed to. */
    void resubscribe(TypeState type, Set<String> added, Set<String> dropped);

    /** Accepts the last response of a type, or refuses it. */
    void answer(TypeState type, @Nullable Status error);

    /** Sends how this process presents itself once more, with a type subscribed to before, which stays as it is. */
    void describe(TypeState type, Node node);

    /** Sends what this process says about its own health. */
    void health(Node node, @Nullable Status error);

    /** Ends the stream. */
    void close();
}
