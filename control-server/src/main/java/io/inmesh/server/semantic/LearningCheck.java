package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import java.util.Set;

/** Settings of the algorithms of a BackendTrafficPolicy that go by latency and reported load. */
final class LearningCheck {
    private static final int SMALLEST_POOL = 2;
    private static final int LARGEST_POOL = 16;
    private static final Set<String> TIMING = Set.of("PEAK_EWMA", "PROBING");

    private LearningCheck() {}

    static void check(Report report, Field loadBalancer, String algorithm) {
        Field peakEwma = loadBalancer.get("peakEwma");
        report.duration(peakEwma.get("decay"), false);
        report.duration(peakEwma.get("initialLatency"), false);
        if (peakEwma.present() && !TIMING.contains(algorithm)) {
            report.add(Check.NO_EFFECT, peakEwma, "has no effect: only PEAK_EWMA and PROBING remember latencies");
        }
        Field probing = loadBalancer.get("probing");
        report.range(probing.get("poolSize"), SMALLEST_POOL, LARGEST_POOL);
        report.range(probing.get("probesPerCall"), 0, 1);
        report.duration(probing.get("sampleMaxAge"), false);
        report.range(probing.get("qRif"), 0, 1);
        if (probing.present() && !algorithm.equals("PROBING")) {
            report.add(Check.NO_EFFECT, probing, "has no effect: only PROBING goes by reported load");
        } else if (probing.get("qRif").present() && !probing.get("rule").text().equals("HCL")) {
            report.add(Check.NO_EFFECT, probing.get("qRif"), "has no effect: only the rule HCL has it");
        }
    }
}
