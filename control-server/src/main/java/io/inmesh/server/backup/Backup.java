package io.inmesh.server.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.store.Schema;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * State at one revision. As text: a line that says what it is, a line of JSON for each entry and each file, and a last line with the SHA-256
 * of all before it.
 *
 * @param tables every entry of the store, values as they are
 * @param authority files of the certificate authority by their path; empty if they are not part of it
 */
public record Backup(SortedMap<String, SortedMap<String, byte[]>> tables, SortedMap<String, String> authority) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORMAT = "inmesh-backup";

    /**
     * {@return the text}
     *
     * @param revision the engine's when it was taken, and
     * @param time when that was: for people
     * @throws JsonProcessingException never, since everything in it can be written
     */
    public String text(long revision, Instant time) throws JsonProcessingException {
        StringBuilder text = new StringBuilder();
        line(
                text,
                JSON.createObjectNode()
                        .put("format", FORMAT)
                        .put("schema", Schema.CURRENT)
                        .put("time", time.toString())
                        .put("revision", revision));
        for (Map.Entry<String, SortedMap<String, byte[]>> table : tables.entrySet()) {
            for (Map.Entry<String, byte[]> entry : table.getValue().entrySet()) {
                line(
                        text,
                        JSON.createObjectNode()
                                .put("table", table.getKey())
                                .put("key", entry.getKey())
                                .put("value", entry.getValue()));
            }
        }
        for (Map.Entry<String, String> file : authority.entrySet()) {
            line(text, JSON.createObjectNode().put("file", file.getKey()).put("text", file.getValue()));
        }
        line(text, JSON.createObjectNode().put("sha256", digest(text.toString())));
        return text.toString();
    }

    private static void line(StringBuilder text, ObjectNode node) throws JsonProcessingException {
        text.append(JSON.writeValueAsString(node)).append('\n');
    }

    /**
     * {@return what a text holds}
     *
     * @param source what to call it in errors
     * @throws IOException if it is not a backup, of another schema, or not whole; the message says what to do
     */
    public static Backup read(String text, String source) throws IOException {
        int end = text.stripTrailing().lastIndexOf('\n') + 1;
        String body = text.substring(0, end);
        String first = body.substring(0, Math.max(0, body.indexOf('\n')));
        JsonNode head = node(first, source);
        if (!FORMAT.equals(head.path("format").asText())) {
            throw new IOException(source + " is no backup of a control server");
        }
        int schema = head.path("schema").asInt();
        if (schema > Schema.CURRENT || schema < 1) {
            throw new IOException(source + " has form " + schema + ", and this server knows forms up to "
                    + Schema.CURRENT + " only; restore it with the version that made it, or a newer one");
        }
        if (!digest(body)
                .equals(node(text.substring(end), source).path("sha256").asText())) {
            throw new IOException(
                    source + " is damaged or was cut off: its checksum does not fit; take another backup");
        }
        SortedMap<String, SortedMap<String, byte[]>> tables = new TreeMap<>();
        SortedMap<String, String> authority = new TreeMap<>();
        for (String line : (Iterable<String>) body.lines().skip(1)::iterator) {
            JsonNode node = node(line, source);
            if (node.path("file").isTextual() && node.path("text").isTextual()) {
                authority.put(node.path("file").asText(), node.path("text").asText());
            } else {
                tables.computeIfAbsent(text(node, "table", source), t -> new TreeMap<>())
                        .put(text(node, "key", source), value(node, source));
            }
        }
        return new Backup(tables, authority);
    }

    /** {@return the bodies of the resources in it, as JSON, sorted by group, kind, namespace and name} */
    public Collection<byte[]> resources() {
        return tables.getOrDefault(Schema.RESOURCES, Collections.emptySortedMap())
                .values();
    }

    private static String text(JsonNode node, String field, String source) throws IOException {
        if (!node.path(field).isTextual()) {
            throw strange(source, "has a line without \"" + field + "\" where there has to be a text", null);
        }
        return node.path(field).asText();
    }

    private static byte[] value(JsonNode node, String source) throws IOException {
        try {
            return Base64.getDecoder().decode(text(node, "value", source));
        } catch (IllegalArgumentException e) {
            throw strange(source, "has a \"value\" that is not in Base64, of key " + node.path("key"), e);
        }
    }

    /** Its checksum fits, so it was made like this. */
    private static IOException strange(String source, String what, @Nullable Exception cause) {
        return new IOException(source + " " + what + ": it was changed by hand; take another backup", cause);
    }

    private static JsonNode node(String line, String source) throws IOException {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IOException(source + " is damaged, cut off, or no backup of a control server", e);
        }
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
