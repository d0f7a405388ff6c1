package io.inmesh.server.ca;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.store.KeyValueTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tokens by which a process gets its first certificate. A token is {@code inmesh.<id>.<secret>.<root hash>}: 256 random bits that prove
 * that the bearer may have an identity, and the hash of the root by which the bearer knows this server. Only a hash of the secret is kept.
 */
public final class JoinTokens implements Attestor {
    /** Validity of a token unless less is asked for; also the most that is given. */
    public static final Duration MAX_VALIDITY = Duration.ofDays(30);

    private static final String TABLE = "join-tokens";
    private static final String SCHEME = "inmesh";
    private static final int ID_BYTES = 8;
    private static final int SECRET_BYTES = 32;
    private static final int MAX_CHARACTERS = 512;
    private static final int MAX_ATTEMPTS = 100;
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KeyValueTable table;
    private final CertificateAuthority authority;
    private final AuditLog audit;
    private final InstantSource clock;
    private final SecureRandom random;

    /** Keeps tokens in {@code table} and binds them to the root of {@code authority}. */
    public JoinTokens(
            KeyValueTable table,
            CertificateAuthority authority,
            AuditLog audit,
            InstantSource clock,
            SecureRandom random) {
        this.table = table;
        this.authority = authority;
        this.audit = audit;
        this.clock = clock;
        this.random = random;
    }

    /**
     * A new token.
     *
     * @param id tells it apart from others; not secret
     * @param token the secret text to hand over, one line
     * @param expires from when it is refused
     */
    public record Issued(String id, String token, Instant expires) {
        /** Leaves the secret out. */
        @Override
        public String toString() {
            return "Issued[id=" + id + ", expires=" + expires + "]";
        }
    }

    /** Says why a token is refused; for the audit log, never for the caller. */
    static final class Rejected extends Refused {
        private static final long serialVersionUID = 1L;

        /** @param tokenId the id the caller named; empty if the token was not even well-formed */
        Rejected(String tokenId, String reason) {
            super(reason, Map.of("token", tokenId));
        }
    }

    /** A token found valid, not used yet. */
    record Verified(String tokenId, WorkloadIdentity identity) {}

    /**
     * Makes a token.
     *
     * @param namespace namespace of the identity it gives
     * @param serviceAccount service account of the identity it gives
     * @param validity how long it may be used, at most {@link #MAX_VALIDITY}
     * @param maxUses how often it may be used; 0 is without limit
     * @param createdBy who asked for it, for the audit log
     * @throws IllegalArgumentException if a name cannot be part of a SPIFFE id or the validity is out of range
     */
    public Issued issue(String namespace, String serviceAccount, Duration validity, int maxUses, String createdBy) {
        WorkloadIdentity identity = new WorkloadIdentity(authority.trustDomain(), namespace, serviceAccount);
        if (ServerCertificate.isOf(identity)) {
            throw new IllegalArgumentException(identity + " is the control server; nobody else can be it");
        }
        if (validity.isNegative() || validity.isZero() || validity.compareTo(MAX_VALIDITY) > 0) {
            throw new IllegalArgumentException("a token's validity has to be more than nothing and at most "
                    + MAX_VALIDITY.toDays() + " days, not " + validity);
        }
        if (maxUses < 0) {
            throw new IllegalArgumentException(
                    "a token's number of uses cannot be " + maxUses + "; 0 is without limit");
        }
        String id = HexFormat.of().formatHex(randomBytes(ID_BYTES));
        String secret = BASE64.encodeToString(randomBytes(SECRET_BYTES));
        Instant now = clock.instant();
        Instant expires = now.plus(validity);
        byte[] rootHash = authority.rootHash();
        JoinToken token = new JoinToken(
                id,
                hash(secret),
                namespace,
                serviceAccount,
                createdBy,
                now.getEpochSecond(),
                expires.getEpochSecond(),
                maxUses,
                0,
                Root.idOf(rootHash));
        table.put(TABLE, id, write(token));
        audit.append(
                "token-created",
                createdBy,
                Map.of("token", id, "identity", identity.uri(), "expires", expires.toString()));
        removeExpired(now);
        return new Issued(id, String.join(".", SCHEME, id, secret, BASE64.encodeToString(rootHash)), expires);
    }

    /**
     * A token as operators may see it.
     *
     * @param id tells it apart from others
     * @param identity SPIFFE id it gives
     * @param createdBy who asked for it
     * @param created when
     * @param expires from when it is refused
     * @param maxUses how often it may be used; 0 is without limit
     * @param uses how often it has been used
     */
    public record Listed(
            String id, String identity, String createdBy, Instant created, Instant expires, int maxUses, int uses) {}

    /** {@return the tokens that have not ended, the newest first} */
    public List<Listed> list() {
        long now = clock.instant().getEpochSecond();
        return table.scan(TABLE).values().stream()
                .map(JoinTokens::read)
                .filter(token -> !token.expired(now))
                .sorted(Comparator.comparingLong(JoinToken::createdEpochSecond)
                        .reversed()
                        .thenComparing(JoinToken::id))
                .map(token -> new Listed(
                        token.id(),
                        new WorkloadIdentity(authority.trustDomain(), token.namespace(), token.serviceAccount()).uri(),
                        token.createdBy(),
                        Instant.ofEpochSecond(token.createdEpochSecond()),
                        Instant.ofEpochSecond(token.expiresEpochSecond()),
                        token.maxUses(),
                        token.uses()))
                .toList();
    }

    /** Ends a token; certificates it gave stay valid. {@return whether there was one of that id} */
    public boolean revoke(String id, String by) {
        boolean removed = table.delete(TABLE, id);
        if (removed) {
            audit.append("token-revoked", by, Map.of("token", id));
        }
        return removed;
    }

    /** Those that a process could still join with, which would then know this server by a root. */
    private List<JoinToken> pinning(String rootId) {
        long now = clock.instant().getEpochSecond();
        return table.scan(TABLE).values().stream()
                .map(JoinTokens::read)
                .filter(token -> token.pins(rootId) && !token.expired(now) && !token.usedUp())
                .sorted(Comparator.comparing(JoinToken::expiresEpochSecond).thenComparing(JoinToken::id))
                .toList();
    }

    /** {@return what a root is needed for by tokens that have been handed out, a text for each} */
    List<String> needing(String rootId) {
        return pinning(rootId).stream()
                .map(token -> "join token " + token.id() + " for " + token.serviceAccount() + " in "
                        + token.namespace() + " pins it until " + Instant.ofEpochSecond(token.expiresEpochSecond())
                        + " or until it is revoked")
                .toList();
    }

    /**
     * Ends the tokens that pin a root, which is trusted no more: who has one could not tell this server from another. {@return how many}
     */
    int end(String rootId, String by) {
        List<JoinToken> useless = pinning(rootId).stream()
                .filter(token -> rootId.equals(token.root()))
                .toList();
        useless.forEach(token -> revoke(token.id(), by));
        return useless.size();
    }

    @Override
    public Optional<Evidence> examine(String bearer) throws Refused {
        if (!bearer.startsWith(SCHEME + ".")) {
            return Optional.empty();
        }
        Verified verified = verify(bearer);
        Map<String, String> facts = Map.of("by", "token", "token", verified.tokenId());
        return Optional.of(new Evidence(verified.identity(), facts, () -> use(verified)));
    }

    /** Finds out whether a token is valid, without using it. */
    Verified verify(String presented) throws Rejected {
        String[] parts = presented.length() > MAX_CHARACTERS ? new String[0] : presented.split("\\.", -1);
        if (parts.length < 3 || parts.length > 4 || !parts[0].equals(SCHEME)) {
            throw new Rejected("", "not a join token");
        }
        String id = parts[1];
        JoinToken token = read(table.get(TABLE, id).orElseThrow(() -> new Rejected(id, "unknown token")));
        byte[] presentedHash = hash(parts[2]).getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(presentedHash, token.secretHash().getBytes(StandardCharsets.US_ASCII))) {
            throw new Rejected(id, "wrong secret");
        }
        check(token);
        return new Verified(
                id, new WorkloadIdentity(authority.trustDomain(), token.namespace(), token.serviceAccount()));
    }

    /** Counts a use of a token found valid before; it may have been used up or expired since. */
    void use(Verified verified) throws Rejected {
        String id = verified.tokenId();
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            byte[] before = table.get(TABLE, id).orElseThrow(() -> new Rejected(id, "token has been removed"));
            JoinToken token = read(before);
            check(token);
            if (table.compareAndSet(TABLE, id, before, write(token.used()))) {
                return;
            }
        }
        throw new Rejected(id, "too many uses at the same moment");
    }

    private void check(JoinToken token) throws Rejected {
        if (token.expired(clock.instant().getEpochSecond())) {
            throw new Rejected(token.id(), "token has expired");
        }
        if (token.usedUp()) {
            throw new Rejected(token.id(), "token has been used " + token.uses() + " times, which is all it allows");
        }
    }

    private void removeExpired(Instant now) {
        table.scan(TABLE).forEach((id, bytes) -> {
            if (read(bytes).expired(now.getEpochSecond())) {
                table.delete(TABLE, id);
            }
        });
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String hash(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static JoinToken read(byte[] bytes) {
        try {
            return JSON.readValue(bytes, JoinToken.class);
        } catch (IOException e) {
            throw new UncheckedIOException("a stored join token cannot be read", e);
        }
    }

    private static byte[] write(JoinToken token) {
        try {
            return JSON.writeValueAsBytes(token);
        } catch (IOException e) {
            throw new UncheckedIOException("a join token cannot be written", e);
        }
    }
}
