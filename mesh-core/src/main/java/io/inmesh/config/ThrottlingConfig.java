package io.inmesh.config;

import java.time.Duration;

/**
 * When calls are refused before they are sent, because servers refuse so many that refusing costs them more than it should.
 *
 * <p>Source: Google, "Site Reliability Engineering", chapter 21, client-side throttling: a call is refused with probability
 * max(0, (requests - k x accepts) / (requests + 1)).
 *
 * @param k calls sent for each one the servers accept, above 1; lower throttles sooner. Default 2; less critical calls use at most 1.5
 * @param window how long calls count, default 10 s
 * @param maxPercent most calls refused, in percent, so that a server that recovers is noticed; default 90
 */
public record ThrottlingConfig(double k, Duration window, double maxPercent) {

    /** 2, 10 s and 90 percent. */
    public static final ThrottlingConfig DEFAULT = new ThrottlingConfig(2, Duration.ofSeconds(10), 90);

    /** Checks ranges. */
    public ThrottlingConfig {
        if (!(k >= 1 && k <= 100)) {
            throw new IllegalArgumentException("k must be 1 to 100: " + k);
        }
        if (window.isNegative() || window.isZero()) {
            throw new IllegalArgumentException("window must be positive: " + window);
        }
        if (!(maxPercent >= 0 && maxPercent < 100)) {
            throw new IllegalArgumentException("maxPercent must be 0 to below 100: " + maxPercent);
        }
    }
}
