package io.inmesh.server.ads;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;

/** The version of a set of resources, made from their names and versions: equal content, equal version, on every server. */
final class SetVersion {
    private static final int BYTES = 16;

    private SetVersion() {}

    /** @param versions name and version of each resource, sorted by name */
    static String of(Stream<Map.Entry<String, String>> versions) {
        MessageDigest digest = sha256();
        versions.forEach(entry -> {
            digest.update(entry.getKey().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(entry.getValue().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        });
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
