package io.inmesh.server.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Bodies;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Kinds.Kind;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes resources of documents: finds their kinds, names what is left out and why, and sets what only the server may set. */
final class Intake {

    private static final Pattern NAME =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final List<String> SET_BY_THE_SERVER =
            List.of("resourceVersion", "uid", "generation", "creationTimestamp", "managedFields", "selfLink");

    private final String defaultNamespace;
    private final Origin origin;
    private final List<String> notes = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Map<ResourceKey, Resource> resources = new LinkedHashMap<>();

    /**
     * Begins with nothing.
     *
     * @param defaultNamespace namespace of documents that name none
     * @param origin who will keep the resources
     */
    Intake(String defaultNamespace, Origin origin) {
        this.defaultNamespace = defaultNamespace;
        this.origin = origin;
    }

    /** {@return what was left out or has no effect, in words} */
    List<String> notes() {
        return notes;
    }

    /** {@return what is wrong so far} */
    List<Problem> problems() {
        return problems;
    }

    /** {@return the resources, in the order of their documents} */
    Map<ResourceKey, Resource> resources() {
        return resources;
    }

    /** Takes one document. Its body is not changed, and must not be afterwards: the resource shares parts of it. */
    void take(ObjectNode document) {
        ResourceKey key = keyOf(document, defaultNamespace);
        kind(document, key).ifPresent(kind -> take(copy(document), key, kind));
    }

    /** {@return what a document is about, as far as it says so} */
    static ResourceKey keyOf(ObjectNode document, String defaultNamespace) {
        String apiVersion = document.path("apiVersion").asText();
        String kind = document.path("kind").asText();
        boolean namespaced = Kinds.of(apiVersion, kind).map(Kind::namespaced).orElse(true);
        return new ResourceKey(
                apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "",
                kind.isEmpty() ? "(no kind)" : kind,
                namespaced ? document.path("metadata").path("namespace").asText(defaultNamespace) : "",
                document.path("metadata").path("name").asText("(no name)"));
    }

    /** Only metadata and status are changed here; the rest, which is most of it, is shared. */
    private static ObjectNode copy(ObjectNode document) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        copy.setAll(document);
        if (document.get("metadata") instanceof ObjectNode metadata) {
            copy.set("metadata", metadata.deepCopy());
        }
        return copy;
    }

    private Optional<Kind> kind(ObjectNode document, ResourceKey key) {
        String apiVersion = document.path("apiVersion").asText();
        String kind = document.path("kind").asText();
        if (apiVersion.isEmpty() || kind.isEmpty()) {
            String field = apiVersion.isEmpty() ? "apiVersion" : "kind";
            problems.add(Shape.MISSING_FIELD.error(key, field, "is missing", "say what this document is"));
            return Optional.empty();
        }
        Optional<Kind> known = Kinds.of(apiVersion, kind);
        if (known.isEmpty() && Kinds.ofKubernetes(apiVersion, kind)) {
            notes.add(kind + " " + key.name() + " skipped: " + apiVersion + " is not about the mesh");
        } else if (known.isEmpty()) {
            problems.add(Shape.UNKNOWN_KIND.error(
                    key,
                    "kind",
                    apiVersion + " " + kind + " is not a kind this server knows",
                    Kinds.hint(apiVersion, kind)));
        } else if (known.get().use() == Kind.Use.SKIPPED) {
            notes.add(kind + " " + key.name() + " skipped: " + known.get().why());
        } else if (known.get().use() == Kind.Use.REFUSED) {
            problems.add(Shape.UNENFORCEABLE_KIND.error(key, "kind", known.get().why(), "remove it from this change"));
        } else {
            return known;
        }
        return Optional.empty();
    }

    private void take(ObjectNode body, ResourceKey key, Kind kind) {
        if (!(body.get("metadata") instanceof ObjectNode metadata)
                || !metadata.path("name").isTextual()) {
            problems.add(Shape.MISSING_FIELD.error(key, "metadata.name", "is missing", "give the resource a name"));
            return;
        }
        if (!named(key)) {
            return;
        }
        if (kind.namespaced()) {
            metadata.put("namespace", key.namespace());
        }
        // Of two rules that contradict each other the older one counts, which the cluster knows.
        JsonNode created = origin.isCluster() ? metadata.get("creationTimestamp") : null;
        metadata.remove(SET_BY_THE_SERVER);
        if (created != null) {
            metadata.set("creationTimestamp", created);
        }
        if (!origin.equals(Origin.API)) {
            metadata.withObject("annotations").put(Origin.ANNOTATION, origin.source());
        } else if (metadata.get("annotations") instanceof ObjectNode annotations) {
            annotations.remove(Origin.ANNOTATION);
        }
        body.remove("status");
        if (kind.use() == Kind.Use.STORED) {
            notes.add(kind.kind() + " " + key.name() + " is stored but not enforced: " + kind.why());
        }
        if (resources.put(key, Bodies.read(body)) != null) {
            problems.add(Shape.TWICE.error(key, "metadata.name", "is in this change twice", "keep one of them"));
        }
    }

    private boolean named(ResourceKey key) {
        if (!NAME.matcher(key.name()).matches()) {
            problems.add(Shape.BAD_NAME.error(
                    key,
                    "metadata.name",
                    "must be lower case letters, digits, dashes and dots, beginning and ending with a letter or digit, not \""
                            + key.name() + "\"",
                    "choose another name"));
            return false;
        }
        if (!key.namespace().isEmpty() && !LABEL.matcher(key.namespace()).matches()) {
            problems.add(Shape.BAD_NAME.error(
                    key,
                    "metadata.namespace",
                    "must be at most 63 lower case letters, digits and dashes, not \"" + key.namespace() + "\"",
                    "choose another namespace"));
            return false;
        }
        return true;
    }
}
