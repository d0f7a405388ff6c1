package io.inmesh.server.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A session as the store keeps it, under the hash of its secret. Nothing in it is a secret.
 *
 * @param principal who, as of the login
 * @param password hash of what is kept of the user's password, as of the login; null for somebody who logged in elsewhere
 * @param basis what it ends with; null for nothing
 * @param ends the latest moment it can be used
 * @param used when it was used last, less a while
 */
record StoredSession(
        Principal principal,
        @Nullable String password,
        @Nullable Basis basis,
        Instant ends,
        Instant used) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** {@return the same, used later} */
    StoredSession usedAt(Instant time) {
        return new StoredSession(principal, password, basis, ends, time);
    }

    /** {@return as it is kept} */
    byte[] bytes() {
        ObjectNode node = JSON.createObjectNode()
                .put("ends", ends.toString())
                .put("used", used.toString())
                .put("password", password);
        write(principal, node);
        if (basis != null) {
            write(basis, node);
        }
        return bytes(node);
    }

    /** {@return what is kept in these bytes} */
    static StoredSession read(byte[] bytes) {
        JsonNode node = node(bytes);
        JsonNode password = node.path("password");
        return new StoredSession(
                principal(node),
                password.isTextual() ? password.asText() : null,
                node.has("basis") ? basis(node) : null,
                Instant.parse(node.path("ends").asText()),
                Instant.parse(node.path("used").asText()));
    }

    static void write(Principal principal, ObjectNode node) {
        node.put("kind", principal.kind().name()).put("name", principal.name()).put("proof", principal.proof());
        principal.groups().stream().sorted().forEach(node.putArray("groups")::add);
    }

    static void write(Basis basis, ObjectNode node) {
        node.putObject("basis").put("kind", basis.kind().name()).put("text", basis.text());
    }

    static Principal principal(JsonNode node) {
        Set<String> groups = new HashSet<>();
        node.path("groups").forEach(group -> groups.add(group.asText()));
        return new Principal(
                Principal.Kind.valueOf(node.path("kind").asText()),
                node.path("name").asText(),
                groups,
                node.path("proof").asText());
    }

    static Basis basis(JsonNode node) {
        JsonNode basis = node.path("basis");
        return new Basis(
                Basis.Kind.valueOf(basis.path("kind").asText()),
                basis.path("text").asText());
    }

    static JsonNode node(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("a stored session or login link cannot be read", e);
        }
    }

    static ObjectNode newNode() {
        return JSON.createObjectNode();
    }

    static byte[] bytes(ObjectNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("texts can always be written as JSON", e);
        }
    }
}
