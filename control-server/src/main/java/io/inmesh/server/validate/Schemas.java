package io.inmesh.server.validate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The shapes of kinds, as {@code schema/<Kind>.yaml} says them; each is read when first asked for. Safe for use by several threads. */
public final class Schemas {

    private final ConcurrentHashMap<String, Optional<JsonNode>> schemas = new ConcurrentHashMap<>();

    /** {@return the shape of a kind's resources, which nobody may change; empty for kinds that only the metadata is judged of} */
    public Optional<JsonNode> of(String kind) {
        return schemas.computeIfAbsent(kind, Schemas::load);
    }

    private static Optional<JsonNode> load(String kind) {
        try (InputStream in = Schemas.class.getResourceAsStream("/io/inmesh/server/schema/" + kind + ".yaml")) {
            return in == null ? Optional.empty() : Optional.of(new YAMLMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException("the schema of " + kind + " cannot be read", e);
        }
    }
}
