package io.inmesh.client.translate;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * One resource that was accepted.
 *
 * @param typeUrl its type
 * @param name its name
 * @param bytes its serialized form
 * @param meaning what it says
 * @param ignored fields of it that have no effect here
 */
public record Resource(String typeUrl, String name, ByteString bytes, Translated meaning, List<IgnoredField> ignored) {
    /** Copies the list. */
    public Resource {
        ignored = List.copyOf(ignored);
    }
}
