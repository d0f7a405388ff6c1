package io.inmesh.server.ca;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.store.KeyValueTable;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the authority did and refused to do, in order. Entries are only ever added; the oldest go when there are more than {@link
 * #MAX_ENTRIES}. No secret is ever in an entry.
 */
public final class AuditLog {
    /** How many entries are kept: half a year of a thousand workloads. */
    static final long MAX_ENTRIES = 400_000;

    private static final String ENTRIES = "audit";
    private static final String COUNTER = "audit-counter";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KeyValueTable table;
    private final InstantSource clock;

    /** Keeps entries in {@code table}. */
    public AuditLog(KeyValueTable table, InstantSource clock) {
        this.table = table;
        this.clock = clock;
    }

    /**
     * Adds an entry; it is on disk when this returns.
     *
     * @param event what happened, such as {@code certificate-issued}
     * @param facts names and values, in the order to keep
     */
    void append(String event, Map<String, String> facts) {
        long number = table.increment(COUNTER, "last");
        Map<String, String> entry = new LinkedHashMap<>();
        entry.put("time", clock.instant().toString());
        entry.put("event", event);
        entry.putAll(facts);
        try {
            table.put(ENTRIES, key(number), JSON.writeValueAsBytes(entry));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can always be written as JSON", e);
        }
        if (number > MAX_ENTRIES) {
            table.delete(ENTRIES, key(number - MAX_ENTRIES));
        }
    }

    /** All entries as JSON objects, oldest first. */
    public List<String> entries() {
        return table.scan(ENTRIES).values().stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    private static String key(long number) {
        return String.format("%019d", number);
    }
}
