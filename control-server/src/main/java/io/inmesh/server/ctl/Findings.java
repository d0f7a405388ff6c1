package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.write.Document;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Problems of resources, as JSON of the REST interface and as lines for people. */
final class Findings {

    private final Map<ResourceKey, Place> places = new HashMap<>();

    /** Where a resource was read. */
    private record Place(String file, Document document) {}

    /**
     * Findings about resources of these files.
     *
     * @param documents of each file, in the order of the files
     * @param namespace namespace of documents that name none
     */
    Findings(List<Files.Source> sources, List<List<Document>> documents, String namespace) {
        for (int i = 0; i < sources.size(); i++) {
            for (Document document : documents.get(i)) {
                places.put(document.key(namespace), new Place(sources.get(i).name(), document));
            }
        }
    }

    /** {@return a problem with the file, document and line it is in} */
    ObjectNode of(Problem problem) {
        ObjectNode node = Api.JSON
                .createObjectNode()
                .put("resource", problem.resource().toString())
                .put("field", problem.fieldPath())
                .put("severity", problem.severity().name())
                .put("code", problem.code())
                .put("message", problem.message())
                .put("remedy", problem.remedy());
        Place place = places.get(problem.resource());
        if (place != null) {
            node.put("file", place.file()).put("document", place.document().number());
            place.document().line(problem.fieldPath()).ifPresent(line -> node.put("line", line));
        }
        return node;
    }

    /** {@return the problem of a file that cannot be read} */
    static ObjectNode unreadable(String file, String message) {
        return Api.JSON
                .createObjectNode()
                .put("resource", "")
                .put("field", "")
                .put("severity", "ERROR")
                .put("code", "IM0020")
                .put("message", message)
                .put("remedy", "correct the file")
                .put("file", file);
    }

    /** {@return a problem in a line: {@code error [IM0022] reviews.yaml:7 VirtualService default/reviews: field …}} */
    static String line(JsonNode problem) {
        String file = problem.path("file").asText("");
        String line = problem.has("line") ? ":" + problem.path("line").asText() : "";
        String document = problem.has("line") || !problem.has("document")
                ? ""
                : " document " + problem.path("document").asText();
        String resource = problem.path("resource").asText("");
        String field = problem.path("field").asText("");
        return problem.path("severity").asText().toLowerCase(Locale.ROOT) + " ["
                + problem.path("code").asText() + "] "
                + (file.isEmpty() ? "" : file + line + document + " ")
                + (resource.isEmpty() ? "" : resource + ": ")
                + (field.isEmpty() ? "" : field + " ")
                + problem.path("message").asText() + "; "
                + problem.path("remedy").asText();
    }
}
