package io.inmesh.server.registry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What the registry shows of itself. */
public final class RegistryMetrics {

    private RegistryMetrics() {}

    /** Shows how many processes are registered, with whichever server, and how many of them nobody is connected to. */
    public static void bind(WorkloadRegistry registry, MeterRegistry meters) {
        Gauge.builder(
                        "inmesh.registry.workloads",
                        registry,
                        now -> now.workloads().size())
                .description("processes that are registered, with whichever server")
                .register(meters);
        Gauge.builder("inmesh.registry.suspect", registry, WorkloadRegistry::suspects)
                .description("registered processes that no server has held a connection to for two seconds")
                .register(meters);
    }
}
