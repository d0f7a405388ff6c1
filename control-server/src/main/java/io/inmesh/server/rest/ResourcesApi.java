package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Origin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All resources at once, of every kind, without their bodies but with what is wrong with each. */
final class ResourcesApi {

    private final ConfigWriter writer;

    ResourcesApi(ConfigWriter writer) {
        this.writer = writer;
    }

    /** Answers with the resources of one namespace, the query's, or of all. */
    void list(Exchange exchange) throws IOException, HttpProblem {
        String namespace = exchange.viewedNamespace();
        Map<ResourceKey, List<Problem>> problems = new HashMap<>();
        for (Problem problem : writer.analyze()) {
            problems.computeIfAbsent(problem.resource(), key -> new ArrayList<>())
                    .add(problem);
        }
        ConfigView view = writer.store().view();
        ObjectNode body = Exchange.JSON.createObjectNode().put("revision", view.revision());
        ArrayNode items = body.putArray("items");
        for (Resource resource : view.all()) {
            if (namespace.isEmpty() || namespace.equals(resource.key().namespace())) {
                item(items.addObject(), resource, problems.getOrDefault(resource.key(), List.of()));
            }
        }
        exchange.json(200, body);
    }

    private static void item(ObjectNode node, Resource resource, List<Problem> problems) {
        Kinds.Kind kind = Kinds.of(resource.key());
        Origin origin = Origin.of(resource);
        node.put("group", kind.group())
                .put("kind", kind.kind())
                .put("plural", kind.plural())
                .put("apiVersion", resource.apiVersion())
                .put("namespace", resource.key().namespace())
                .put("name", resource.key().name())
                .put("resourceVersion", Long.toString(resource.resourceVersion()))
                .put("generation", resource.generation())
                .put("created", resource.creationTimestamp().toString())
                .put("enforced", kind.use() == Kinds.Kind.Use.ENFORCED)
                .put("file", origin.isFile() ? origin.file() : "")
                .put("cluster", origin.cluster());
        ArrayNode hosts = node.putArray("hosts");
        resource.spec().path("hosts").forEach(host -> hosts.add(host.asText()));
        if (resource.spec().path("host").isTextual()) {
            hosts.add(resource.spec().path("host").asText());
        }
        ArrayNode found = node.putArray("problems");
        problems.forEach(problem -> FilesApi.problem(found.addObject(), problem, null));
    }
}
