package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Origin;
import io.inmesh.server.write.WriteResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Create, read, change, delete and watch resources, by Kubernetes' rules. */
final class ResourceApi {

    /** How often a patch that names no version is tried on what someone else has written meanwhile. */
    private static final int PATCH_ATTEMPTS = 5;

    private final ConfigWriter writer;
    private final Statuses statuses;
    private final StatusLog statusLog;
    private final Watches watches;

    ResourceApi(ConfigWriter writer, Statuses statuses, int watchesPerCaller) {
        this.writer = writer;
        this.statuses = statuses;
        this.statusLog = new StatusLog(statuses);
        this.watches = new Watches(writer.store(), statuses, statusLog, watchesPerCaller);
    }

    /**
     * Answers a request for a kind.
     *
     * @param namespace namespace of the path, null for all
     * @param name name of the path, null for a collection
     */
    void handle(Exchange exchange, Kinds.Kind kind, @Nullable String namespace, @Nullable String name)
            throws IOException, HttpProblem, InterruptedException {
        try {
            switch (exchange.method()) {
                case "GET" -> {
                    if (name != null) {
                        one(exchange, kind, key(kind, namespace, name));
                    } else if (exchange.flag("watch")) {
                        watches.stream(exchange, kind, namespace);
                    } else {
                        list(exchange, kind, namespace);
                    }
                }
                case "POST" -> create(exchange, kind, namespace, name);
                case "PUT" -> replace(exchange, kind, namespace, required(name));
                case "PATCH" -> patch(exchange, kind, namespace, required(name));
                case "DELETE" -> delete(exchange, kind, namespace, name);
                default -> throw HttpProblem.notAllowed(exchange.method() + " is not supported here");
            }
        } catch (ConflictException e) {
            throw HttpProblem.conflict(e.getMessage());
        }
    }

    private void one(Exchange exchange, Kinds.Kind kind, ResourceKey key) throws IOException, HttpProblem {
        ConfigView view = writer.store().view();
        Resource resource = view.get(key).orElseThrow(() -> notFound(kind, key.name()));
        exchange.json(
                200,
                exchange.wantsTable()
                        ? Tables.of(List.of(resource), view.revision(), one -> statuses.shown(one, view))
                        : statuses.shown(resource, view));
    }

    private void list(Exchange exchange, Kinds.Kind kind, @Nullable String namespace) throws IOException, HttpProblem {
        ConfigView view = writer.store().view();
        present(exchange, view.revision());
        List<Resource> found = Selection.of(exchange, kind, namespace).of(view.all());
        if (StatusLog.concerns(kind)) {
            // A watch that goes on from this list has to know what it may have shown.
            statusLog.look(kind, view);
        }
        if (exchange.wantsTable()) {
            exchange.json(200, Tables.of(found, view.revision(), one -> statuses.shown(one, view)));
            return;
        }
        ObjectNode body = emptyList(kind, view.revision());
        ArrayNode items = (ArrayNode) body.get("items");
        found.forEach(resource -> items.add(statuses.shown(resource, view)));
        exchange.json(200, body);
    }

    /** Lists are those of now, and whole: whoever means another one must not take this for it. */
    private static void present(Exchange exchange, long revision) throws HttpProblem {
        exchange.number("limit", 0);
        long meant = exchange.number("resourceVersion", 0);
        String match = exchange.parameter("resourceVersionMatch");
        String next = exchange.parameter("continue");
        if (next != null && !next.isEmpty()) {
            throw new HttpProblem(
                    410, "Expired", "lists come whole, and none goes on elsewhere; list without continue");
        }
        boolean exact = "Exact".equals(match);
        if (!exact && match != null && !match.isEmpty() && !match.equals("NotOlderThan")) {
            throw HttpProblem.badRequest("resourceVersionMatch can be NotOlderThan or Exact, not \"" + match + "\"");
        }
        if (meant > revision) {
            throw HttpProblem.tooNew(meant, revision);
        }
        if (exact && meant != revision) {
            throw new HttpProblem(
                    410, "Expired", "there is no list of version " + meant + " any more, only of " + revision);
        }
    }

    static ObjectNode emptyList(Kinds.Kind kind, long revision) {
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("kind", kind.kind() + "List")
                .put("apiVersion", kind.apiVersion());
        body.putObject("metadata").put("resourceVersion", Long.toString(revision));
        body.putArray("items");
        return body;
    }

    private void create(Exchange exchange, Kinds.Kind kind, @Nullable String namespace, @Nullable String name)
            throws IOException, HttpProblem {
        if (name != null) {
            throw HttpProblem.notAllowed("create by POST to the collection, or replace by PUT");
        }
        try {
            write(exchange, kind, namespace, exchange.object(), 0L, 201);
        } catch (ConflictException e) {
            throw new HttpProblem(409, "AlreadyExists", e.getMessage());
        }
    }

    private void replace(Exchange exchange, Kinds.Kind kind, @Nullable String namespace, String name)
            throws IOException, HttpProblem, ConflictException {
        ObjectNode body = exchange.object();
        Resource old = writer.store().view().get(key(kind, namespace, name)).orElseThrow(() -> notFound(kind, name));
        write(exchange, kind, namespace, named(body, name), expected(body, old), 200);
    }

    private void patch(Exchange exchange, Kinds.Kind kind, @Nullable String namespace, String name)
            throws IOException, HttpProblem, ConflictException {
        ResourceKey key = key(kind, namespace, name);
        Patch patch = Patch.of(exchange, kind);
        for (int attempt = 1; ; attempt++) {
            Optional<Resource> present = writer.store().view().get(key);
            long version = present.map(Resource::resourceVersion).orElse(0L);
            if (present.isEmpty() && !patch.creates()) {
                throw notFound(kind, name);
            }
            ObjectNode wanted =
                    named(patch.apply(present.map(Resource::raw).orElseGet(Exchange.JSON::createObjectNode)), name);
            long expected = present.isPresent() ? expected(wanted, present.get()) : expected(wanted, 0);
            try {
                write(exchange, kind, namespace, wanted, expected, present.isPresent() ? 200 : 201);
                return;
            } catch (ConflictException e) {
                if (expected != version || attempt == PATCH_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void write(
            Exchange exchange,
            Kinds.Kind kind,
            @Nullable String namespace,
            ObjectNode body,
            Long expectedVersion,
            int status)
            throws IOException, HttpProblem, ConflictException {
        if (!body.path("kind").asText(kind.kind()).equals(kind.kind())) {
            throw HttpProblem.badRequest("the body is a " + body.path("kind").asText() + ", not a " + kind.kind());
        }
        body.put("kind", kind.kind());
        if (!body.hasNonNull("apiVersion")) {
            body.put("apiVersion", kind.apiVersion());
        }
        String said = body.path("metadata").path("namespace").asText("");
        if (namespace != null && !said.isEmpty() && !said.equals(namespace)) {
            throw HttpProblem.badRequest(
                    "the namespace of the body (" + said + ") is not that of the path (" + namespace + ")");
        }
        boolean dryRun = exchange.dryRun();
        String home = namespace == null ? "default" : namespace;
        WriteResult result = writer.apply(List.of(body), home, expectedVersion, Origin.API, exchange.author(), dryRun);
        if (!result.accepted()) {
            throw HttpProblem.invalid(result.problems());
        }
        result.notes().forEach(exchange::warn);
        for (Problem warning : result.problems()) {
            exchange.warn(warning.fieldPath() + " " + HttpProblem.text(warning));
        }
        ResourceKey key = result.actions().get(0).resource();
        ConfigView after = writer.store().view();
        Optional<Resource> written = dryRun ? Optional.empty() : after.get(key);
        exchange.json(
                status, written.map(resource -> statuses.shown(resource, after)).orElse(body));
    }

    private void delete(Exchange exchange, Kinds.Kind kind, @Nullable String namespace, @Nullable String name)
            throws IOException, HttpProblem, ConflictException {
        if (name == null && namespace == null) {
            throw HttpProblem.notAllowed("name a namespace: everything of a kind is not deleted at once");
        }
        // kubectl says in the body what others say in the query.
        ObjectNode options = exchange.object();
        boolean dryRun = exchange.dryRun() || !options.path("dryRun").isEmpty();
        ConfigView view = writer.store().view();
        List<Change.Delete> changes = new ArrayList<>();
        if (name == null) {
            for (Resource resource : Selection.of(exchange, kind, namespace).of(view.all())) {
                changes.add(new Change.Delete(resource.key(), null));
            }
        } else {
            Resource old = view.get(key(kind, namespace, name)).orElseThrow(() -> notFound(kind, name));
            sameUid(old, options.path("preconditions").path("uid").asText(""));
            String version =
                    options.path("preconditions").path("resourceVersion").asText("");
            changes.add(new Change.Delete(
                    old.key(), version.isEmpty() ? null : (Long) Exchange.number("resourceVersion", version)));
        }
        WriteResult result = writer.delete(changes, Origin.API, exchange.author(), dryRun);
        if (!result.accepted()) {
            throw HttpProblem.invalid(result.problems());
        }
        exchange.json(200, success(kind, name));
    }

    static ObjectNode success(Kinds.Kind kind, @Nullable String name) {
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
        return body;
    }

    /** {@return the version a body expects of a resource; the present one if it names none} */
    private static Long expected(ObjectNode body, Resource present) throws HttpProblem {
        sameUid(present, body.path("metadata").path("uid").asText(""));
        return expected(body, present.resourceVersion());
    }

    private static void sameUid(Resource present, String meant) throws HttpProblem {
        if (!meant.isEmpty() && !meant.equals(present.uid())) {
            throw HttpProblem.conflict(present.key() + " has been made again since; its uid is " + present.uid());
        }
    }

    private static Long expected(ObjectNode body, long present) throws HttpProblem {
        String version = body.path("metadata").path("resourceVersion").asText("");
        return version.isEmpty() ? present : Exchange.number("metadata.resourceVersion", version);
    }

    private static ObjectNode named(ObjectNode body, String name) throws HttpProblem {
        String said = body.path("metadata").path("name").asText("");
        if (!said.isEmpty() && !said.equals(name)) {
            throw HttpProblem.badRequest("the name of the body (" + said + ") is not that of the path (" + name + ")");
        }
        if (said.isEmpty()) {
            body.withObject("metadata").put("name", name);
        }
        return body;
    }

    private static HttpProblem notFound(Kinds.Kind kind, String name) {
        return HttpProblem.notFound(kind.qualifiedPlural() + " \"" + name + "\"");
    }

    private static ResourceKey key(Kinds.Kind kind, @Nullable String namespace, String name) {
        return new ResourceKey(
                kind.group(), kind.kind(), kind.namespaced() ? namespace == null ? "default" : namespace : "", name);
    }

    private static String required(@Nullable String name) throws HttpProblem {
        if (name == null) {
            throw HttpProblem.notAllowed("this needs the name of a resource");
        }
        return name;
    }
}
