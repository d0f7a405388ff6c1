package io.inmesh.config;

import java.time.Duration;
import java.util.Objects;

/**
 * How many requests a process works on at once. The limit follows latency between two bounds; equal bounds make it a fixed one.
 *
 * <p>Source: the rule of Netflix' {@code Gradient2Limit} and of Envoy's {@code gradient_controller_config}, with a baseline that
 * overload cannot raise.
 *
 * @param initialLimit limit of a process that has just started
 * @param minLimit the limit never falls below
 * @param maxLimit the limit never rises above
 * @param latencyTolerance the limit falls when requests take longer than this many times what they take under little load
 * @param maxQueueWait a request that waited longer for a thread is refused, where the wait is known; zero for never
 */
public record ConcurrencyConfig(
        int initialLimit, int minLimit, int maxLimit, double latencyTolerance, Duration maxQueueWait) {

    /** 20 at first, then 5 to 1000; latency may grow by half; at most 20 ms of waiting. */
    public static final ConcurrencyConfig DEFAULT = new ConcurrencyConfig(20, 5, 1000, 1.5, Duration.ofMillis(20));

    /** Checks that nothing is missing. */
    public ConcurrencyConfig {
        Objects.requireNonNull(maxQueueWait, "maxQueueWait");
    }

    /** Reports every value that cannot be. */
    public void check(FieldProblems problems) {
        if (minLimit < 1) {
            problems.report("minLimit", "is " + minLimit, "give a number above zero");
        }
        if (maxLimit < minLimit) {
            problems.report("maxLimit", "is " + maxLimit + ", below minLimit " + minLimit, "make it at least minLimit");
        }
        if (initialLimit < minLimit || initialLimit > maxLimit) {
            problems.report(
                    "initialLimit",
                    "is " + initialLimit + ", not between " + minLimit + " and " + maxLimit,
                    "give a number between minLimit and maxLimit");
        }
        if (!(latencyTolerance >= 1 && latencyTolerance <= 10)) {
            problems.report("latencyTolerance", "is " + latencyTolerance, "give a number from 1 to 10");
        }
        if (!maxQueueWait.isZero()) {
            Durations.checkPositive("maxQueueWait", maxQueueWait, problems);
        }
    }
}
