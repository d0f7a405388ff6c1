package io.inmesh.server.rollout;

import io.inmesh.server.model.ResourceKey;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** How rollouts stand, for dashboards and alerts. Not safe for use by several threads, but for {@link #happened}. */
final class RolloutMeters {

    /** Rollouts that are shown one by one: those that changed last. All are counted by phase. */
    static final int MOST = 100;

    private static final String EVENT_PREFIX = "rollout-";
    private static final double PERCENT = 100;

    private final MeterRegistry meters;
    private final Map<Phase, AtomicInteger> phases = new EnumMap<>(Phase.class);
    private final MultiGauge steps;
    private final MultiGauge weights;
    private final MultiGauge ages;

    RolloutMeters(MeterRegistry meters) {
        this.meters = meters;
        for (Phase phase : Phase.values()) {
            phases.put(phase, meters.gauge("inmesh.rollouts", Tags.of("phase", phase.word()), new AtomicInteger()));
        }
        this.steps = MultiGauge.builder("inmesh.rollout.step")
                .description("Step that a rollout is at, from 1; 0 before it has begun")
                .register(meters);
        this.weights = MultiGauge.builder("inmesh.rollout.canary.share")
                .description("Share of the requests that a rollout gives the canary")
                .baseUnit("percent")
                .register(meters);
        this.ages = MultiGauge.builder("inmesh.rollout.age")
                .description(
                        "How long a rollout has been at its step and in its phase, without times in which no server ran")
                .baseUnit("seconds")
                .register(meters);
    }

    /** Counts what has happened to a rollout, as the audit log names it. */
    void happened(String event) {
        String word = event.startsWith(EVENT_PREFIX) ? event.substring(EVENT_PREFIX.length()) : event;
        meters.counter("inmesh.rollout.events", "event", word).increment();
    }

    /** Shows all rollouts there are. */
    void show(Map<ResourceKey, RolloutStatus> statuses, Instant now) {
        phases.forEach((phase, count) -> count.set((int) statuses.values().stream()
                .filter(status -> status.phase() == phase)
                .count()));
        List<MultiGauge.Row<?>> stepRows = new ArrayList<>();
        List<MultiGauge.Row<?>> weightRows = new ArrayList<>();
        List<MultiGauge.Row<?>> ageRows = new ArrayList<>();
        statuses.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<ResourceKey, RolloutStatus> entry) ->
                                entry.getValue().since())
                        .reversed())
                .limit(MOST)
                .forEach(entry -> {
                    RolloutStatus status = entry.getValue();
                    Tags tags = Tags.of(
                            "namespace", entry.getKey().namespace(),
                            "rollout", entry.getKey().name());
                    stepRows.add(MultiGauge.Row.of(tags, StatusJson.stepShown(status)));
                    RolloutStatus.Shift shift = status.shift();
                    if (shift != null) {
                        weightRows.add(MultiGauge.Row.of(tags, share(shift.wanted())));
                    }
                    Duration age = Duration.between(status.since(), now).minus(status.unwatched());
                    ageRows.add(
                            MultiGauge.Row.of(tags.and("phase", status.phase().word()), age.toMillis() / 1e3));
                });
        steps.register(stepRows, true);
        weights.register(weightRows, true);
        ages.register(ageRows, true);
    }

    private static double share(Weights weights) {
        int all = weights.stable() + weights.canary();
        return all == 0 ? 0 : PERCENT * weights.canary() / all;
    }
}
