package io.inmesh.source;

import io.inmesh.config.PeakEwmaConfig;
import io.inmesh.config.ProbingConfig;

/** Reads {@code peakEwma} and {@code probing} of a cluster's {@code balancing}. */
final class LearningReader {

    private LearningReader() {}

    static PeakEwmaConfig peakEwma(Section section) {
        PeakEwmaConfig usual = PeakEwmaConfig.DEFAULT;
        return new PeakEwmaConfig(
                section.duration("decay", usual.decay()), section.duration("initialLatency", usual.initialLatency()));
    }

    static ProbingConfig probing(Section section) {
        ProbingConfig usual = ProbingConfig.DEFAULT;
        return new ProbingConfig(
                section.get("rule", value -> value.word(ProbingConfig.Rule.class), usual.rule()),
                section.integer("poolSize", usual.poolSize()),
                section.get("probesPerCall", Value::decimal, usual.probesPerCall()),
                section.duration("sampleMaxAge", usual.sampleMaxAge()),
                section.get("qRif", Value::decimal, usual.qRif()));
    }
}
