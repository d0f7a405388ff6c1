package io.inmesh.server.translate;

import java.util.Map;

/**
 * What a client's resources depend on. Two clients with equal contexts get the very same bytes.
 *
 * @param namespace the client's namespace: decides visibility, short names and which DestinationRule applies
 * @param labels workload labels: decide sourceLabels matches and which policies guard its inbound side
 * @param dnsDomain the fourth part of the node id, such as {@code default.svc.cluster.local}
 * @param personality which shape of resources it understands
 */
public record ClientContext(String namespace, Map<String, String> labels, String dnsDomain, Personality personality) {
    public ClientContext {
        labels = Map.copyOf(labels);
    }
}
