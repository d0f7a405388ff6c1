package io.inmesh.server.ca;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One thing that happened, chained to the one before by that one's hash, so that none can be changed or taken out unseen.
 *
 * @param number 1 for the first entry there ever was, growing by one
 * @param time when
 * @param event what, such as {@code certificate-issued}
 * @param actor who did it or asked for it: a SPIFFE id, a user, a token's id, or a network address if that is all there is
 * @param facts names and values, in the order they were given
 * @param previous {@link #hash} of the entry before; {@link #NO_HASH} for the first one
 */
public record AuditEntry(
        long number, Instant time, String event, String actor, Map<String, String> facts, String previous) {
    /** What stands in the place of a hash where there is no entry: 64 zeros. */
    public static final String NO_HASH = "0".repeat(64);

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Keeps the order of the facts. */
    public AuditEntry {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /**
     * {@return SHA-256 in lower-case hexadecimal digits, over everything in this entry}
     *
     * <p>Hashed are previous, number, time, event, actor, and each fact's name and value, in this order, each as a netstring: its length
     * in bytes of UTF-8 in decimal digits, a colon, the bytes, a comma. So anybody can compute it again from the JSON.
     */
    public String hash() {
        MessageDigest digest = sha256();
        add(digest, previous);
        add(digest, Long.toString(number));
        add(digest, time.toString());
        add(digest, event);
        add(digest, actor);
        facts.forEach((name, value) -> {
            add(digest, name);
            add(digest, value);
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    /** {@return this entry with its hash as JSON: number, time, event, actor, facts, previous, hash} */
    public ObjectNode json() {
        ObjectNode node = JSON.createObjectNode()
                .put("number", number)
                .put("time", time.toString())
                .put("event", event)
                .put("actor", actor);
        ObjectNode inside = node.putObject("facts");
        facts.forEach(inside::put);
        return node.put("previous", previous).put("hash", hash());
    }

    /**
     * {@return an entry from its JSON; what that says of the hash is not looked at}
     *
     * @throws IllegalArgumentException if it is not an entry
     */
    public static AuditEntry of(JsonNode node) {
        Map<String, String> facts = new LinkedHashMap<>();
        node.path("facts")
                .properties()
                .forEach(fact -> facts.put(fact.getKey(), fact.getValue().asText()));
        try {
            return new AuditEntry(
                    node.path("number").asLong(),
                    Instant.parse(node.path("time").asText()),
                    node.path("event").asText(),
                    node.path("actor").asText(),
                    facts,
                    node.path("previous").asText());
        } catch (java.time.DateTimeException e) {
            throw new IllegalArgumentException("an audit entry without a time: " + e.getMessage(), e);
        }
    }

    byte[] bytes() {
        return json().toString().getBytes(StandardCharsets.UTF_8);
    }

    static AuditEntry of(byte[] bytes) {
        try {
            return of(JSON.readTree(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("an entry of the audit log is not JSON any more", e);
        }
    }

    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
        digest.update((byte) ',');
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
