package io.inmesh.observe;

import io.inmesh.observe.MeshObserver.MirrorSkip;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;

/** The meters of copies that one cluster gets. */
final class MirrorMeters {

    private final MeterFactory meters;
    private final Tags tags;
    private final MeterTable<Counter> ended = new MeterTable<>(this::endedCounter);
    private final MeterTable<Counter> skipped = new MeterTable<>(this::skippedCounter);

    MirrorMeters(MeterFactory meters, String cluster) {
        this.meters = meters;
        this.tags = Tags.of("inmesh.cluster", cluster);
    }

    void ended(int outcome) {
        ended.get(outcome).increment();
    }

    void skipped(MirrorSkip why) {
        skipped.get(why.ordinal()).increment();
    }

    private Counter endedCounter(int outcome) {
        return meters.counter(
                "inmesh.client.mirrored",
                "Copies of calls that a route mirrors",
                tags.and("outcome", OutcomeCode.summary(outcome)));
    }

    private Counter skippedCounter(int ordinal) {
        String reason = MirrorSkip.values()[ordinal].name().toLowerCase(Locale.ROOT);
        return meters.counter(
                "inmesh.client.mirrored.skipped",
                "Copies of calls that were to be mirrored and were not sent",
                tags.and("reason", reason));
    }
}
