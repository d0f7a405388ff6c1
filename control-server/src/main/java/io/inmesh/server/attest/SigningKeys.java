package io.inmesh.server.attest;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import io.inmesh.server.ca.Attestor;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys an issuer signs with (RFC 7517). They are fetched when first needed and then now and then, and at once if a token names a key
 * that is not among them, though not often; if that fails the last good ones stay. Safe for use by several threads, of which at most one
 * fetches and none waits for it.
 */
final class SigningKeys {
    /** How long keys are used before they are asked for again: a key that was withdrawn is refused after that. */
    static final Duration FRESH = Duration.ofMinutes(5);

    /** The least time between two questions, so that tokens with made-up key names ask nobody to death. */
    static final Duration PAUSE = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);
    private static final int MAX_KEYS = 100;
    private static final int MIN_RSA_BITS = 2048;

    private final String issuer;
    private final Source source;
    private final InstantSource clock;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable Known known;
    private volatile Instant lastAsked = Instant.MIN;

    private record Known(List<JWK> keys, Instant since) {}

    /** Where keys come from. */
    @FunctionalInterface
    interface Source {
        /** {@return a JWK set as JSON} */
        String read() throws IOException;
    }

    /** Keys of {@code issuer}, for messages, from {@code source}. */
    SigningKeys(String issuer, Source source, InstantSource clock) {
        this.issuer = issuer;
        this.source = source;
        this.clock = clock;
    }

    /**
     * {@return the keys that may have signed a token; empty if there is none of that name}
     *
     * @param keyId what the token names; null if it names none, then every key may have
     * @throws Attestor.Undecided if there are no keys at all, because they could not be fetched
     */
    List<JWK> candidates(@Nullable String keyId) throws Attestor.Undecided {
        Known now = known;
        if (now == null || old(now) || named(now, keyId).isEmpty()) {
            refresh();
            now = known;
        }
        if (now == null) {
            throw new Attestor.Undecided("the keys of " + issuer + " cannot be had");
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
        if (clock.instant().isBefore(lastAsked.plus(PAUSE)) || !fetching.tryLock()) {
            return;
        }
        try {
            lastAsked = clock.instant();
            known = new Known(parse(source.read()), clock.instant());
        } catch (IOException | ParseException e) {
            LOG.warn(
                    "the keys of {} cannot be had{}: {}",
                    issuer,
                    known == null ? "; its tokens are refused" : "; those known stay in use",
                    e.getMessage());
        } finally {
            fetching.unlock();
        }
    }

    /** {@return the keys of a set that may verify signatures; others are left out} */
    static List<JWK> parse(String json) throws ParseException {
        List<JWK> all = JWKSet.parse(json).getKeys();
        if (all.size() > MAX_KEYS) {
            throw new ParseException("there are more than " + MAX_KEYS + " keys", 0);
        }
        List<JWK> usable = all.stream().filter(SigningKeys::verifies).toList();
        if (usable.isEmpty()) {
            throw new ParseException("there is no RSA key of 2048 bits or EC key for signatures among them", 0);
        }
        return usable;
    }

    /** Public keys only: a shared secret in a key set is known to everybody who may read the set. */
    private static boolean verifies(JWK key) {
        boolean kind = key instanceof ECKey || (key instanceof RSAKey && key.size() >= MIN_RSA_BITS);
        return kind
                && (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
                && (key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY));
    }
}
