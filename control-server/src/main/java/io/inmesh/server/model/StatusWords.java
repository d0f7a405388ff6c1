package io.inmesh.server.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** The status of a resource in a few words, for a cell of a table. */
public final class StatusWords {

    private StatusWords() {}

    /**
     * {@return the phase of what has one, whether a route is accepted and its references are resolved; empty for what has no status}
     *
     * @param body a resource as it is shown
     */
    public static String of(JsonNode body) {
        JsonNode status = body.path("status");
        if (status.has("phase")) {
            return status.path("phase").asText();
        }
        Set<String> words = new LinkedHashSet<>();
        for (JsonNode parent : status.path("parents")) {
            Set<String> failed = new LinkedHashSet<>();
            for (JsonNode condition : parent.path("conditions")) {
                // A condition that a route is only partly valid is the one that is bad if it holds.
                boolean good = !condition.path("type").asText().equals("PartiallyInvalid");
                if (good != condition.path("status").asText().equals("True")) {
                    failed.add(condition.path("reason").asText());
                }
            }
            words.addAll(failed.isEmpty() ? Set.of("Accepted") : failed);
        }
        return String.join(",", words);
    }
}
