package io.inmesh.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.kubernetes.ApiServer;
import io.inmesh.server.model.Kinds.Kind;
import io.inmesh.server.model.ResourceKey;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * An object of a cluster. Nobody may change the JSON trees.
 *
 * @param key which resource it is
 * @param kind its kind
 * @param path where its API is
 * @param document what becomes of it here: without status and without what only the cluster is concerned with
 * @param version its {@code resourceVersion}
 * @param generation its {@code generation}, which statuses refer to
 * @param status its status; missing if it has none
 * @param statusKeeper who else writes its status, by {@code managedFields}; empty if nobody does
 */
record ClusterObject(
        ResourceKey key,
        Kind kind,
        String path,
        ObjectNode document,
        String version,
        long generation,
        JsonNode status,
        String statusKeeper) {

    /** Holds the whole object once more, as text. */
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    /** Set by the cluster and of no use here. What tells which of two rules is older is kept. */
    private static final List<String> FOREIGN = List.of(
            "managedFields", "selfLink", "uid", "resourceVersion", "generation", "ownerReferences", "finalizers");

    /** {@return an object as the API server tells it} */
    static ClusterObject read(Kind kind, String version, JsonNode object) {
        JsonNode metadata = object.path("metadata");
        String namespace = metadata.path("namespace").asText();
        String name = metadata.path("name").asText();
        return new ClusterObject(
                new ResourceKey(kind.group(), kind.kind(), namespace, name),
                kind,
                "/apis/" + kind.group() + "/" + version + "/namespaces/" + namespace + "/" + kind.plural() + "/" + name,
                document(kind, version, object),
                metadata.path("resourceVersion").asText(),
                metadata.path("generation").asLong(),
                object.path("status"),
                statusKeeper(metadata.path("managedFields")));
    }

    private static ObjectNode document(Kind kind, String version, JsonNode object) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        // Members of lists need not say what they are.
        document.put("apiVersion", kind.group() + "/" + version).put("kind", kind.kind());
        object.properties().forEach(field -> {
            if (!field.getKey().equals("status") && !document.has(field.getKey())) {
                document.set(field.getKey(), field.getValue());
            }
        });
        if (object.path("metadata") instanceof ObjectNode whole) {
            ObjectNode metadata = whole.deepCopy().without(FOREIGN);
            if (!timestamp(metadata.path("creationTimestamp").asText())) {
                metadata.remove("creationTimestamp");
            }
            if (metadata.get("annotations") instanceof ObjectNode annotations) {
                annotations.remove(LAST_APPLIED);
                if (annotations.isEmpty()) {
                    metadata.remove("annotations");
                }
            }
            document.set("metadata", metadata);
        }
        return document;
    }

    private static boolean timestamp(String text) {
        try {
            Instant.parse(text);
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static String statusKeeper(JsonNode managedFields) {
        for (JsonNode entry : managedFields) {
            if (entry.path("subresource").asText().equals("status")
                    && !entry.path("manager").asText().equals(ApiServer.FIELD_MANAGER)) {
                return entry.path("manager").asText();
            }
        }
        return "";
    }
}
