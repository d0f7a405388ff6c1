package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;

/** {@code circuitBreaker.failureRate} of a BackendTrafficPolicy. */
final class FailureRateCheck {
    private static final int MOST_CALLS = 100_000;
    private static final int DEFAULT_CALLS = 100;

    private FailureRateCheck() {}

    static void check(Report report, Field rule) {
        report.range(rule.get("percent"), 0, 100);
        report.range(rule.get("slowCallPercent"), 0, 100);
        report.range(rule.get("minimumCalls"), 1, MOST_CALLS);
        report.range(rule.get("window"), 1, MOST_CALLS);
        report.range(rule.get("halfOpenCalls"), 1, MOST_CALLS);
        report.duration(rule.get("openDuration"), false);
        report.duration(rule.get("slowCallDuration"), false);
        int minimum = rule.get("minimumCalls").integer(DEFAULT_CALLS);
        int window = rule.get("window").integer(DEFAULT_CALLS);
        if (rule.present() && minimum > window) {
            // The library that counts takes the smaller of both.
            report.add(
                    Check.NO_EFFECT,
                    rule.get("minimumCalls"),
                    "has no effect: the window holds " + window + " calls, so that many are enough to judge by");
        }
        if (rule.get("slowCallDuration").present()
                && rule.get("slowCallPercent").absent()) {
            report.add(Check.NO_EFFECT, rule.get("slowCallDuration"), "has no effect without slowCallPercent");
        }
    }
}
