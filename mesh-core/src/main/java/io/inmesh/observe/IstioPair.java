package io.inmesh.observe;

import io.inmesh.identity.SpiffeId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Two workloads of which one calls the other, and the service it asked for.
 *
 * @param source who calls
 * @param sourcePrincipal the identity of who calls, null if it is not known
 * @param destination who answers
 * @param destinationPrincipal the identity of who answers, null if it is not known
 * @param service the service that was asked for
 */
record IstioPair(
        Workload source,
        @Nullable SpiffeId sourcePrincipal,
        Workload destination,
        @Nullable SpiffeId destinationPrincipal,
        Service service) {

    IstioPair {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(service, "service");
    }

    /**
     * A service in the three ways that Istio's metrics name it.
     *
     * @param host {@code reviews.default.svc.cluster.local}
     * @param name {@code reviews}
     * @param namespace {@code default}
     */
    record Service(String host, String name, String namespace) {

        private static final String UNKNOWN = Workload.NOT_KNOWN;
        private static final int CLUSTER_PARTS = 4;

        /** {@return the service a host name stands for} */
        static Service ofHost(String host) {
            int service = host.indexOf(".svc.");
            int dot = host.indexOf('.');
            return service < 0 || dot == service
                    ? new Service(Workload.orUnknown(host), Workload.orUnknown(host), UNKNOWN)
                    : new Service(host, host.substring(0, dot), host.substring(dot + 1, service));
        }

        /** {@return the service a virtual host stands for: {@code reviews.default.svc.cluster.local:9080}} */
        static Service ofVirtualHost(String name) {
            int colon = name.lastIndexOf(':');
            boolean port = colon > 0 && name.substring(colon + 1).chars().allMatch(c -> c >= '0' && c <= '9');
            return ofHost(port ? name.substring(0, colon) : name);
        }

        /** {@return the service a cluster belongs to: {@code outbound|9080|v1|reviews.default.svc.cluster.local}} */
        static Service ofCluster(String name) {
            String[] parts = name.split("\\|", -1);
            return ofHost(parts.length == CLUSTER_PARTS ? parts[CLUSTER_PARTS - 1] : name);
        }
    }
}
