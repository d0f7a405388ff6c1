package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Bindings;
import io.inmesh.server.access.Permission;
import io.inmesh.server.access.Role;
import io.inmesh.server.ads.Impact;
import io.inmesh.server.ads.TranslatedResources;
import io.inmesh.server.model.Bodies;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.peer.Fleet;
import io.inmesh.server.peer.ToldByAll;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.Version;
import io.inmesh.server.write.ChangeLog;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Document;
import io.inmesh.server.write.Origin;
import io.inmesh.server.write.Plan;
import io.inmesh.server.write.UnifiedDiff;
import io.inmesh.server.write.WriteResult;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a change would do and to whom, what was changed when and by whom, and the way back. */
final class ChangesApi {

    private final ConfigWriter writer;
    private final TranslatedResources resources;
    private final Fleet fleet;
    private final Bindings bindings;

    ChangesApi(ConfigWriter writer, TranslatedResources resources, Fleet fleet, Bindings bindings) {
        this.writer = writer;
        this.resources = resources;
        this.fleet = fleet;
        this.bindings = bindings;
    }

    /** What a file would change, and which processes would be sent something else. */
    void diff(Exchange exchange) throws IOException, HttpProblem {
        List<Document> documents = FilesApi.documents(exchange);
        String namespace = FilesApi.namespace(exchange);
        for (Document document : documents) {
            demand(exchange, Role.VIEWER, document.key(namespace));
        }
        Plan plan = writer.plan(documents.stream().map(Document::body).toList(), namespace, Origin.API);
        ObjectNode body = Exchange.JSON.createObjectNode().put("accepted", plan.accepted());
        ArrayNode changes = body.putArray("changes");
        for (ChangeLog.Changed change : plan.changes()) {
            changes.add(change(change));
        }
        ArrayNode notes = body.putArray("notes");
        plan.notes().forEach(notes::add);
        FilesApi.problems(body.putArray("problems"), plan.problems(), documents, namespace);
        if (plan.accepted()) {
            affected(exchange, body, plan);
        }
        exchange.json(plan.accepted() ? 200 : 422, body);
    }

    private static ObjectNode change(ChangeLog.Changed change) {
        String diff = UnifiedDiff.between(change.before(), change.after());
        return key(Exchange.JSON.createObjectNode(), change.key())
                .put("verb", change.before() == null ? "created" : diff.isEmpty() ? "unchanged" : "configured")
                .put("diff", diff);
    }

    /** Names processes of namespaces that the caller may look at, and counts the others, and those that were too busy to tell what they have. */
    private void affected(Exchange exchange, ObjectNode body, Plan plan) {
        ArrayNode shown = body.putArray("affected");
        int hidden = 0;
        ToldByAll all = fleet.configs();
        SilentJson.write(
                body,
                all.silent(),
                bindings.allow(exchange.principal(), Role.VIEWER, "") ? "" : FilesApi.namespace(exchange));
        for (Impact.Affected affected : Impact.of(
                resources.state(), resources.stateWith(plan.after()), all.told().configs())) {
            String namespace = affected.process().namespace();
            if (!bindings.allow(exchange.principal(), Role.VIEWER, namespace)) {
                hidden++;
                continue;
            }
            ArrayNode moved = shown.addObject()
                    .put("name", affected.process().instance())
                    .put("namespace", namespace)
                    .put("serviceAccount", affected.process().serviceAccount())
                    .putArray("resources");
            for (Impact.Moved resource : affected.moved()) {
                moved.addObject()
                        .put("type", XdsNames.shortType(resource.typeUrl()))
                        .put("name", resource.name())
                        .put("change", resource.change().name());
            }
        }
        body.put("affectedElsewhere", hidden);
        body.put("affectedUnknown", all.unknown());
    }

    /** The versions of one resource, newest first; with {@code version}, that one with its body. */
    void history(Exchange exchange) throws IOException, HttpProblem {
        ResourceKey key = key(exchange.parameter("kind"), exchange.parameter("namespace"), exchange.parameter("name"));
        demand(exchange, Role.VIEWER, key);
        List<Version> versions = writer.store().versions(key);
        if (versions.isEmpty()) {
            throw HttpProblem.notFound("any version of " + key);
        }
        long wanted = exchange.number("version", 0);
        long live =
                writer.store().view().get(key).map(Resource::resourceVersion).orElse(0L);
        ObjectNode body = key(Exchange.JSON.createObjectNode(), key);
        if (wanted != 0) {
            int at = indexOf(versions, wanted, key);
            Version version = versions.get(at);
            describe(body, versions, at, live);
            body.set("body", version.body() == null ? Exchange.JSON.nullNode() : version.body());
            body.put("diff", UnifiedDiff.between(resource(at + 1, versions), resource(at, versions)));
            body.put(
                    "diffToNow",
                    UnifiedDiff.between(
                            resource(at, versions),
                            writer.store().view().get(key).orElse(null)));
        } else {
            ArrayNode list = body.putArray("versions");
            for (int i = 0; i < versions.size(); i++) {
                describe(list.addObject(), versions, i, live);
            }
        }
        exchange.json(200, body);
    }

    private static void describe(ObjectNode node, List<Version> versions, int at, long live) {
        Version version = versions.get(at);
        boolean first = at + 1 == versions.size() || versions.get(at + 1).body() == null;
        node.put("version", version.version())
                .put("time", version.time() == null ? "" : version.time().toString())
                .put("by", version.author())
                .put("verb", version.body() == null ? "deleted" : first ? verbOfFirst(version) : "updated")
                .put("current", version.version() == live);
    }

    /** The oldest version that is kept need not be the first there was. */
    private static String verbOfFirst(Version version) {
        return version.body() != null
                        && version.body().at("/metadata/generation").asLong() <= 1
                        && version.time() != null
                ? "created"
                : "updated";
    }

    /** Writes an earlier version as a new one. */
    void rollback(Exchange exchange) throws IOException, HttpProblem {
        ObjectNode asked = exchange.object();
        ResourceKey key = key(text(asked, "kind"), text(asked, "namespace"), text(asked, "name"));
        demand(exchange, Role.EDITOR, key);
        List<Version> versions = writer.store().versions(key);
        Version target = target(key, versions, asked.path("version").asLong(0));
        @Nullable Resource before = writer.store().view().get(key).orElse(null);
        long present = before == null ? 0 : before.resourceVersion();
        long expected = asked.path("expectedVersion").asLong(present);
        if (target.body() == null) {
            throw HttpProblem.badRequest("version " + target.version() + " of " + key
                    + " is its removal; delete the resource to go back to that");
        }
        boolean dryRun = exchange.flag("dryRun");
        try {
            WriteResult result = writer.apply(
                    List.of(target.body()), key.namespace(), expected, Origin.API, exchange.author(), dryRun);
            if (!result.accepted()) {
                throw HttpProblem.invalid(result.problems());
            }
        } catch (ConflictException e) {
            throw HttpProblem.conflict(e.getMessage());
        }
        ObjectNode body = key(Exchange.JSON.createObjectNode(), key)
                .put("to", target.version())
                .put("diff", UnifiedDiff.between(before, Bodies.read(target.body())));
        if (!dryRun) {
            body.put(
                    "version",
                    writer.store()
                            .view()
                            .get(key)
                            .map(Resource::resourceVersion)
                            .orElse(0L));
        }
        exchange.json(200, body);
    }

    /** {@return the version to go back to; the one before the present one unless one is named} */
    private static Version target(ResourceKey key, List<Version> versions, long wanted) throws HttpProblem {
        if (wanted != 0) {
            return versions.get(indexOf(versions, wanted, key));
        }
        boolean gone = !versions.isEmpty() && versions.get(0).body() == null;
        if (versions.size() < 2) {
            throw HttpProblem.notFound("an earlier version of " + key);
        }
        Version before = versions.get(1);
        if (!gone && before.body() == null) {
            throw HttpProblem.badRequest(
                    key + " did not exist before its present version; delete it, or name a version to go back to");
        }
        return before;
    }

    private static int indexOf(List<Version> versions, long wanted, ResourceKey key) throws HttpProblem {
        for (int i = 0; i < versions.size(); i++) {
            if (versions.get(i).version() == wanted) {
                return i;
            }
        }
        throw HttpProblem.notFound("version " + wanted + " of " + key);
    }

    private static @Nullable Resource resource(int at, List<Version> versions) {
        if (at >= versions.size()) {
            return null;
        }
        ObjectNode body = versions.get(at).body();
        return body == null ? null : Bodies.read(body);
    }

    private static void demand(Exchange exchange, Role role, ResourceKey key) throws HttpProblem {
        String plural = Kinds.ofWord(key.kind()).map(Kinds.Kind::plural).orElse(key.kind());
        String verb = role == Role.EDITOR ? "patch" : "get";
        exchange.demand(Permission.ofResource(role, key.namespace(), verb, key.group(), plural, key.name()));
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText("");
    }

    private static ResourceKey key(@Nullable String kind, @Nullable String namespace, @Nullable String name)
            throws HttpProblem {
        if (kind == null || kind.isEmpty() || name == null || name.isEmpty()) {
            throw HttpProblem.badRequest("kind and name are needed, such as kind=virtualservice and name=reviews");
        }
        Kinds.Kind known = Kinds.ofWord(kind).orElseThrow(() -> HttpProblem.notFound("kind " + kind));
        String home = namespace == null || namespace.isEmpty() ? "default" : namespace;
        return new ResourceKey(known.group(), known.kind(), known.namespaced() ? home : "", name);
    }

    private static ObjectNode key(ObjectNode node, ResourceKey key) {
        return node.put("group", key.group())
                .put("kind", key.kind())
                .put("namespace", key.namespace())
                .put("name", key.name())
                .put("reference", Kinds.of(key).reference(key.name()));
    }
}
