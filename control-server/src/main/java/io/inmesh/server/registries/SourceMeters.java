package io.inmesh.server.registries;

import io.inmesh.server.source.DiscoveredServices;
import io.inmesh.server.source.SourceStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.ToDoubleFunction;

/** What is counted of sources, each with tag {@code source}. */
final class SourceMeters {

    private SourceMeters() {}

    static void bind(DiscoveredServices discovered, MeterRegistry meters, InstantSource clock) {
        for (SourceStatus source : discovered.statuses()) {
            Shown shown = new Shown(discovered, source.name(), meters);
            shown.gauge("inmesh.source.services", "services of a registry", SourceStatus::services);
            shown.gauge(
                    "inmesh.source.endpoints",
                    "endpoints of a registry, those that have vanished included",
                    SourceStatus::endpoints);
            shown.gauge(
                    "inmesh.source.vanished",
                    "endpoints that a registry does not name any more and that are kept for now",
                    SourceStatus::vanished);
            shown.gauge(
                    "inmesh.source.failing",
                    "for how many seconds a registry has not been there or not been usable; 0 while it answers",
                    status -> status.state() == SourceStatus.State.ANSWERING
                            ? 0
                            : Duration.between(status.since(), clock.instant()).toSeconds());
        }
    }

    private record Shown(DiscoveredServices discovered, String source, MeterRegistry meters) {

        void gauge(String name, String description, ToDoubleFunction<SourceStatus> value) {
            Gauge.builder(
                            name,
                            discovered,
                            now -> now.statuses().stream()
                                    .filter(status -> status.name().equals(source))
                                    .mapToDouble(value)
                                    .sum())
                    .tag("source", source)
                    .description(description)
                    .register(meters);
        }
    }
}
