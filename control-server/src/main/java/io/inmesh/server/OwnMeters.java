package io.inmesh.server;

import io.inmesh.server.ads.TranslatedResources;
import io.inmesh.server.registry.RegistryMetrics;
import io.inmesh.server.registry.WorkloadRegistry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.util.concurrent.ThreadPoolExecutor;

/** What is measured of the server as a whole: memory, collector, threads, processors, files, and what waits for a thread. */
final class OwnMeters {

    private OwnMeters() {}

    /** Counts who is registered, and how much of the configuration could not be made into what processes are sent. */
    static void bind(MeterRegistry meters, WorkloadRegistry registry, TranslatedResources resources) {
        RegistryMetrics.bind(registry, meters);
        Gauge.builder("inmesh.ads.untranslated", () -> resources.problems().size())
                .description(
                        "What could not be translated, so that processes keep what they have; 0 unless the server has a bug")
                .register(meters);
    }

    /**
     * Begins to measure.
     *
     * @param rpc runs what streams do
     * @return what follows the collector; to be closed before {@code meters}
     */
    static JvmGcMetrics bind(MeterRegistry meters, ThreadPoolExecutor rpc) {
        Gauge.builder("inmesh.ads.queue", rpc, pool -> pool.getQueue().size())
                .description("What streams have to do that waits for a thread")
                .register(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        JvmGcMetrics collector = new JvmGcMetrics();
        collector.bindTo(meters);
        return collector;
    }
}
