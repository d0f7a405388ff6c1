package io.inmesh.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.inmesh.time.Clock;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket per value, for a bounded number of values. Thread-safe.
 *
 * <p>A bucket is dropped only when it is full, since then forgetting it changes nothing: a value that comes back later finds a full one
 * again. A bucket with tokens missing is never dropped to make room, so nobody gets a fresh one by making up values. What finds no room
 * shares one bucket with everything else that found none.
 */
public final class BucketTable {

    private static final int LONGEST_KEY = 256;
    private static final long CLEANING_NANOS = 10_000_000;

    private final TokenBucket.Size size;
    private final int maxValues;
    private final Clock clock;
    private final Cache<String, TokenBucket> buckets;
    private final TokenBucket overflow;
    private final AtomicLong cleanedNanos;

    /**
     * Makes an empty table.
     *
     * @param size measures of each bucket
     * @param maxValues how many values have their own; threads that come at once may exceed it by one each
     * @param clock its monotonic time is used
     */
    public BucketTable(TokenBucket.Size size, int maxValues, Clock clock) {
        this.size = size;
        this.maxValues = maxValues;
        this.clock = clock;
        this.buckets = Caffeine.newBuilder()
                .expireAfter(new UntilFull(size, clock))
                .ticker(clock::nanos)
                // On the calling thread: the mesh starts no threads that it does not name.
                .executor(Runnable::run)
                .build();
        this.overflow = new TokenBucket(size, clock.nanos());
        this.cleanedNanos = new AtomicLong(clock.nanos());
    }

    /** {@return the bucket of a value, from which a token is to be taken at once} */
    public TokenBucket of(String value) {
        String key = value.length() <= LONGEST_KEY ? value : digest(value);
        TokenBucket known = buckets.getIfPresent(key);
        if (known != null) {
            return known;
        }
        return full() ? overflow : buckets.get(key, absent -> new TokenBucket(size, clock.nanos()));
    }

    /** {@return whether a bucket is the one that values without room share} */
    public boolean isOverflow(TokenBucket bucket) {
        return bucket == overflow;
    }

    /** {@return how many values have a bucket of their own; an estimate} */
    public long values() {
        return buckets.estimatedSize();
    }

    private boolean full() {
        if (buckets.estimatedSize() < maxValues) {
            return false;
        }
        long now = clock.nanos();
        long cleaned = cleanedNanos.get();
        // Cleaning takes a lock; under a flood of values one thread does it now and then.
        if (now - cleaned >= CLEANING_NANOS && cleanedNanos.compareAndSet(cleaned, now)) {
            buckets.cleanUp();
        }
        return buckets.estimatedSize() >= maxValues;
    }

    /** Long values would let a client choose how much memory a bucket takes. */
    private static String digest(String value) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(value.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** An entry lives until its bucket is full, counting the token that is about to be taken. */
    private record UntilFull(TokenBucket.Size size, Clock clock) implements Expiry<String, TokenBucket> {

        @Override
        public long expireAfterCreate(String value, TokenBucket bucket, long nowNanos) {
            return size.tokenNanos();
        }

        @Override
        public long expireAfterUpdate(String value, TokenBucket bucket, long nowNanos, long leftNanos) {
            return leftNanos;
        }

        @Override
        public long expireAfterRead(String value, TokenBucket bucket, long nowNanos, long leftNanos) {
            return bucket.nanosToFull(clock.nanos()) + size.tokenNanos();
        }
    }
}
