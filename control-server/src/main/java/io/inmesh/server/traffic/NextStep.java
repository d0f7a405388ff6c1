package io.inmesh.server.traffic;

import io.inmesh.server.traffic.MtlsReport.Verdict;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Says what to do next: one thing at a time, in the order in which a migration is safe. */
final class NextStep {

    private NextStep() {}

    static String of(
            List<MtlsReport.Caller> callers,
            List<MtlsReport.Call> calls,
            List<MtlsReport.Port> ports,
            List<MtlsReport.DryRun> dryRuns) {
        if (!calls.isEmpty()) {
            MtlsReport.Call first = calls.get(0);
            return "have " + first.caller().name() + " call " + first.host() + " over mutual TLS: " + first.reason();
        }
        if (!callers.isEmpty()) {
            MtlsReport.Caller first = callers.get(0);
            String who = first.sourceWorkloads().isEmpty()
                    ? first.source() + ", which is not in the mesh"
                    : first.source() + " (" + String.join(", ", first.sourceWorkloads()) + ")";
            return "bring " + who + ", into the mesh, or give it another way to "
                    + first.called().name() + "; until then " + first.called().name() + " has to stay PERMISSIVE";
        }
        SortedSet<String> ready = namespaces(ports, Verdict.SAFE);
        SortedSet<String> unsure = namespaces(ports, Verdict.UNKNOWN);
        ready.removeAll(unsure);
        if (!ready.isEmpty()) {
            return "apply a PeerAuthentication with mode STRICT to namespace " + ready.first()
                    + ": every request seen there came over mutual TLS";
        }
        if (!unsure.isEmpty()) {
            return "wait for requests, or send some, to the workloads of namespace " + unsure.first()
                    + " that are UNKNOWN; then check again";
        }
        if (!dryRuns.isEmpty()) {
            return "correct " + dryRuns.get(0).policy() + ", or accept that it refuses "
                    + dryRuns.get(0).source() + "; then take the dry-run annotation off";
        }
        return ports.isEmpty()
                ? "nothing is known yet: no process has registered or reported"
                : "nothing is left to do: every port is STRICT and no dry run refuses anything";
    }

    private static SortedSet<String> namespaces(List<MtlsReport.Port> ports, Verdict verdict) {
        SortedSet<String> namespaces = new TreeSet<>();
        ports.stream()
                .filter(port -> port.verdict() == verdict)
                .forEach(port -> namespaces.add(port.workload().namespace()));
        return namespaces;
    }
}
