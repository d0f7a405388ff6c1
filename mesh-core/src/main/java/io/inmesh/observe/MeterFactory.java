package io.inmesh.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes meters with the names, units and boundaries of the OpenTelemetry conventions. */
final class MeterFactory {

    /** For tags that have no value; registries disagree about empty ones. */
    static final String NONE = "none";

    // OpenTelemetry, "HTTP metrics": the advised boundaries of durations, in milliseconds.
    private static final Duration[] BOUNDARIES =
            boundaries(5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000);

    private final MeterRegistry registry;
    private final Counter overflows;

    MeterFactory(MeterRegistry registry) {
        this.registry = registry;
        this.overflows = counter(
                "inmesh.observe.overflows",
                "Names that were counted as _OTHER because a table of meters was full",
                Tags.empty());
    }

    void overflowed() {
        overflows.increment();
    }

    MeterRegistry registry() {
        return registry;
    }

    Timer duration(String name, String description, Tags tags) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(BOUNDARIES)
                .register(registry);
    }

    Counter counter(String name, String description, Tags tags) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    static String orNone(@Nullable String value) {
        return value == null ? NONE : value;
    }

    private static Duration[] boundaries(long... millis) {
        Duration[] boundaries = new Duration[millis.length];
        for (int i = 0; i < millis.length; i++) {
            boundaries[i] = Duration.ofMillis(millis[i]);
        }
        return boundaries;
    }
}
