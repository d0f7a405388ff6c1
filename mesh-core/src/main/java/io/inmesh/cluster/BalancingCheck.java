package io.inmesh.cluster;

import io.inmesh.config.BalancingConfig;
import io.inmesh.config.Durations;
import io.inmesh.config.FieldProblems;
import io.inmesh.config.PeakEwmaConfig;
import io.inmesh.config.ProbingConfig;

/** Finds what is wrong with the settings of algorithms that learn. */
final class BalancingCheck {

    private static final int SMALLEST_POOL = 2;

    private BalancingCheck() {}

    static void check(BalancingConfig balancing, FieldProblems problems) {
        check(balancing.peakEwma(), problems.within("peakEwma"));
        check(balancing.probing(), problems.within("probing"));
    }

    private static void check(PeakEwmaConfig peakEwma, FieldProblems problems) {
        Durations.checkPositive("decay", peakEwma.decay(), problems);
        Durations.checkPositive("initialLatency", peakEwma.initialLatency(), problems);
    }

    private static void check(ProbingConfig probing, FieldProblems problems) {
        Durations.checkPositive("sampleMaxAge", probing.sampleMaxAge(), problems);
        int size = probing.poolSize();
        if (size != ProbingConfig.ADAPTIVE && (size < SMALLEST_POOL || size > ProbingConfig.LARGEST_POOL)) {
            problems.report(
                    "poolSize",
                    "is " + size,
                    "use " + SMALLEST_POOL + " to " + ProbingConfig.LARGEST_POOL + ", or 0 to adapt it to the load");
        }
        share("probesPerCall", probing.probesPerCall(), problems);
        share("qRif", probing.qRif(), problems);
    }

    private static void share(String field, double value, FieldProblems problems) {
        if (!(value >= 0 && value <= 1)) {
            problems.report(field, "is " + value, "use a number from 0 to 1");
        }
    }
}
