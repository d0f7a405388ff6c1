package io.inmesh.server.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.store.KeyValueTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tokens of programs: {@code inmesh-service.<id>.<secret>}, kept as a hash, with an end. What one may do is bound to its name, so that a
 * token is replaced by a second one of the same name. They are no join tokens: these let a process become part of the mesh.
 */
public final class ServiceTokens {

    /** What every service token begins with, so that scanners find lost ones. */
    static final String PREFIX = "inmesh-service.";

    /** Where they are kept. */
    static final String TABLE = "service-tokens";

    private static final Duration LONGEST = Duration.ofDays(366);
    private static final int MOST_TOKENS = 10_000;
    private static final int ID_CHARACTERS = 12;
    private static final int MAX_CHARACTERS = 200;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KeyValueTable table;
    private final InstantSource clock;
    private final SecureRandom random;

    ServiceTokens(KeyValueTable table, InstantSource clock, SecureRandom random) {
        this.table = table;
        this.clock = clock;
        this.random = random;
    }

    /**
     * What is known of a token; the secret is not.
     *
     * @param id which
     * @param name what bindings call it
     * @param createdBy who made it
     * @param created when
     * @param expires its end
     */
    public record Known(String id, String name, String createdBy, Instant created, Instant expires) {}

    /**
     * A new token.
     *
     * @param token what to send as {@code Authorization: Bearer}; it is not shown again
     * @param known what is known of it from now on
     */
    public record Made(String token, Known known) {

        /** Keeps the token out of logs. */
        @Override
        public String toString() {
            return known.toString();
        }
    }

    /**
     * Makes a token.
     *
     * @param name what bindings call it
     * @param life how long it is good, at most 366 days
     * @param createdBy who makes it
     * @throws IllegalArgumentException if the name or the life will not do; the message says so
     */
    public Made create(String name, Duration life, String createdBy) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is no name of a token: at most 63 lower case letters, digits, dots and dashes");
        }
        if (life.isNegative() || life.isZero() || life.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a service token lives for " + LONGEST.toDays() + " days at most");
        }
        if (removeExpired() >= MOST_TOKENS) {
            throw new IllegalArgumentException("there are " + MOST_TOKENS + " service tokens already; delete some");
        }
        Instant now = clock.instant();
        String id = Secrets.next(random).substring(0, ID_CHARACTERS);
        String secret = Secrets.next(random);
        Known known = new Known(id, name, createdBy, now, now.plus(life));
        table.put(TABLE, id, write(known, Secrets.hash(secret)));
        return new Made(PREFIX + id + "." + secret, known);
    }

    /** {@return all tokens that have not ended} */
    public List<Known> all() {
        List<Known> all = new ArrayList<>();
        Instant now = clock.instant();
        table.scan(TABLE).forEach((id, bytes) -> {
            Known known = known(id, read(bytes));
            if (known.expires().isAfter(now)) {
                all.add(known);
            }
        });
        return all;
    }

    /** Ends a token now; false if there is none of that id. */
    public boolean delete(String id) {
        return table.delete(TABLE, id);
    }

    /** {@return the token somebody presents, if it is one of ours and good} */
    Optional<Known> verify(String presented) {
        String[] parts = presented.length() > MAX_CHARACTERS ? new String[0] : presented.split("\\.", -1);
        if (parts.length != 3 || !presented.startsWith(PREFIX)) {
            return Optional.empty();
        }
        String id = parts[1];
        return table.get(TABLE, id)
                .map(ServiceTokens::read)
                .filter(node -> Secrets.same(node.path("secretHash").asText(), Secrets.hash(parts[2])))
                .map(node -> known(id, node))
                .filter(known -> known.expires().isAfter(clock.instant()));
    }

    /** {@return the id of a token that has been verified} */
    static String id(String verified) {
        return verified.split("\\.", -1)[1];
    }

    /** {@return the token of an id, if it is still good} */
    Optional<Known> find(String id) {
        return table.get(TABLE, id)
                .map(bytes -> known(id, read(bytes)))
                .filter(known -> known.expires().isAfter(clock.instant()));
    }

    private int removeExpired() {
        int left = 0;
        Instant now = clock.instant();
        for (var entry : table.scan(TABLE).entrySet()) {
            if (known(entry.getKey(), read(entry.getValue())).expires().isAfter(now)) {
                left++;
            } else {
                table.delete(TABLE, entry.getKey());
            }
        }
        return left;
    }

    private static byte[] write(Known known, String secretHash) {
        try {
            return JSON.writeValueAsBytes(JSON.createObjectNode()
                    .put("name", known.name())
                    .put("secretHash", secretHash)
                    .put("createdBy", known.createdBy())
                    .put("created", known.created().toString())
                    .put("expires", known.expires().toString()));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("texts can always be written as JSON", e);
        }
    }

    private static JsonNode read(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("a stored service token cannot be read", e);
        }
    }

    private static Known known(String id, JsonNode node) {
        return new Known(
                id,
                node.path("name").asText(),
                node.path("createdBy").asText(),
                Instant.parse(node.path("created").asText()),
                Instant.parse(node.path("expires").asText()));
    }
}
