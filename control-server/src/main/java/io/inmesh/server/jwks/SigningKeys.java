package io.inmesh.server.jwks;

import com.nimbusds.jose.jwk.JWK;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of an issuer whose tokens this server itself verifies (RFC 7517). They are fetched when first needed and then now and then, and
 * at once if a token names a key that is not among them, though not often, and ever less often while that fails; the last good ones stay.
 * Safe for use by several threads, of which at most one fetches and none waits for it.
 */
public final class SigningKeys {
    /** How long keys are used before they are asked for again: a key that was withdrawn is refused after that. */
    static final Duration FRESH = Duration.ofMinutes(5);

    /** The least time between two questions, so that tokens with made-up key names ask nobody to death. Doubled by each failure. */
    static final Duration PAUSE = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);
    private static final int MOST_DOUBLINGS = 4;

    private final String issuer;
    private final KeyPlace place;
    private final InstantSource clock;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable Known known;
    private volatile Instant nextQuestion = Instant.MIN;
    // Of the thread that holds the lock.
    private int failures;

    private record Known(List<JWK> keys, Instant since) {}

    /** There are no keys at all, because they could not be fetched. */
    public static final class NoKeys extends Exception {
        private static final long serialVersionUID = 1L;

        NoKeys(String message) {
            super(message);
        }
    }

    /**
     * Makes keys that are fetched when they are needed.
     *
     * @param issuer whose they are, for messages
     * @param place where they are
     * @param clock when to ask again; steady, or a key that was withdrawn would be taken for longer after the machine's clock has been set back
     */
    public SigningKeys(String issuer, KeyPlace place, InstantSource clock) {
        this.issuer = issuer;
        this.place = place;
        this.clock = clock;
    }

    /**
     * {@return the keys that may have signed a token; empty if there is none of that name}
     *
     * @param keyId what the token names; null if it names none, then every key may have
     */
    List<JWK> candidates(@Nullable String keyId) throws NoKeys {
        Known now = known;
        if (now == null || old(now) || named(now, keyId).isEmpty()) {
            refresh();
            now = known;
        }
        if (now == null) {
            throw new NoKeys("the keys of " + issuer + " cannot be had");
        }
        return named(now, keyId);
    }

    private boolean old(Known known) {
        return clock.instant().isAfter(known.since().plus(FRESH));
    }

    private static List<JWK> named(Known known, @Nullable String keyId) {
        return known.keys().stream()
                .filter(key -> keyId == null || keyId.equals(key.getKeyID()))
                .toList();
    }

    private void refresh() {
        if (clock.instant().isBefore(nextQuestion) || !fetching.tryLock()) {
            return;
        }
        try {
            known = new Known(PublicKeys.verifying(place.read()), clock.instant());
            failures = 0;
        } catch (IOException e) {
            failures++;
            LOG.warn(
                    "the keys of {} cannot be had{}: {}",
                    issuer,
                    known == null ? "; its tokens are refused" : "; those known stay in use",
                    e.getMessage());
        } finally {
            int doublings = Math.min(Math.max(failures - 1, 0), MOST_DOUBLINGS);
            nextQuestion = clock.instant().plus(PAUSE.multipliedBy(1L << doublings));
            fetching.unlock();
        }
    }
}
