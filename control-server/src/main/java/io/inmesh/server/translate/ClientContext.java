package io.inmesh.server.translate;

import io.inmesh.server.service.Locality;
import java.util.Map;
import java.util.Optional;

/**
 * What a client's resources depend on. Two clients with equal contexts get the very same bytes.
 *
 * @param namespace the client's namespace: decides visibility, short names and which DestinationRule applies
 * @param labels workload labels: decide sourceLabels matches and which policies guard its inbound side
 * @param dnsDomain the fourth part of the node id, such as {@code default.svc.cluster.local}
 * @param personality which shape of resources it understands
 * @param locality where it runs: decides which endpoints it prefers
 * @param sidecar what it guards, if it is a proxy in front of an application
 */
public record ClientContext(
        String namespace,
        Map<String, String> labels,
        String dnsDomain,
        Personality personality,
        Locality locality,
        Optional<Sidecar> sidecar) {
    public ClientContext {
        labels = Map.copyOf(labels);
    }

    /** A client that is no proxy. */
    public ClientContext(
            String namespace,
            Map<String, String> labels,
            String dnsDomain,
            Personality personality,
            Locality locality) {
        this(namespace, labels, dnsDomain, personality, locality, Optional.empty());
    }

    /** A client of which it is not known where it runs. */
    public ClientContext(String namespace, Map<String, String> labels, String dnsDomain, Personality personality) {
        this(namespace, labels, dnsDomain, personality, Locality.UNKNOWN);
    }

    /** This client, wherever it may run. */
    ClientContext anywhere() {
        return in(Locality.UNKNOWN);
    }

    /** This client if it ran there. */
    public ClientContext in(Locality elsewhere) {
        return new ClientContext(namespace, labels, dnsDomain, personality, elsewhere, sidecar);
    }

    /** This client as a proxy in front of an application. */
    public ClientContext guarding(Sidecar sidecar) {
        return new ClientContext(namespace, labels, dnsDomain, personality, locality, Optional.of(sidecar));
    }
}
