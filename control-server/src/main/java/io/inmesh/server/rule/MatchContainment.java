package io.inmesh.server.rule;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Whether one HTTP match stays within another, property by property. */
final class MatchContainment {
    /** Properties that map a key to a string match. */
    static final Set<String> KEYED = Set.of("headers", "withoutHeaders", "queryParams");

    private static final Set<String> STRING_MATCHES = Set.of("uri", "scheme", "method", "authority");
    private static final Set<String> EQUAL = Set.of("port", "sourceNamespace", "ignoreUriCase");

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
        for (String property : EQUAL) {
            JsonNode a = wide.path(property);
            JsonNode b = narrow.path(property);
            if (!a.isMissingNode() && !b.isMissingNode() && !a.equals(b)) {
                return false;
            }
        }
        for (var label : wide.path("sourceLabels").properties()) {
            JsonNode other = narrow.path("sourceLabels").path(label.getKey());
            if (!other.isMissingNode() && !other.equals(label.getValue())) {
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
        if (wide.has("prefix")) {
            String inner = narrow.path("exact").asText(narrow.path("prefix").asText(""));
            return !inner.startsWith(wide.path("prefix").asText());
        }
        return false;
    }
}
