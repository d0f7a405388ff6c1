package io.inmesh.server.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** From bodies in Kubernetes form to resources and back. */
public final class Bodies {

    private static final Set<String> NO_PART_OF_SPEC = Set.of("metadata", "apiVersion", "kind", "status");

    private Bodies() {}

    /**
     * {@return a resource from a whole body, with the metadata that is in it; what the server sets and is not there is made}
     *
     * @param body body with {@code apiVersion}, {@code kind} and {@code metadata.name}
     */
    public static Resource read(ObjectNode body) {
        String apiVersion = body.path("apiVersion").asText();
        JsonNode metadata = body.path("metadata");
        String group = apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
        ResourceKey key = new ResourceKey(
                group,
                body.path("kind").asText(),
                metadata.path("namespace").asText(""),
                metadata.path("name").asText());
        Instant created = metadata.hasNonNull("creationTimestamp")
                ? Instant.parse(metadata.path("creationTimestamp").asText())
                : Instant.now().truncatedTo(ChronoUnit.SECONDS);
        return new Resource(
                key,
                apiVersion,
                metadata.hasNonNull("uid")
                        ? metadata.path("uid").asText()
                        : UUID.randomUUID().toString(),
                metadata.path("resourceVersion").asLong(0),
                metadata.path("generation").asLong(1),
                created,
                strings(metadata.path("labels")),
                strings(metadata.path("annotations")),
                group.isEmpty() ? withoutMetadata(body) : specOf(body),
                body);
    }

    /** {@return the resource with what a store sets, in the record and in the body} */
    public static Resource stamped(Resource resource, String uid, long version, long generation, Instant created) {
        ObjectNode body = resource.raw().deepCopy();
        ObjectNode metadata = body.withObject("metadata");
        if (!resource.key().namespace().isEmpty()) {
            metadata.put("namespace", resource.key().namespace());
        }
        metadata.put("uid", uid);
        metadata.put("resourceVersion", Long.toString(version));
        metadata.put("generation", generation);
        metadata.put("creationTimestamp", created.toString());
        return read(body);
    }

    /** {@return the resource as of another revision} */
    public static Resource withVersion(Resource resource, long version) {
        return stamped(resource, resource.uid(), version, resource.generation(), resource.creationTimestamp());
    }

    private static JsonNode specOf(ObjectNode body) {
        return body.has("spec") && body.get("spec").isObject()
                ? body.get("spec")
                : JsonNodeFactory.instance.objectNode();
    }

    private static JsonNode withoutMetadata(ObjectNode body) {
        // Trees of resources are never changed, so parts of them may be shared.
        ObjectNode rest = JsonNodeFactory.instance.objectNode();
        rest.setAll(body);
        return rest.remove(NO_PART_OF_SPEC);
    }

    private static Map<String, String> strings(JsonNode object) {
        Map<String, String> strings = new LinkedHashMap<>();
        object.fields()
                .forEachRemaining(
                        entry -> strings.put(entry.getKey(), entry.getValue().asText()));
        return strings;
    }
}
