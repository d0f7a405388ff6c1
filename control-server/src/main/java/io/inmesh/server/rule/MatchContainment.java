package io.inmesh.server.rule;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Whether one HTTP match stays within another, property by property, by the rules Istio merges delegates with. */
final class MatchContainment {
    /** Properties that map a key to a string match. */
    static final Set<String> KEYED = Set.of("headers", "withoutHeaders", "queryParams");

    private static final Set<String> STRING_MATCHES = Set.of("uri", "scheme", "method", "authority");

    private MatchContainment() {}

    /** Whether everything {@code wide} says is also said, at least as strictly, by {@code narrow} or left unsaid there. */
    static boolean contains(JsonNode wide, JsonNode narrow) {
        for (String property : STRING_MATCHES) {
            if (conflict(wide.path(property), narrow.path(property))) {
                return false;
            }
        }
        for (String property : KEYED) {
            for (var entry : wide.path(property).properties()) {
                if (conflict(entry.getValue(), narrow.path(property).path(entry.getKey()))) {
                    return false;
                }
            }
        }
        return sameCase(wide, narrow) && samePort(wide, narrow) && sameSource(wide, narrow) && gateways(wide, narrow);
    }

    private static boolean sameCase(JsonNode wide, JsonNode narrow) {
        return wide.path("ignoreUriCase").asBoolean(false)
                == narrow.path("ignoreUriCase").asBoolean(false);
    }

    private static boolean samePort(JsonNode wide, JsonNode narrow) {
        int outer = wide.path("port").asInt(0);
        int inner = narrow.path("port").asInt(0);
        return outer == 0 || inner == 0 || outer == inner;
    }

    private static boolean sameSource(JsonNode wide, JsonNode narrow) {
        String namespace = wide.path("sourceNamespace").asText("");
        if (!namespace.isEmpty()
                && !namespace.equals(narrow.path("sourceNamespace").asText(""))) {
            return false;
        }
        for (var label : wide.path("sourceLabels").properties()) {
            JsonNode other = narrow.path("sourceLabels").path(label.getKey());
            if (!other.isMissingNode() && !other.equals(label.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean gateways(JsonNode wide, JsonNode narrow) {
        JsonNode outer = wide.path("gateways");
        if (outer.isEmpty()) {
            return true;
        }
        for (JsonNode inner : narrow.path("gateways")) {
            boolean named = false;
            for (JsonNode gateway : outer) {
                named |= gateway.equals(inner);
            }
            if (!named) {
                return false;
            }
        }
        return true;
    }

    private static boolean conflict(JsonNode wide, JsonNode narrow) {
        if (wide.isMissingNode() || narrow.isMissingNode()) {
            return false;
        }
        if (wide.has("regex") || narrow.has("regex")) {
            // Containment of regular expressions is not decided; saying no is the safe answer.
            return true;
        }
        if (wide.has("exact")) {
            return !wide.path("exact").equals(narrow.path("exact"));
        }
        if (wide.has("prefix") && (narrow.has("exact") || narrow.has("prefix"))) {
            String inner = narrow.path("exact").asText(narrow.path("prefix").asText(""));
            return !inner.startsWith(wide.path("prefix").asText());
        }
        // Two tests of presence, or one beside a value: Istio calls that a conflict too.
        return true;
    }
}
