package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;

/** What a server found in resources, a line for each. */
final class Findings {

    private Findings() {}

    /** {@return whether a problem is one that a resource is refused for} */
    static boolean isError(JsonNode problem) {
        return problem.path("severity").asText().equals("ERROR");
    }

    /** {@return where it is, what it is, what to do about it, and its code} */
    static String text(JsonNode problem) {
        String field = problem.path("field").asText();
        return problem.path("resource").asText() + ": " + (field.isEmpty() ? "" : field + " ")
                + problem.path("message").asText() + "; "
                + problem.path("remedy").asText() + " ["
                + problem.path("code").asText() + "]";
    }
}
