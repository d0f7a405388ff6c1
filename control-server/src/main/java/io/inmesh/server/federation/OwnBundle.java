package io.inmesh.server.federation;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.store.KeyValueTable;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** The mesh's own trust bundle for other trust domains; its sequence grows each time the roots change, over restarts too. */
public final class OwnBundle {
    private static final String TABLE = "own-bundle";
    private static final String HASH = "hash";
    private static final String SEQUENCE = "sequence";

    private final KeyValueTable table;
    private final Supplier<List<X509Certificate>> roots;

    /** The bundle of {@code roots}; {@code table} remembers how often they have changed. */
    public OwnBundle(KeyValueTable table, Supplier<List<X509Certificate>> roots) {
        this.table = table;
        this.roots = roots;
    }

    /** {@return the bundle as a JWK set (SPIFFE Trust Domain and Bundle, section 4)} */
    public synchronized JsonNode document() {
        List<X509Certificate> now = roots.get();
        return new SpiffeBundle(sequence(hash(now)), SpiffeBundle.DEFAULT_REFRESH, now).json();
    }

    private long sequence(byte[] hash) {
        byte[] before = table.get(TABLE, HASH).orElse(null);
        if (!Arrays.equals(before, hash)) {
            // Counted first: a sequence that grew for nothing does no harm, one that did not grow would.
            long sequence = table.increment(TABLE, SEQUENCE);
            table.put(TABLE, HASH, hash);
            table.put(TABLE, SEQUENCE + "-text", Long.toString(sequence).getBytes(StandardCharsets.US_ASCII));
        }
        return table.get(TABLE, SEQUENCE + "-text")
                .map(bytes -> Long.parseLong(new String(bytes, StandardCharsets.US_ASCII)))
                .orElse(0L);
    }

    private static byte[] hash(List<X509Certificate> roots) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (X509Certificate root : roots) {
                digest.update(root.getEncoded());
            }
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256, and certificates can be written", e);
        }
    }
}
