package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;

/** {@code retries}, {@code hedging} and {@code throttling} of a BackendTrafficPolicy. */
final class ClientPolicyCheck {
    /** From here on most calls would be sent twice. */
    private static final double LOWEST_PERCENTILE = 50;

    private static final double HIGHEST_PERCENTILE = 99.9;

    private ClientPolicyCheck() {}

    static void check(Report report, Field spec) {
        hedging(report, spec.get("hedging"));
        throttling(report, spec.get("throttling"));
    }

    private static void hedging(Report report, Field hedging) {
        report.exclusive(hedging, "delay", "percentile");
        report.duration(hedging.get("delay"), false);
        report.range(hedging.get("percentile"), LOWEST_PERCENTILE, HIGHEST_PERCENTILE);
        Field most = hedging.get("maxHedges");
        report.range(most, 0, 1);
        Field extra = hedging.get("maxExtraPercent");
        report.range(extra, 0, 100);
        if (most.integer(1) > 0 && extra.decimal().orElse(1) == 0) {
            report.add(Check.NO_EFFECT, extra, "0 allows no hedge; leave hedging out, or set maxHedges to 0");
        }
    }

    private static void throttling(Report report, Field throttling) {
        report.range(throttling.get("k"), 1, 100);
        report.duration(throttling.get("window"), false);
        Field most = throttling.get("maxPercent");
        report.range(most, 0, 99);
        if (throttling.get("k").decimal().orElse(2) == 1) {
            report.add(
                    Check.NO_EFFECT,
                    throttling.get("k"),
                    "1 sends no call more than servers accept, so their recovery is not noticed; use 1.1 or more");
        }
    }
}
