package io.inmesh.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes meters with the names, units and boundaries of the OpenTelemetry conventions. */
final class MeterFactory {

    private static final Logger LOG = LoggerFactory.getLogger(MeterFactory.class);

    /** For tags that have no value; registries disagree about empty ones. */
    static final String NONE = "none";

    // OpenTelemetry, "HTTP metrics": the advised boundaries of durations, in milliseconds.
    private static final Duration[] BOUNDARIES =
            boundaries(5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000);

    private final MeterRegistry registry;
    private final Counter overflows;
    private final Map<String, Runnable> warnings = new ConcurrentHashMap<>();

    MeterFactory(MeterRegistry registry) {
        this.registry = registry;
        this.overflows = counter(
                "inmesh.observe.overflows",
                "Names that were counted as _OTHER because a table of meters was full",
                Tags.empty());
    }

    /**
     * {@return what to run when a table is full: it counts, and the first time it warns}
     *
     * @param names what the table tells apart, for the warning
     */
    Runnable overflow(String names) {
        return warnings.computeIfAbsent(names, this::warning);
    }

    private Runnable warning(String names) {
        AtomicBoolean warned = new AtomicBoolean();
        return () -> {
            overflows.increment();
            if (!warned.get() && warned.compareAndSet(false, true)) {
                LOG.warn(
                        "There are more {} than metrics tell apart; further ones are counted as {}, and"
                                + " inmesh.observe.overflows says how often",
                        names,
                        NamedTable.OTHER);
            }
        };
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

    DistributionSummary summary(String name, String description, Tags tags, double[] buckets) {
        return DistributionSummary.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
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
