package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Ages;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.StatusWords;
import io.inmesh.server.write.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Lists as the server-side tables kubectl prints. */
final class Tables {

    private static final int WIDEST = 60;

    private Tables() {}

    /**
     * {@return a table}
     *
     * @param shown a resource with its status
     */
    static ObjectNode of(List<Resource> resources, long revision, Function<Resource, JsonNode> shown) {
        ObjectNode table = Exchange.JSON.createObjectNode().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        table.putObject("metadata").put("resourceVersion", Long.toString(revision));
        ArrayNode columns = table.putArray("columnDefinitions");
        column(columns, "Name", "name", 0);
        column(columns, "About", "", 0);
        column(columns, "Status", "", 0);
        column(columns, "Age", "", 0);
        column(columns, "Kept By", "", 1);
        ArrayNode rows = table.putArray("rows");
        Instant now = Instant.now();
        for (Resource resource : resources) {
            ObjectNode row = rows.addObject();
            row.putArray("cells")
                    .add(resource.key().name())
                    .add(about(resource))
                    .add(status(shown.apply(resource)))
                    .add(Ages.text(Duration.between(resource.creationTimestamp(), now)))
                    .add(Origin.of(resource).toString());
            row.set("object", resource.raw());
        }
        return table;
    }

    private static String status(JsonNode body) {
        String words = StatusWords.of(body);
        return words.isEmpty() ? "-" : words;
    }

    private static void column(ArrayNode columns, String name, String format, int priority) {
        columns.addObject()
                .put("name", name)
                .put("type", "string")
                .put("format", format)
                .put("description", name)
                .put("priority", priority);
    }

    /** What tells a resource from others of its kind: its hosts, its parents, its ports, or whom it is about. */
    private static String about(Resource resource) {
        JsonNode spec = resource.key().group().isEmpty() ? resource.spec().path("spec") : resource.spec();
        List<String> words = new ArrayList<>();
        for (String field : List.of("hosts", "host", "address", "selector", "action")) {
            if (spec.hasNonNull(field)) {
                words.add(spec.get(field)
                        .toString()
                        .replaceAll("[\\[\\]{}\"]", "")
                        .replace("matchLabels:", ""));
            }
        }
        spec.path("parentRefs").forEach(parent -> words.add(parent.path("name").asText()));
        spec.path("ports").forEach(port -> {
            if (port.has("port")) {
                words.add(port.path("port").asText());
            }
        });
        String text = String.join(" ", words);
        return text.isEmpty() ? "-" : text.length() > WIDEST ? text.substring(0, WIDEST - 3) + "..." : text;
    }
}
