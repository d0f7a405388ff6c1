package io.inmesh.server.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.inmesh.server.time.Timer;

/**
 * A token bucket for each of many callers. Beyond a number of callers, those seen longest ago are forgotten, which gives them a full bucket
 * again. Safe for use by several threads.
 */
public final class TokenBuckets {
    private static final int MAX_CALLERS = 100_000;
    private static final int BURST_SECONDS = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Cache<Object, Bucket> buckets =
            Caffeine.newBuilder().maximumSize(MAX_CALLERS).build();
    private final int perSecond;
    private final Timer timer;

    /** Gives each caller {@code perSecond} tokens a second, and ten seconds' worth at once. */
    public TokenBuckets(int perSecond, Timer timer) {
        this.perSecond = perSecond;
        this.timer = timer;
    }

    /** {@return whether a caller has a token left, which is taken} */
    public boolean take(Object caller) {
        return buckets.get(caller, c -> new Bucket()).take();
    }

    private final class Bucket {
        private double tokens = (double) perSecond * BURST_SECONDS;
        private long lastNanos = timer.nanoTime();

        synchronized boolean take() {
            long now = timer.nanoTime();
            double full = (double) perSecond * BURST_SECONDS;
            tokens = Math.min(full, tokens + (now - lastNanos) * perSecond / NANOS_PER_SECOND);
            lastNanos = now;
            if (tokens < 1) {
                return false;
            }
            tokens--;
            return true;
        }
    }
}
