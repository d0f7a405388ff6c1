package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Documents;
import io.inmesh.server.write.WriteResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** Create, read, change, delete and watch resources, by Kubernetes' rules. */
final class ResourceApi {

    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private final ConfigWriter writer;

    ResourceApi(ConfigWriter writer) {
        this.writer = writer;
    }

    /**
     * Answers a request for a kind.
     *
     * @param namespace namespace of the path, null for all
     * @param name name of the path, null for a collection
     */
    void handle(Exchange exchange, Kinds.Kind kind, @Nullable String namespace, @Nullable String name)
            throws IOException, HttpProblem, InterruptedException {
        if (kind.use() == Kinds.Kind.Use.SKIPPED) {
            skipped(exchange, kind, name);
            return;
        }
        try {
            switch (exchange.method()) {
                case "GET" -> {
                    if (name != null) {
                        one(exchange, kind, key(kind, namespace, name));
                    } else if (exchange.flag("watch")) {
                        Watches.stream(exchange, writer.store(), kind, namespace);
                    } else {
                        list(exchange, kind, namespace);
                    }
                }
                case "POST" -> write(exchange, kind, namespace, body(exchange), 0L, 201);
                case "PUT" -> replace(exchange, kind, namespace, required(name));
                case "PATCH" -> patch(exchange, kind, namespace, required(name));
                case "DELETE" -> delete(exchange, kind, namespace, name);
                default ->
                    throw new HttpProblem(405, "MethodNotAllowed", exchange.method() + " is not supported here", null);
            }
        } catch (ConflictException e) {
            boolean exists = exchange.method().equals("POST");
            throw new HttpProblem(409, exists ? "AlreadyExists" : "Conflict", String.valueOf(e.getMessage()), null);
        }
    }

    private void skipped(Exchange exchange, Kinds.Kind kind, @Nullable String name) throws IOException, HttpProblem {
        switch (exchange.method()) {
            case "POST", "PUT", "PATCH" -> {
                exchange.warn(kind.kind() + " is about running workloads, which Inmesh does not do; it is not stored");
                exchange.json(exchange.method().equals("POST") ? 201 : 200, body(exchange));
            }
            case "GET" -> {
                if (name != null && !kind.kind().equals("Namespace")) {
                    throw HttpProblem.notFound(kind.qualifiedPlural() + " \"" + name + "\"");
                }
                exchange.json(200, name == null ? emptyList(kind) : namespace(name));
            }
            default -> throw HttpProblem.notFound(kind.qualifiedPlural());
        }
    }

    private static ObjectNode namespace(String name) {
        ObjectNode body =
                Exchange.JSON.createObjectNode().put("kind", "Namespace").put("apiVersion", "v1");
        body.putObject("metadata").put("name", name);
        body.putObject("status").put("phase", "Active");
        return body;
    }

    private ObjectNode emptyList(Kinds.Kind kind) {
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("kind", kind.kind() + "List")
                .put("apiVersion", apiVersion(kind));
        body.putObject("metadata")
                .put("resourceVersion", Long.toString(writer.store().view().revision()));
        body.putArray("items");
        return body;
    }

    private void one(Exchange exchange, Kinds.Kind kind, ResourceKey key) throws IOException, HttpProblem {
        Resource resource = writer.store()
                .view()
                .get(key)
                .orElseThrow(() -> HttpProblem.notFound(kind.qualifiedPlural() + " \"" + key.name() + "\""));
        exchange.json(
                200,
                wantsTable(exchange)
                        ? Tables.of(List.of(resource), writer.store().view().revision())
                        : resource.raw());
    }

    private void list(Exchange exchange, Kinds.Kind kind, @Nullable String namespace) throws IOException {
        ConfigView view = writer.store().view();
        List<Resource> found = select(view.all(), kind, namespace, exchange.parameter("labelSelector"));
        if (wantsTable(exchange)) {
            exchange.json(200, Tables.of(found, view.revision()));
            return;
        }
        ObjectNode body = emptyList(kind);
        ((ObjectNode) body.get("metadata")).put("resourceVersion", Long.toString(view.revision()));
        ArrayNode items = (ArrayNode) body.get("items");
        found.forEach(resource -> items.add(resource.raw()));
        exchange.json(200, body);
    }

    static List<Resource> select(
            List<Resource> all, Kinds.Kind kind, @Nullable String namespace, @Nullable String labels) {
        return all.stream()
                .filter(r ->
                        r.key().kind().equals(kind.kind()) && r.key().group().equals(kind.group()))
                .filter(r -> namespace == null || r.key().namespace().equals(namespace))
                .filter(r -> labels == null || Selectors.matches(labels, r.labels()))
                .toList();
    }

    private void replace(Exchange exchange, Kinds.Kind kind, @Nullable String namespace, String name)
            throws IOException, HttpProblem, ConflictException {
        ObjectNode body = body(exchange);
        String version = body.path("metadata").path("resourceVersion").asText("");
        ResourceKey key = key(kind, namespace, name);
        if (writer.store().view().get(key).isEmpty() && !version.isEmpty()) {
            throw HttpProblem.notFound(kind.qualifiedPlural() + " \"" + name + "\"");
        }
        write(exchange, kind, namespace, body, version.isEmpty() ? null : number(version, "resourceVersion"), 200);
    }

    private void patch(Exchange exchange, Kinds.Kind kind, @Nullable String namespace, String name)
            throws IOException, HttpProblem, ConflictException {
        ResourceKey key = key(kind, namespace, name);
        Optional<Resource> present = writer.store().view().get(key);
        String type = exchange.header(HttpHeader.CONTENT_TYPE);
        ObjectNode patch = body(exchange);
        if (type.startsWith("application/apply-patch")) {
            // Server-side apply with one manager: what is applied is what is wanted.
            write(exchange, kind, namespace, patch, null, present.isPresent() ? 200 : 201);
            return;
        }
        Resource old = present.orElseThrow(() -> HttpProblem.notFound(kind.qualifiedPlural() + " \"" + name + "\""));
        if (type.startsWith("application/json-patch")) {
            throw new HttpProblem(
                    415, "UnsupportedMediaType", "JSON patches are not supported; use a merge patch", null);
        }
        JsonNode lastApplied = patch.path("metadata").path("annotations").path(LAST_APPLIED);
        ObjectNode merged;
        if (type.startsWith("application/strategic-merge-patch") && lastApplied.isTextual()) {
            // Merging lists by key needs the schema of each list; kubectl also sends the whole of what is wanted.
            merged = (ObjectNode) Exchange.JSON.readTree(lastApplied.asText());
            merged.withObject("metadata").withObject("annotations").put(LAST_APPLIED, lastApplied.asText());
        } else {
            merged = (ObjectNode) MergePatch.apply(old.raw(), patch);
        }
        write(exchange, kind, namespace, merged, old.resourceVersion(), 200);
    }

    private void write(
            Exchange exchange,
            Kinds.Kind kind,
            @Nullable String namespace,
            ObjectNode body,
            @Nullable Long expectedVersion,
            int status)
            throws IOException, HttpProblem, ConflictException {
        boolean dryRun = exchange.parameter("dryRun") != null;
        if (!body.path("kind").asText(kind.kind()).equals(kind.kind())) {
            throw new HttpProblem(
                    400, "BadRequest", "the body is a " + body.path("kind").asText() + ", not a " + kind.kind(), null);
        }
        body.put("kind", kind.kind());
        if (!body.hasNonNull("apiVersion")) {
            body.put("apiVersion", apiVersion(kind));
        }
        if (namespace != null) {
            String said = body.path("metadata").path("namespace").asText(namespace);
            if (!said.equals(namespace)) {
                throw new HttpProblem(
                        400,
                        "BadRequest",
                        "the namespace of the body (" + said + ") is not that of the path (" + namespace + ")",
                        null);
            }
        }
        WriteResult result =
                writer.apply(List.of(body), namespace == null ? "default" : namespace, expectedVersion, dryRun);
        if (!result.accepted()) {
            throw HttpProblem.invalid(result.errors());
        }
        result.notes().forEach(exchange::warn);
        for (Problem warning : result.problems()) {
            exchange.warn(warning.fieldPath() + " " + warning.message() + "; " + warning.remedy() + " ["
                    + warning.code() + "]");
        }
        ResourceKey key =
                key(kind, namespace, body.path("metadata").path("name").asText());
        JsonNode written = writer.store().view().get(key).map(Resource::raw).orElse(body);
        exchange.json(status, dryRun ? body : written);
    }

    private void delete(Exchange exchange, Kinds.Kind kind, @Nullable String namespace, @Nullable String name)
            throws IOException, HttpProblem, ConflictException {
        boolean dryRun = exchange.parameter("dryRun") != null;
        List<ResourceKey> keys = new ArrayList<>();
        if (name != null) {
            keys.add(key(kind, namespace, name));
        } else {
            select(writer.store().view().all(), kind, namespace, exchange.parameter("labelSelector"))
                    .forEach(resource -> keys.add(resource.key()));
        }
        List<ResourceKey> gone = writer.delete(keys, dryRun);
        if (name != null && gone.isEmpty()) {
            throw HttpProblem.notFound(kind.qualifiedPlural() + " \"" + name + "\"");
        }
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", "Success");
        body.putObject("metadata");
        if (name != null) {
            body.putObject("details")
                    .put("name", name)
                    .put("group", kind.group())
                    .put("kind", kind.plural());
        }
        exchange.json(200, body);
    }

    private static ObjectNode body(Exchange exchange) throws IOException, HttpProblem {
        String text = exchange.body();
        if (exchange.header(HttpHeader.CONTENT_TYPE).contains("protobuf")) {
            throw new HttpProblem(415, "UnsupportedMediaType", "send JSON or YAML", null);
        }
        try {
            List<ObjectNode> documents = Documents.read(text);
            if (documents.size() != 1) {
                throw new HttpProblem(400, "BadRequest", "one resource is expected, not " + documents.size(), null);
            }
            return documents.get(0);
        } catch (Documents.UnreadableException e) {
            throw new HttpProblem(400, "BadRequest", String.valueOf(e.getMessage()), null);
        }
    }

    private static ResourceKey key(Kinds.Kind kind, @Nullable String namespace, String name) {
        return new ResourceKey(
                kind.group(), kind.kind(), kind.namespaced() ? namespace == null ? "default" : namespace : "", name);
    }

    private static String apiVersion(Kinds.Kind kind) {
        return kind.group().isEmpty()
                ? kind.versions().get(0)
                : kind.group() + "/" + kind.versions().get(0);
    }

    static boolean wantsTable(Exchange exchange) {
        return exchange.header(HttpHeader.ACCEPT).contains("as=Table");
    }

    private static String required(@Nullable String name) throws HttpProblem {
        if (name == null) {
            throw new HttpProblem(405, "MethodNotAllowed", "this needs the name of a resource", null);
        }
        return name;
    }

    static long number(String text, String what) throws HttpProblem {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new HttpProblem(400, "BadRequest", what + " must be a number, not \"" + text + "\"", null);
        }
    }
}
