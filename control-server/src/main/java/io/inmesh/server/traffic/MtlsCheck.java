package io.inmesh.server.traffic;

import io.inmesh.server.rule.MtlsMode;
import io.inmesh.server.rule.PeerAuthentications;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.service.Workload;
import io.inmesh.server.traffic.MtlsReport.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Concludes from the traffic of the last hour what forbidding plaintext would do. */
public final class MtlsCheck {

    private static final Comparator<WorkloadGroup> BY_NAME =
            Comparator.comparing(WorkloadGroup::namespace).thenComparing(WorkloadGroup::name);

    private final PeerAuthentications peers;
    private final ServiceIndex services;
    private final Collection<Workload> workloads;

    /**
     * @param peers what workloads accept
     * @param services the services of the mesh
     * @param workloads the processes that registered
     */
    public MtlsCheck(PeerAuthentications peers, ServiceIndex services, Collection<Workload> workloads) {
        this.peers = peers;
        this.services = services;
        this.workloads = workloads;
    }

    /**
     * {@return what the traffic tells}
     *
     * @param flows the traffic of the last hour
     * @param since since when it is observed
     * @param namespaces whose workloads to report on
     */
    public MtlsReport report(List<Flow> flows, Instant since, Predicate<String> namespaces) {
        List<MtlsReport.Caller> callers = new ArrayList<>();
        List<MtlsReport.Call> calls = new ArrayList<>();
        List<MtlsReport.DryRun> dryRuns = new ArrayList<>();
        for (Flow flow : flows) {
            if (!namespaces.test(flow.reporter().namespace())) {
                continue;
            }
            if (flow instanceof Flow.Inbound inbound && inbound.connection() != Flow.Connection.MTLS) {
                callers.add(caller(inbound));
            } else if (flow instanceof Flow.Outbound outbound && outbound.plaintext() > 0) {
                call(outbound).ifPresent(calls::add);
            } else if (flow instanceof Flow.ShadowDenied denied) {
                dryRuns.add(new MtlsReport.DryRun(
                        denied.reporter(), denied.policy(), denied.source(), denied.requests(), denied.lastSeen()));
            }
        }
        callers.sort(Comparator.comparing(MtlsReport.Caller::called, BY_NAME)
                .thenComparing(MtlsReport.Caller::port)
                .thenComparing(MtlsReport.Caller::source));
        calls.sort(Comparator.comparing(MtlsReport.Call::caller, BY_NAME).thenComparing(MtlsReport.Call::host));
        dryRuns.sort(Comparator.comparing(MtlsReport.DryRun::policy).thenComparing(MtlsReport.DryRun::source));
        List<MtlsReport.Port> ports = ports(flows, namespaces);
        return new MtlsReport(since, callers, calls, ports, dryRuns, NextStep.of(callers, calls, ports, dryRuns));
    }

    private MtlsReport.Caller caller(Flow.Inbound flow) {
        List<String> known = workloads.stream()
                .filter(workload -> workload.address().equals(flow.source()))
                .map(workload -> workload.namespace() + "/" + workload.name())
                .distinct()
                .sorted()
                .toList();
        return new MtlsReport.Caller(
                flow.reporter(),
                flow.port(),
                flow.source(),
                known,
                flow.connection() == Flow.Connection.TLS,
                flow.requests(),
                flow.refused(),
                flow.lastSeen());
    }

    /** Services outside of the mesh are none of its business. */
    private Optional<MtlsReport.Call> call(Flow.Outbound flow) {
        Optional<MeshService> service = services.find(flow.host());
        if (service.isEmpty() || service.get().external()) {
            return Optional.empty();
        }
        return Optional.of(new MtlsReport.Call(
                flow.reporter(),
                flow.host(),
                flow.port(),
                flow.plaintext(),
                flow.requests(),
                reason(service.get(), flow.port()),
                flow.lastSeen()));
    }

    private String reason(MeshService service, int port) {
        List<Workload> unable = service.workloads().stream()
                .filter(workload -> !workload.meshTls())
                .toList();
        if (!unable.isEmpty()) {
            return unable.size() + " of its " + service.workloads().size() + " endpoints do not speak mutual TLS: "
                    + unable.stream().map(Workload::id).limit(3).collect(Collectors.joining(", "))
                    + (unable.size() > 3 ? ", ..." : "");
        }
        boolean disabled = service.workloads().stream()
                .anyMatch(workload -> modeBehind(service, port, workload) == MtlsMode.DISABLE);
        return disabled
                ? "a PeerAuthentication says DISABLE"
                : "a DestinationRule says tls mode DISABLE, or its endpoints learned mutual TLS since";
    }

    private MtlsMode modeBehind(MeshService service, int port, Workload workload) {
        PeerAuthentications.Effective accepted = peers.effective(workload.namespace(), workload.labels());
        return service.port(port)
                .map(workload::portFor)
                .map(own -> own.isPresent() ? accepted.at(own.getAsInt()) : accepted.mode())
                .orElse(accepted.mode());
    }

    private List<MtlsReport.Port> ports(List<Flow> flows, Predicate<String> namespaces) {
        Map<WorkloadGroup, SortedMap<Integer, List<Flow.Inbound>>> seen =
                new TreeMap<>(BY_NAME.thenComparing(WorkloadGroup::serviceAccount)
                        .thenComparing(group -> new TreeMap<>(group.labels()).toString()));
        for (Workload workload : workloads) {
            workload.ports().values().forEach(port -> ofPort(seen, group(workload), port));
        }
        for (MeshService service : services.all().values()) {
            for (Workload workload : service.workloads()) {
                if (workload.meshTls()) {
                    service.ports()
                            .forEach(port ->
                                    workload.portFor(port).ifPresent(own -> ofPort(seen, group(workload), own)));
                }
            }
        }
        for (Flow flow : flows) {
            if (flow instanceof Flow.Inbound inbound) {
                ofPort(seen, inbound.reporter(), inbound.port()).add(inbound);
            }
        }
        List<MtlsReport.Port> ports = new ArrayList<>();
        seen.forEach((group, byPort) -> {
            if (namespaces.test(group.namespace())) {
                PeerAuthentications.Effective accepted = peers.effective(group.namespace(), group.labels());
                byPort.forEach((port, requests) -> ports.add(judge(group, port, accepted.at(port), requests)));
            }
        });
        return ports;
    }

    private static List<Flow.Inbound> ofPort(
            Map<WorkloadGroup, SortedMap<Integer, List<Flow.Inbound>>> seen, WorkloadGroup group, int port) {
        return seen.computeIfAbsent(group, g -> new TreeMap<>()).computeIfAbsent(port, p -> new ArrayList<>());
    }

    private static WorkloadGroup group(Workload workload) {
        return new WorkloadGroup(workload.namespace(), workload.serviceAccount(), workload.labels());
    }

    private static MtlsReport.Port judge(WorkloadGroup group, int port, MtlsMode mode, List<Flow.Inbound> flows) {
        long mutual = 0;
        long other = 0;
        for (Flow.Inbound flow : flows) {
            if (flow.connection() == Flow.Connection.MTLS) {
                mutual += flow.requests();
            } else {
                other += flow.requests();
            }
        }
        if (mode == MtlsMode.STRICT) {
            String reason =
                    other > 0 ? "refuses " + other + " requests without identity" : "all callers prove who they are";
            return new MtlsReport.Port(group, port, mode, Verdict.STRICT, reason);
        }
        if (other > 0) {
            return new MtlsReport.Port(
                    group, port, mode, Verdict.BREAKS, other + " of " + (mutual + other) + " requests had no identity");
        }
        return mutual > 0
                ? new MtlsReport.Port(
                        group, port, mode, Verdict.SAFE, "all " + mutual + " requests came over mutual TLS")
                : new MtlsReport.Port(group, port, mode, Verdict.UNKNOWN, "no request was seen");
    }
}
