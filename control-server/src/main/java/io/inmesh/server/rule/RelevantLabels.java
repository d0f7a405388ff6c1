package io.inmesh.server.rule;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.model.Resource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What rules ask about clients' labels. Clients that differ only in others see the same resources; since they choose their labels themselves,
 * one that makes some up is not to make work for the server.
 *
 * @param keys of labels that are compared with those of others, whatever their values
 * @param values of other labels that some rule asks for, by key; every other value is as good as none
 */
public record RelevantLabels(Set<String> keys, Map<String, Set<String>> values) {

    /** Copies both. */
    public RelevantLabels {
        keys = Set.copyOf(keys);
        values = Map.copyOf(values);
    }

    static RelevantLabels of(Collection<Resource> rules) {
        Set<String> keys = new HashSet<>();
        Map<String, Set<String>> values = new HashMap<>();
        rules.forEach(rule -> collect(rule.spec(), keys, values));
        return new RelevantLabels(keys, values);
    }

    private static void collect(JsonNode node, Set<String> keys, Map<String, Set<String>> values) {
        for (String holder : List.of("matchLabels", "sourceLabels")) {
            node.path(holder)
                    .properties()
                    .forEach(label -> values.computeIfAbsent(label.getKey(), key -> new HashSet<>())
                            .add(label.getValue().asText()));
        }
        for (JsonNode entry : node.path("failoverPriority")) {
            if (entry.asText().indexOf('=') < 0) {
                keys.add(entry.asText());
            }
        }
        if (node.has("zoneAwareLbSetting")) {
            keys.addAll(LocalityPolicy.APPLICATION_LABELS);
        }
        node.forEach(child -> collect(child, keys, values));
    }

    /** {@return those of a client's labels that make a difference} */
    public Map<String, String> of(Map<String, String> labels) {
        Map<String, String> relevant = new HashMap<>(labels);
        relevant.entrySet()
                .removeIf(label -> !keys.contains(label.getKey())
                        && !values.getOrDefault(label.getKey(), Set.of()).contains(label.getValue()));
        return relevant;
    }
}
