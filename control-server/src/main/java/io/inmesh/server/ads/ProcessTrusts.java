package io.inmesh.server.ads;

import io.inmesh.server.ca.ProcessTrust;
import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.xds.TypeUrls;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * How processes stand to the mesh's roots: those that are connected here, and those that are registered, expected back, and not connected to
 * another server, which knows how they stand.
 */
public final class ProcessTrusts implements Supplier<List<ProcessTrust>> {
    private final StreamHub hub;
    private final WorkloadRegistry registry;

    /** Looks at the streams of {@code hub} and the leases in {@code registry}. */
    public ProcessTrusts(StreamHub hub, WorkloadRegistry registry) {
        this.hub = hub;
        this.registry = registry;
    }

    @Override
    public List<ProcessTrust> get() {
        List<ProcessTrust> all = new ArrayList<>();
        Set<String> connected = new HashSet<>();
        for (ConnectedProcess process : hub.processes()) {
            connected.add(process.nodeId());
            // One without a certificate speaks no mutual TLS and needs no roots.
            if (!process.chain().isEmpty()) {
                all.add(new ProcessTrust(
                        process.instance() + " in " + process.namespace(),
                        true,
                        process.types().stream().anyMatch(type -> type.typeUrl().equals(TypeUrls.SECRET)),
                        process.acknowledgedTrust(),
                        process.chain()));
            }
        }
        for (RegisteredWorkload workload : registry.notElsewhere()) {
            if (!connected.contains(workload.nodeId())) {
                all.add(new ProcessTrust(
                        workload.name() + " in " + workload.namespace(), false, true, Optional.empty(), List.of()));
            }
        }
        return all;
    }
}
