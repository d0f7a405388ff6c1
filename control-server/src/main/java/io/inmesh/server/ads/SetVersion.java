package io.inmesh.server.ads;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The version of a set of resources, made from their names and versions: equal content, equal version, on every server and in whichever
 * order it came. It is a sum of hashes, so that a change costs what has changed and not what there is. Not safe for use by several threads.
 */
final class SetVersion {
    private long high;
    private long low;

    /** A resource has come. */
    void add(String name, String version) {
        ByteBuffer hash = hash(name, version);
        high += hash.getLong();
        low += hash.getLong();
    }

    /** A resource has gone; it must have been there in that version. */
    void remove(String name, String version) {
        ByteBuffer hash = hash(name, version);
        high -= hash.getLong();
        low -= hash.getLong();
    }

    /** {@return the version, as 32 hexadecimal digits} */
    String text() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }

    private static ByteBuffer hash(String name, String version) {
        MessageDigest digest = sha256();
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        digest.update(version.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
