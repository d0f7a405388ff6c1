package io.inmesh.token;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When a token counts.
 *
 * @param notBefore {@code nbf} in seconds since 1970, the smallest number if it does not say
 * @param expires {@code exp} in seconds since 1970, the largest number if it does not say
 */
record Validity(long notBefore, long expires) {

    /** What clocks of issuers and servers may differ. Source: Envoy {@code JwtProvider.clock_skew_seconds}. */
    static final long SKEW_SECONDS = 60;

    /**
     * {@return what claims say}
     *
     * @throws IllegalArgumentException if a time is no number
     */
    static Validity of(Map<String, @Nullable Object> claims) {
        return new Validity(time(claims, "nbf", Long.MIN_VALUE), time(claims, "exp", Long.MAX_VALUE));
    }

    private static long time(Map<String, @Nullable Object> claims, String name, long absent) {
        if (!claims.containsKey(name)) {
            return absent;
        }
        if (!(claims.get(name) instanceof Number number)) {
            throw new IllegalArgumentException(name + " of the token is no number");
        }
        return number.longValue();
    }

    /** {@return why a token does not count at a time, null if it does} */
    @Nullable
    String problemAt(long epochSeconds) {
        if (expires != Long.MAX_VALUE && epochSeconds - SKEW_SECONDS > expires) {
            return "the token has expired";
        }
        return epochSeconds + SKEW_SECONDS < notBefore ? "the token is not valid yet" : null;
    }
}
