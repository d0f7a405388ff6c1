package io.inmesh.server.store;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;

/** What is counted of the store. */
public final class StoreMetrics {

    private StoreMetrics() {}

    /** Shows for how long a server has not heard of what others do, and could change nothing, 0 while it does, and its revision. */
    public static void bind(ConfigStore store, MeterRegistry meters, InstantSource clock) {
        Gauge.builder(
                        "inmesh.store.behind",
                        store,
                        now -> now.behind()
                                .map(behind -> (double) Duration.between(behind.since(), clock.instant())
                                        .toSeconds())
                                .orElse(0.0))
                .baseUnit("seconds")
                .description("for how long this server has not heard of changes by others; 0 while it hears")
                .register(meters);
        Gauge.builder(
                        "inmesh.store.refusing",
                        store,
                        now -> now.refusal()
                                .map(refusal -> (double) Duration.between(refusal.since(), clock.instant())
                                        .toSeconds())
                                .orElse(0.0))
                .baseUnit("seconds")
                .description(
                        "for how long the store has taken no change, though one was to be made; 0 if it took the last one")
                .register(meters);
        Gauge.builder("inmesh.store.revision", store, now -> now.view().revision())
                .description("revision of the configuration this server works with; the same on all servers")
                .register(meters);
    }
}
