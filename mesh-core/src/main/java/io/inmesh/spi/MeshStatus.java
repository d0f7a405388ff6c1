package io.inmesh.spi;

import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.endpoint.CheckState;
import io.inmesh.identity.IdentityHealth;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one mesh believes.
 *
 * @param name service this process is, empty if it was not told
 * @param version name of the config in use
 * @param appliedAt when that was put in use, null while there is none
 * @param clusters groups of endpoints and their state
 * @param inbound what is asked of requests that come in
 * @param identity who this process is, null without certificate
 * @param controlPlane what the control plane knows about itself, null without one
 */
public record MeshStatus(
        String name,
        String version,
        @Nullable Instant appliedAt,
        List<ClusterStatus> clusters,
        InboundStatus inbound,
        @Nullable IdentityStatus identity,
        @Nullable ControlPlaneStatus controlPlane) {

    /** Copies the list. */
    public MeshStatus {
        clusters = List.copyOf(clusters);
    }

    /**
     * What comes in.
     *
     * @param mtls whether a client certificate is needed, on ports that {@code mtlsByPort} does not name
     * @param mtlsByPort whether one is needed on single ports of this process
     * @param trafficPolicy the resource that limits how much is taken, empty if none does
     * @param rateLimits names of its limits on how often
     * @param concurrencyLimit requests that may be in flight at once now, 0 if that is not limited
     * @param requestsInFlight requests that count towards it
     */
    public record InboundStatus(
            Mtls mtls,
            Map<Integer, Mtls> mtlsByPort,
            String trafficPolicy,
            List<String> rateLimits,
            int concurrencyLimit,
            long requestsInFlight) {
        /** Copies the collections. */
        public InboundStatus {
            mtlsByPort = Map.copyOf(mtlsByPort);
            rateLimits = List.copyOf(rateLimits);
        }
    }

    /**
     * One cluster.
     *
     * @param name its name
     * @param service the service it belongs to
     * @param requestsInFlight requests that count towards its limit
     * @param breaker state of its failure-rate breaker, empty if it has none
     * @param retryBudget retries its service could make now
     * @param healthCheck how its endpoints are checked, and whether they can be; empty if they are not to be
     * @param endpoints its endpoints
     */
    public record ClusterStatus(
            String name,
            String service,
            long requestsInFlight,
            String breaker,
            double retryBudget,
            String healthCheck,
            List<EndpointStatus> endpoints) {
        /** Copies the list. */
        public ClusterStatus {
            endpoints = List.copyOf(endpoints);
        }
    }

    /**
     * One endpoint.
     *
     * @param address {@code host:port}
     * @param workload name of the workload, empty if unknown
     * @param locality {@code region/zone/subzone}, empty if unknown
     * @param health what the registry says
     * @param ejected whether calls to it failed so often that it is out of rotation
     * @param check what the health checks of this process have shown
     * @param inFlight attempts that have not ended
     */
    public record EndpointStatus(
            String address,
            String workload,
            String locality,
            Health health,
            boolean ejected,
            CheckState.Verdict check,
            int inFlight) {}

    /**
     * Who this process is.
     *
     * @param id SPIFFE id as a URI
     * @param epoch number of identities this process has had
     * @param notAfter when the certificate ends
     * @param health how well the certificate is; degraded while it should have been renewed
     */
    public record IdentityStatus(String id, long epoch, Instant notAfter, IdentityHealth health) {}
}
