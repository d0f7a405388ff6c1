package io.inmesh.client.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.xds.core.Metadata;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Set;

/**
 * What standard fields cannot say: {@code filter_metadata["io.inmesh"]} of a cluster or route. Clients that do not know it ignore it.
 * Durations are texts of seconds such as {@code 1.5s}.
 */
final class MeshMetadata {

    private static final String KEY = "io.inmesh";

    private final Struct struct;

    private MeshMetadata(Struct struct) {
        this.struct = struct;
    }

    static MeshMetadata of(Metadata metadata) {
        return new MeshMetadata(metadata.getFilterMetadataOrDefault(KEY, Struct.getDefaultInstance()));
    }

    boolean has(String name) {
        return struct.containsFields(name);
    }

    MeshMetadata section(String name) {
        return new MeshMetadata(value(name).getStructValue());
    }

    double number(String name, double otherwise) {
        return value(name).hasNumberValue() ? value(name).getNumberValue() : otherwise;
    }

    int whole(String name, int otherwise) {
        return (int) number(name, otherwise);
    }

    /** @throws IllegalArgumentException if there is something else than a duration */
    Duration duration(String name, Duration otherwise) {
        String text = value(name).getStringValue();
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            return Duration.parse("PT" + text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(KEY + " " + name + " \"" + text + "\" is no duration such as 1.5s", e);
        }
    }

    Set<Integer> statusCodes(String name) {
        Set<Integer> codes = new HashSet<>();
        for (Value code : value(name).getListValue().getValuesList()) {
            codes.add((int) code.getNumberValue());
        }
        return codes;
    }

    private Value value(String name) {
        return struct.getFieldsOrDefault(name, Value.getDefaultInstance());
    }
}
