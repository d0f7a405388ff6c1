package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Parts of routes in a few words. */
final class InspectText {

    private InspectText() {}

    /** {@return what a request has to be like} */
    static String match(JsonNode match) {
        List<String> parts = new ArrayList<>();
        if (match.has("prefix")) {
            parts.add(match.path("prefix").asText() + "*");
        } else if (match.has("pathSeparatedPrefix")) {
            parts.add(match.path("pathSeparatedPrefix").asText() + "/*");
        } else if (match.has("path")) {
            parts.add(match.path("path").asText());
        } else if (match.has("safeRegex")) {
            parts.add("~" + match.at("/safeRegex/regex").asText());
        }
        match.path("headers").forEach(header -> parts.add(condition(header)));
        match.path("queryParameters").forEach(parameter -> parts.add("?" + condition(parameter)));
        return String.join(" ", parts);
    }

    private static String condition(JsonNode matcher) {
        String name = (matcher.path("invertMatch").asBoolean() ? "!" : "")
                + matcher.path("name").asText();
        JsonNode text = matcher.path("stringMatch");
        if (text.has("exact")) {
            return name + "=" + text.path("exact").asText();
        } else if (text.has("prefix")) {
            return name + "=" + text.path("prefix").asText() + "*";
        } else if (text.has("suffix")) {
            return name + "=*" + text.path("suffix").asText();
        } else if (text.has("safeRegex")) {
            return name + "~" + text.at("/safeRegex/regex").asText();
        }
        return name;
    }

    /** {@return where it leads} */
    static String destination(JsonNode route) {
        if (route.has("redirect")) {
            return "redirect";
        } else if (route.has("directResponse")) {
            return "answer " + route.at("/directResponse/status").asText();
        }
        JsonNode action = route.path("route");
        if (action.has("cluster")) {
            return action.path("cluster").asText();
        }
        List<String> clusters = new ArrayList<>();
        action.at("/weightedClusters/clusters")
                .forEach(cluster -> clusters.add(String.format(
                        Locale.ROOT,
                        "%s %s",
                        cluster.path("weight").asText("0"),
                        cluster.path("name").asText())));
        return String.join(", ", clusters);
    }
}
