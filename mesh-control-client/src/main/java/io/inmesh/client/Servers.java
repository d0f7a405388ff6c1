package io.inmesh.client;

import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Which of the control servers to use: one by chance, so that processes spread over them, and after each connection that ended another by
 * chance, so that they spread again when one has come back. Those that were left a short while ago come last. All methods on the control
 * thread.
 */
final class Servers {

    /** How long a server is not asked, unless all have been left that recently. */
    static final long REST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final List<ServerAddress> all;
    private final boolean[] left;
    private final long[] leftNanos;
    private final Clock clock;
    private final Randomness randomness;
    private int current;

    Servers(List<ServerAddress> all, Clock clock, Randomness randomness) {
        this.all = List.copyOf(all);
        this.left = new boolean[all.size()];
        this.leftNanos = new long[all.size()];
        this.clock = clock;
        this.randomness = randomness;
        this.current = randomness.below(all.size());
    }

    /** {@return the one in use} */
    ServerAddress current() {
        return all.get(current);
    }

    /** {@return whether there is more than one} */
    boolean several() {
        return all.size() > 1;
    }

    /** Turns to another, if there is one. */
    void turn() {
        long now = clock.nanos();
        left[current] = true;
        leftNanos[current] = now;
        int[] rested = IntStream.range(0, all.size())
                .filter(server -> !left[server] || now - leftNanos[server] >= REST_NANOS)
                .toArray();
        current = rested.length == 0 ? leftLongestAgo(now) : rested[randomness.below(rested.length)];
    }

    private int leftLongestAgo(long now) {
        int longest = 0;
        for (int server = 1; server < all.size(); server++) {
            if (now - leftNanos[server] > now - leftNanos[longest]) {
                longest = server;
            }
        }
        return longest;
    }
}
