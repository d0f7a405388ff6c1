package io.inmesh.server.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Slows down who guesses passwords. After some failures a user name, and a network address, has to wait: twice as long with each further
 * failure, at most a quarter of an hour, so that nobody can lock somebody else out for good. Names that are no users wait as well, so that
 * waiting tells nothing. An attempt counts as failed from its beginning, so that many at once gain nothing.
 */
final class LoginGuard {

    static final int FREE_FOR_A_USER = 5;
    static final int FREE_FOR_AN_ADDRESS = 20;

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
    private static final Duration FORGOTTEN = Duration.ofHours(1);
    private static final int MOST_ENTRIES = 50_000;
    private static final int MOST_DOUBLINGS = 20;

    private final InstantSource clock;
    private final Cache<String, Failures> failures =
            Caffeine.newBuilder().maximumSize(MOST_ENTRIES).build();

    private record Failures(int count, Instant last) {}

    /**
     * Knows of no failures.
     *
     * @param clock steady: who has to wait must not wait longer since somebody sets the machine's clock back
     */
    LoginGuard(InstantSource clock) {
        this.clock = clock;
    }

    /** {@return how long to wait before the next attempt; empty if it may be made, and it has been counted} */
    synchronized Optional<Duration> begin(String user, String address) {
        Duration wait = longer(wait(userKey(user), FREE_FOR_A_USER), wait(addressKey(address), FREE_FOR_AN_ADDRESS));
        if (!wait.isZero()) {
            return Optional.of(wait);
        }
        count(userKey(user), 1);
        count(addressKey(address), 1);
        return Optional.empty();
    }

    /** The attempt was right: the name starts anew, the address loses the attempt only. */
    synchronized void succeeded(String user, String address) {
        failures.invalidate(userKey(user));
        count(addressKey(address), -1);
    }

    private Duration wait(String key, int free) {
        Failures known = failures.getIfPresent(key);
        if (known == null || known.count() < free) {
            return Duration.ZERO;
        }
        Duration pause = FIRST_WAIT.multipliedBy(1L << Math.min(MOST_DOUBLINGS, known.count() - free));
        Instant end = known.last().plus(pause.compareTo(LONGEST_WAIT) < 0 ? pause : LONGEST_WAIT);
        Instant now = clock.instant();
        return end.isAfter(now) ? Duration.between(now, end) : Duration.ZERO;
    }

    private void count(String key, int change) {
        Instant now = clock.instant();
        Failures known = failures.getIfPresent(key);
        int before = known == null || known.last().plus(FORGOTTEN).isBefore(now) ? 0 : known.count();
        int count = Math.max(0, before + change);
        failures.put(key, new Failures(count, now));
    }

    private static String userKey(String user) {
        return "user " + user;
    }

    private static String addressKey(String address) {
        return "address " + address;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
