package io.inmesh.server.rule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Values by host name or wildcard. Looking up a host costs one look into a table, and one comparison for each wildcard, however many
 * exact names there are.
 *
 * @param <V> what is kept for a host
 */
public final class HostTable<V> {
    private final Map<String, V> all;
    private final List<String> wildcards;

    /** A table of these values. */
    public HostTable(Map<String, V> values) {
        this.all = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        this.wildcards = all.keySet().stream()
                .filter(HostName::wildcard)
                .sorted(HostName.MOST_SPECIFIC_FIRST)
                .toList();
    }

    /** The value of the most specific name that covers {@code host}. */
    public Optional<V> find(String host) {
        return covering(host).stream().findFirst();
    }

    /** The values of all names that cover {@code host}, the most specific first. */
    public List<V> covering(String host) {
        List<V> found = new ArrayList<>();
        V exact = all.get(host);
        if (exact != null) {
            found.add(exact);
        }
        for (String wildcard : wildcards) {
            if (HostName.matches(wildcard, host) && !wildcard.equals(host)) {
                found.add(all.get(wildcard));
            }
        }
        return found;
    }

    /** Everything in the table, in the order it was put in. */
    public Map<String, V> all() {
        return all;
    }
}
