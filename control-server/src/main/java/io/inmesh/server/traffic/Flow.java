package io.inmesh.server.traffic;

import java.time.Instant;

/** What was seen between two ends in the last hour. */
public sealed interface Flow {

    /** {@return the processes that reported it} */
    WorkloadGroup reporter();

    /** How a caller connected. */
    enum Connection {
        /** TLS, and the caller proved a SPIFFE id. */
        MTLS,
        /** TLS, and the caller proved none. */
        TLS,
        /** No TLS. */
        PLAINTEXT
    }

    /**
     * Requests that came in.
     *
     * @param reporter who was called
     * @param port local port of those called
     * @param connection how the caller connected
     * @param source SPIFFE id of the caller for {@link Connection#MTLS}, else its IP address
     * @param requests how many came
     * @param refused how many of them security refused
     * @param lastSeen when the last of them was reported
     */
    record Inbound(
            WorkloadGroup reporter,
            int port,
            Connection connection,
            String source,
            long requests,
            long refused,
            Instant lastSeen)
            implements Flow {}

    /**
     * Requests that went out.
     *
     * @param reporter who called
     * @param port port of the service that was called
     * @param host its full host name
     * @param requests how many went out, retries included
     * @param plaintext how many of them over connections that the mesh does not secure
     * @param lastSeen when the last of them was reported
     */
    record Outbound(WorkloadGroup reporter, int port, String host, long requests, long plaintext, Instant lastSeen)
            implements Flow {}

    /**
     * Requests that came in and that a policy in a dry run would have refused.
     *
     * @param reporter who was called
     * @param policy the policy's rule: {@code ns[default]-policy[viewers]-rule[0]}
     * @param source SPIFFE id or IP address of the caller
     * @param requests how many came
     * @param lastSeen when the last of them was reported
     */
    record ShadowDenied(WorkloadGroup reporter, String policy, String source, long requests, Instant lastSeen)
            implements Flow {}
}
