package io.inmesh.server.ads;

import io.grpc.Status;
import org.slf4j.LoggerFactory;

/** The sending side of a client's stream: one of the two xDS protocols. Used from one thread at a time. */
interface Outbound {
    /** The most bytes of resources in a response that can be split; gRPC clients take 4 MiB unless told otherwise. */
    int MAX_RESPONSE_BYTES = 3 << 20;

    /** Whether the transport takes another message without buffering it. */
    boolean ready();

    /** Whether the client is told of names that are gone even if nothing else changes. */
    boolean tellsRemovals(TypeState state);

    /**
     * Sends an update, or as much of it as fits.
     *
     * @return what has been sent
     */
    Sent send(TypeState state, Update update, String nonce);

    /**
     * What has been sent.
     *
     * @param update as much of the update as fitted
     * @param bytes how long the response is
     */
    record Sent(Update update, int bytes) {}

    /** Answers what a client told about its health. */
    void sendHealthAnswer(String answer, String nonce);

    /** Ends the stream. */
    void close(Status status);

    /** Ends the stream, unless it has ended: as by the gate, when something came from a client that had just been denied. */
    default void end(Status status) {
        try {
            close(status);
        } catch (IllegalStateException alreadyEnded) {
            LoggerFactory.getLogger(Outbound.class).debug("a stream had ended already", alreadyEnded);
        }
    }
}
