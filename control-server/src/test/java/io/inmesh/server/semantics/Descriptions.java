package io.inmesh.server.semantics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** One sentence for every field, written by hand: what it is for. Whether it does that is what the survey finds out. */
final class Descriptions {
    private final JsonNode byKind;

    private Descriptions(JsonNode byKind) {
        this.byKind = byKind;
    }

    static Descriptions read() {
        try (InputStream file = Descriptions.class.getResourceAsStream("descriptions.yaml")) {
            return new Descriptions(new ObjectMapper(new YAMLFactory()).readTree(Objects.requireNonNull(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the sentence of a field, or of the longest {@code …*} that covers it} */
    Optional<String> of(String kind, String field) {
        String path = field.replaceFirst("^spec\\.", "");
        JsonNode exact = byKind.path(kind).path(path);
        if (exact.isTextual()) {
            return Optional.of(exact.textValue());
        }
        String best = null;
        int length = -1;
        for (Map.Entry<String, JsonNode> entry : byKind.path(kind).properties()) {
            String key = entry.getKey();
            String start = key.substring(0, key.length() - 1);
            if (key.endsWith("*") && path.startsWith(start) && start.length() > length) {
                best = entry.getValue().textValue();
                length = start.length();
            }
        }
        return Optional.ofNullable(best);
    }
}
