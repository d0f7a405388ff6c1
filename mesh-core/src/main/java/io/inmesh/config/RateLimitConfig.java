package io.inmesh.config;

import java.time.Duration;
import java.util.Objects;

/**
 * How often a process takes requests of some sort, as a token bucket: each request takes a token, tokens come back evenly over time, and
 * a request that finds none is refused.
 *
 * <p>Source: Envoy {@code local_ratelimit.v3.LocalRateLimit} and {@code type.v3.TokenBucket}; one bucket per value is ours.
 *
 * @param name what to call it in refusals and metrics, from config: a bounded set
 * @param match which requests it is about
 * @param burst tokens in a full bucket, Envoy's {@code max_tokens}
 * @param tokens tokens that come back per interval, Envoy's {@code tokens_per_fill}
 * @param fillInterval the interval
 * @param bucket which requests share a bucket
 */
public record RateLimitConfig(
        String name, Condition match, long burst, long tokens, Duration fillInterval, Bucket bucket) {

    /** Most tokens in a bucket, and most that come back per interval: Envoy's, whose fields have 32 bits. */
    public static final long MOST_TOKENS = 0xFFFF_FFFFL;

    /** Which requests share a bucket. */
    public sealed interface Bucket {

        /** How many values are told apart if nothing is said. */
        int DEFAULT_MAX_VALUES = 10_000;

        /** All of them. */
        record Shared() implements Bucket {}

        /**
         * Those with the same value of a header. Those without it share one, so that leaving it out is no way around the limit.
         *
         * @param name lower case name of the header
         * @param maxValues how many values have a bucket of their own at once; further ones share one
         */
        record PerHeader(String name, int maxValues) implements Bucket {}

        /**
         * Those of peers with the same identity. Peers that proved none share one.
         *
         * @param maxValues how many identities have a bucket of their own at once; further ones share one
         */
        record PerPrincipal(int maxValues) implements Bucket {}
    }

    /** Checks that nothing is missing. */
    public RateLimitConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(match, "match");
        Objects.requireNonNull(fillInterval, "fillInterval");
        Objects.requireNonNull(bucket, "bucket");
    }

    /** {@return a limit on all requests together} */
    public static RateLimitConfig of(String name, long tokens, Duration fillInterval) {
        return new RateLimitConfig(name, new Condition.Always(), tokens, tokens, fillInterval, new Bucket.Shared());
    }

    /** {@return this limit, with a bucket per value} */
    public RateLimitConfig per(Bucket bucket) {
        return new RateLimitConfig(name, match, burst, tokens, fillInterval, bucket);
    }

    /** {@return this limit, about some requests only} */
    public RateLimitConfig on(Condition match) {
        return new RateLimitConfig(name, match, burst, tokens, fillInterval, bucket);
    }

    /** Reports every value that cannot be. */
    public void check(FieldProblems problems) {
        checkTokens("burst", burst, problems);
        checkTokens("tokens", tokens, problems);
        Durations.checkPositive("fillInterval", fillInterval, problems);
        if (bucket instanceof Bucket.PerHeader header) {
            if (header.name().isEmpty()) {
                problems.report("per.header", "is empty", "name the header");
            }
            checkValues(header.maxValues(), problems);
        } else if (bucket instanceof Bucket.PerPrincipal principal) {
            checkValues(principal.maxValues(), problems);
        }
    }

    private static void checkTokens(String field, long tokens, FieldProblems problems) {
        if (tokens < 1 || tokens > MOST_TOKENS) {
            problems.report(field, "is " + tokens, "give a number from 1 to " + MOST_TOKENS);
        }
    }

    private static void checkValues(int maxValues, FieldProblems problems) {
        if (maxValues < 1) {
            problems.report("per.maxValues", "is " + maxValues, "give a number above zero");
        }
    }
}
