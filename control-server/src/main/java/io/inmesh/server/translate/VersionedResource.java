package io.inmesh.server.translate;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One xDS resource, serialized once.
 *
 * @param name the xDS resource name
 * @param any type URL and bytes, ready to be put in a response
 * @param version hex of the first 16 bytes of SHA-256 over the bytes: equal content has an equal version on every replica
 */
public record VersionedResource(String name, Any any, String version) {
    /** Serializes {@code message} deterministically (map entries sorted) and versions it by content. */
    public static VersionedResource of(String name, Message message) {
        Any any = Protos.pack(message);
        return new VersionedResource(name, any, hash(any.getValue()));
    }

    /** The type URL of the resource. */
    public String typeUrl() {
        return any.getTypeUrl();
    }

    private static String hash(ByteString bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
