package io.inmesh.server.attest;

import com.nimbusds.jwt.JWTClaimsSet;
import io.inmesh.server.ca.Attestor;
import io.inmesh.server.store.KeyValueTable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;

/**
 * Tokens that have been used and have not ended yet, by issuer and {@code jti} (RFC 7519, 4.1.7): the second use is refused, on every
 * server that shares the store. Bounded; when it is full nothing more is accepted, since forgetting one would let it be used again.
 */
final class SeenTokens implements UseOnce {
    static final int MAX_TOKENS = 50_000;

    private static final String TABLE = "seen-tokens";

    private final KeyValueTable table;
    private final InstantSource clock;
    private final int maxTokens;
    /** How many may be in the table; found out again by looking when it gets to the limit. */
    private int count;

    SeenTokens(KeyValueTable table, InstantSource clock) {
        this(table, clock, MAX_TOKENS);
    }

    SeenTokens(KeyValueTable table, InstantSource clock, int maxTokens) {
        this.table = table;
        this.clock = clock;
        this.maxTokens = maxTokens;
        this.count = table.scan(TABLE).size();
    }

    @Override
    public Attestor.Use of(JWTClaimsSet claims) throws Attestor.Refused {
        String id = claims.getJWTID();
        if (id == null || id.isBlank()) {
            throw new Attestor.Refused(
                    "it can be used once only, for which it needs a name of its own (jti)", Tokens.facts(claims));
        }
        String key = key(claims.getIssuer(), id);
        long until =
                claims.getExpirationTime().toInstant().plus(JwtVerifier.SKEW).getEpochSecond();
        return () -> use(key, until, claims);
    }

    private synchronized void use(String key, long untilEpochSecond, JWTClaimsSet claims) throws Attestor.Refused {
        if (count >= maxTokens) {
            removeEnded();
        }
        if (count >= maxTokens) {
            throw new Attestor.Refused(
                    maxTokens + " tokens have been used that have not ended yet, which is all that is remembered",
                    Tokens.facts(claims));
        }
        byte[] until = ByteBuffer.allocate(Long.BYTES).putLong(untilEpochSecond).array();
        if (!table.compareAndSet(TABLE, key, null, until)) {
            throw new Attestor.Refused("it has been used before", Tokens.facts(claims));
        }
        count++;
    }

    private void removeEnded() {
        long now = clock.instant().getEpochSecond();
        table.scan(TABLE).forEach((key, until) -> {
            if (ByteBuffer.wrap(until).getLong() < now) {
                table.delete(TABLE, key);
            }
        });
        count = table.scan(TABLE).size();
    }

    private static String key(String issuer, String id) {
        try {
            // The length keeps "a" + "bc" and "ab" + "c" apart.
            String both = issuer.length() + ":" + issuer + id;
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(both.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
