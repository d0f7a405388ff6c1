package io.inmesh.server.traffic;

import io.inmesh.server.rule.MtlsMode;
import java.time.Instant;
import java.util.List;

/**
 * How far a mesh is on its way to mutual TLS everywhere, in the order of the steps.
 *
 * @param since since when traffic is observed, an hour at most
 * @param callers who talks plaintext to workloads, or TLS without an identity
 * @param calls services that workloads call over plaintext, though mutual TLS is what the mesh would use
 * @param ports what STRICT would do to each port of each workload
 * @param dryRuns policies in a dry run, and whom they would have refused
 * @param next what to do next, one sentence
 */
public record MtlsReport(
        Instant since, List<Caller> callers, List<Call> calls, List<Port> ports, List<DryRun> dryRuns, String next) {

    /** Copies the lists. */
    public MtlsReport {
        callers = List.copyOf(callers);
        calls = List.copyOf(calls);
        ports = List.copyOf(ports);
        dryRuns = List.copyOf(dryRuns);
    }

    /** {@return whether nothing stands in the way of the next step} */
    public boolean clean() {
        return callers.isEmpty()
                && calls.isEmpty()
                && dryRuns.isEmpty()
                && ports.stream().noneMatch(port -> port.verdict() == Verdict.BREAKS);
    }

    /** What STRICT would do. */
    public enum Verdict {
        /** It is STRICT already. */
        STRICT,
        /** Every request seen came over mutual TLS. */
        SAFE,
        /** Requests were seen that STRICT would refuse. */
        BREAKS,
        /** No request was seen, so nothing is known. */
        UNKNOWN
    }

    /**
     * Somebody who calls without an identity.
     *
     * @param called who is called
     * @param port at which of its ports
     * @param source IP address of the caller
     * @param sourceWorkloads workloads registered with that address; empty if it is none of the mesh
     * @param tls whether it speaks TLS, without a certificate of the mesh
     * @param requests how often in the time observed
     * @param refused how many of those security refused
     * @param lastSeen when it was seen last
     */
    public record Caller(
            WorkloadGroup called,
            int port,
            String source,
            List<String> sourceWorkloads,
            boolean tls,
            long requests,
            long refused,
            Instant lastSeen) {

        /** Copies the list. */
        public Caller {
            sourceWorkloads = List.copyOf(sourceWorkloads);
        }
    }

    /**
     * A service that a workload calls over plaintext.
     *
     * @param caller who calls
     * @param host full host name of the service
     * @param port its port
     * @param plaintext how many requests went over plaintext
     * @param requests how many there were in all
     * @param reason why the mesh did not use mutual TLS
     * @param lastSeen when it was seen last
     */
    public record Call(
            WorkloadGroup caller,
            String host,
            int port,
            long plaintext,
            long requests,
            String reason,
            Instant lastSeen) {}

    /**
     * One port of a workload.
     *
     * @param workload whose
     * @param port which
     * @param mode what it accepts now
     * @param verdict what STRICT would do
     * @param reason what that is concluded from
     */
    public record Port(WorkloadGroup workload, int port, MtlsMode mode, Verdict verdict, String reason) {}

    /**
     * Requests that a policy would have refused.
     *
     * @param called who was called
     * @param policy the policy's rule
     * @param source SPIFFE id or IP address of the caller
     * @param requests how many
     * @param lastSeen when the last of them was seen
     */
    public record DryRun(WorkloadGroup called, String policy, String source, long requests, Instant lastSeen) {}
}
