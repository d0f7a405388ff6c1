package io.inmesh.source;

import io.inmesh.config.BalancingConfig;
import io.inmesh.config.BalancingConfig.SubsetConfig;
import io.inmesh.config.WarmUpConfig;
import java.time.Duration;
import java.util.Objects;

/** Reads the {@code balancing} of a cluster. */
final class BalancingReader {

    private BalancingReader() {}

    static BalancingConfig read(Section balancing) {
        BalancingConfig usual = BalancingConfig.DEFAULT;
        BalancingConfig settings = usual;
        try {
            settings = new BalancingConfig(
                    balancing.integer("minimumRingSize", usual.minimumRingSize()),
                    balancing.integer("maximumRingSize", usual.maximumRingSize()),
                    balancing.integer("tableSize", usual.tableSize()),
                    balancing.integer("loadBoundPercent", usual.loadBoundPercent()),
                    balancing.findSection("warmUp", BalancingReader::warmUp),
                    balancing.findSection("subset", BalancingReader::subset),
                    balancing.section("peakEwma", LearningReader::peakEwma, usual.peakEwma()),
                    balancing.section("probing", LearningReader::probing, usual.probing()));
        } catch (IllegalArgumentException e) {
            balancing.value().report("is not possible", Objects.requireNonNullElse(e.getMessage(), "correct it"));
        }
        return settings;
    }

    private static WarmUpConfig warmUp(Section warmUp) {
        return new WarmUpConfig(
                warmUp.duration("duration", Duration.ZERO),
                warmUp.get("minimumPercent", Value::decimal, WarmUpConfig.DEFAULT_MINIMUM_PERCENT),
                warmUp.get("aggression", Value::decimal, 1.0));
    }

    private static SubsetConfig subset(Section subset) {
        return new SubsetConfig(subset.integer("size", 0), subset.required("client"));
    }
}
