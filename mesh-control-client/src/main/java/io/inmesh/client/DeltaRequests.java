package io.inmesh.client;

import com.google.protobuf.CodedOutputStream;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Subscriptions of incremental xDS in messages that every server takes: gRPC refuses those beyond 4 MiB unless told otherwise, and a
 * client that is refused would come back with the same for ever.
 *
 * <p>Versions of what is here already count in a stream's first request of a type only. What does not fit in there is asked for by name in
 * the next ones, also where everything is subscribed to: a server that was not told of a resource would send it again, but would not say that
 * it is gone. One that is silent about names that do not exist leaves us with those resources, as one does that is away.
 */
final class DeltaRequests {

    /** The largest message that a gRPC server takes by default. */
    static final int MOST_BYTES = 4 << 20;

    /** For the type and what a message has around its fields. */
    private static final int FRAME = 1024;

    /** Tags and lengths around a name, and around a version with its name; at most. */
    private static final int AROUND = 8;

    private static final int AROUND_VERSION = 16;

    private DeltaRequests() {}

    /** {@return the first requests of a type on a stream, in order} */
    static List<DeltaDiscoveryRequest> subscription(TypeState type, Node node) {
        DeltaDiscoveryRequest.Builder first =
                DeltaDiscoveryRequest.newBuilder().setNode(node).setTypeUrl(type.typeUrl());
        int room = MOST_BYTES - FRAME - node.getSerializedSize();
        List<String> later = type.wildcard() ? everything(first, type, room) : named(first, type, room);
        List<DeltaDiscoveryRequest> requests = new ArrayList<>();
        requests.add(first.build());
        requests.addAll(change(type.typeUrl(), later, Set.of()));
        return requests;
    }

    /** {@return the names that are to follow} Names go before versions: a server does not say that something is gone that it was not told of. */
    private static List<String> everything(DeltaDiscoveryRequest.Builder first, TypeState type, int room) {
        List<String> later = new ArrayList<>();
        int left = room;
        for (String name : type.names()) {
            int size = size(name) + AROUND_VERSION;
            if (size > left) {
                later.add(name);
            } else {
                left -= size;
                first.putInitialResourceVersions(name, "");
            }
        }
        for (Map.Entry<String, String> known : type.versions().entrySet()) {
            int size = size(known.getValue());
            if (size <= left && first.containsInitialResourceVersions(known.getKey())) {
                left -= size;
                first.putInitialResourceVersions(known.getKey(), known.getValue());
            }
        }
        return later;
    }

    /** {@return the names that are to follow} Each goes with its version, since what is asked for later is sent again. */
    private static List<String> named(DeltaDiscoveryRequest.Builder first, TypeState type, int room) {
        Map<String, String> versions = type.versions();
        List<String> later = new ArrayList<>();
        int left = room;
        for (String name : type.wanted()) {
            String version = versions.get(name);
            int size = size(name) + (version == null ? 0 : size(name) + size(version) + AROUND_VERSION);
            // One name at least, since a request without any would ask for everything.
            if (size > left && first.getResourceNamesSubscribeCount() > 0) {
                later.add(name);
                continue;
            }
            left -= size;
            first.addResourceNamesSubscribe(name);
            if (version != null) {
                first.putInitialResourceVersions(name, version);
            }
        }
        return later;
    }

    /** {@return requests that change the names subscribed to, in order; none if nothing changes} */
    static List<DeltaDiscoveryRequest> change(String typeUrl, Collection<String> added, Collection<String> dropped) {
        List<DeltaDiscoveryRequest> requests = new ArrayList<>();
        DeltaDiscoveryRequest.Builder request =
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl);
        int left = MOST_BYTES - FRAME;
        boolean empty = true;
        for (boolean adding : new boolean[] {true, false}) {
            for (String name : adding ? added : dropped) {
                int size = size(name);
                if (size > left && !empty) {
                    requests.add(request.build());
                    request.clearResourceNamesSubscribe().clearResourceNamesUnsubscribe();
                    left = MOST_BYTES - FRAME;
                }
                empty = false;
                left -= size;
                if (adding) {
                    request.addResourceNamesSubscribe(name);
                } else {
                    request.addResourceNamesUnsubscribe(name);
                }
            }
        }
        if (!empty) {
            requests.add(request.build());
        }
        return requests;
    }

    private static int size(String text) {
        return CodedOutputStream.computeStringSizeNoTag(text) + AROUND;
    }
}
