package io.inmesh.server.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.LongSupplier;

/** How often each caller may ask: a token bucket each, ten seconds of requests deep. Callers that are quiet for a while are forgotten. */
public final class CallerRates {

    private static final int DEPTH_SECONDS = 10;
    private static final int MOST_CALLERS = 20_000;
    private static final int PREFIX_BYTES = 8;
    private static final double NANOS = Duration.ofSeconds(1).toNanos();

    private final int perSecond;
    private final LongSupplier nanoTime;
    private final Cache<String, Bucket> buckets =
            Caffeine.newBuilder().maximumSize(MOST_CALLERS).build();

    /**
     * Nobody has asked yet.
     *
     * @param perSecond requests of a caller each second
     * @param nanoTime a clock that only goes on, in nanoseconds
     */
    public CallerRates(int perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
    }

    private static final class Bucket {

        private double tokens;
        private long filled;

        Bucket(double tokens, long filled) {
            this.tokens = tokens;
            this.filled = filled;
        }
    }

    /** {@return whether a caller may ask once more now} */
    public boolean take(String caller) {
        long now = nanoTime.getAsLong();
        double depth = (double) perSecond * DEPTH_SECONDS;
        Bucket bucket = Objects.requireNonNull(buckets.get(caller, key -> new Bucket(depth, now)));
        synchronized (bucket) {
            bucket.tokens = Math.min(depth, bucket.tokens + Math.max(0, now - bucket.filled) / NANOS * perSecond);
            bucket.filled = now;
            if (bucket.tokens < 1) {
                return false;
            }
            bucket.tokens -= 1;
            return true;
        }
    }

    /** {@return by what an address is counted: IPv6 by its first 64 bits, since whoever has one address there has all of them} */
    public static String keyOf(InetAddress address) {
        if (address instanceof Inet6Address) {
            return HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), PREFIX_BYTES)) + "/64";
        }
        return address.getHostAddress();
    }
}
