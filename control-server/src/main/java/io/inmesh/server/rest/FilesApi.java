package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Permission;
import io.inmesh.server.access.Role;
import io.inmesh.server.cluster.ClusterReport;
import io.inmesh.server.cluster.Refusal;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Document;
import io.inmesh.server.write.Documents;
import io.inmesh.server.write.Origin;
import io.inmesh.server.write.UnreadableException;
import io.inmesh.server.write.WriteResult;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whole files at once, all or nothing, and what is wrong with what there is. Problems say document and line. */
final class FilesApi {

    private final ConfigWriter writer;
    private final Supplier<List<ClusterReport>> clusters;

    /** @param clusters what clusters keep that is not taken */
    FilesApi(ConfigWriter writer, Supplier<List<ClusterReport>> clusters) {
        this.writer = writer;
        this.clusters = clusters;
    }

    void apply(Exchange exchange) throws IOException, HttpProblem {
        List<Document> documents = documents(exchange);
        String namespace = namespace(exchange);
        demand(exchange, documents, namespace);
        try {
            WriteResult result = writer.apply(
                    documents.stream().map(Document::body).toList(),
                    namespace,
                    null,
                    Origin.API,
                    exchange.author(),
                    exchange.flag("dryRun"));
            answer(exchange, result, documents, namespace);
        } catch (ConflictException e) {
            throw HttpProblem.conflict(e.getMessage());
        }
    }

    void delete(Exchange exchange) throws IOException, HttpProblem {
        List<Document> documents = documents(exchange);
        String namespace = namespace(exchange);
        demand(exchange, documents, namespace);
        try {
            WriteResult result = writer.delete(
                    documents.stream()
                            .map(document -> document.key(namespace))
                            .distinct()
                            .map(key -> new Change.Delete(key, null))
                            .toList(),
                    Origin.API,
                    exchange.author(),
                    exchange.flag("dryRun"));
            answer(exchange, result, documents, namespace);
        } catch (ConflictException e) {
            throw HttpProblem.conflict(e.getMessage());
        }
    }

    void analyze(Exchange exchange) throws IOException {
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode problems = body.putArray("problems");
        writer.analyze().forEach(problem -> problem(problems.addObject(), problem, null));
        // What a cluster holds and is not taken is no part of the configuration that is judged.
        for (ClusterReport cluster : clusters.get()) {
            for (Refusal refusal : cluster.refused()) {
                refusal.problems().forEach(problem -> problem(problems.addObject(), problem, null));
            }
        }
        exchange.json(200, body);
    }

    /** Every document is asked about before any is written. */
    private static void demand(Exchange exchange, List<Document> documents, String namespace) throws HttpProblem {
        boolean delete = exchange.path().contains("delete");
        for (Document document : documents) {
            ResourceKey key = document.key(namespace);
            String plural = Kinds.all().stream()
                    .filter(kind ->
                            kind.group().equals(key.group()) && kind.kind().equals(key.kind()))
                    .map(Kinds.Kind::plural)
                    .findFirst()
                    .orElse(key.kind());
            // A namespace itself is not kept, and needs a role in it only.
            String where = key.group().isEmpty() && key.kind().equals("Namespace") ? key.name() : key.namespace();
            exchange.demand(Permission.ofResource(
                    Role.EDITOR, where, delete ? "delete" : "patch", key.group(), plural, key.name()));
        }
    }

    static List<Document> documents(Exchange exchange) throws IOException, HttpProblem {
        try {
            return Documents.read(exchange.body());
        } catch (UnreadableException e) {
            throw new HttpProblem(422, "Invalid", e.getMessage());
        }
    }

    static String namespace(Exchange exchange) {
        String namespace = exchange.parameter("namespace");
        return namespace == null ? "default" : namespace;
    }

    private static void answer(Exchange exchange, WriteResult result, List<Document> documents, String namespace)
            throws IOException {
        ObjectNode body = Exchange.JSON.createObjectNode().put("accepted", result.accepted());
        ArrayNode actions = body.putArray("actions");
        for (WriteResult.Action action : result.actions()) {
            ResourceKey key = action.resource();
            actions.addObject()
                    .put("group", key.group())
                    .put("kind", key.kind())
                    .put("namespace", key.namespace())
                    .put("name", key.name())
                    .put("reference", Kinds.of(key).reference(key.name()))
                    .put("verb", action.verb());
        }
        ArrayNode notes = body.putArray("notes");
        result.notes().forEach(notes::add);
        problems(body.putArray("problems"), result.problems(), documents, namespace);
        exchange.json(result.accepted() ? 200 : 422, body);
    }

    /** Says what is wrong, and where in the file. */
    static void problems(ArrayNode nodes, List<Problem> problems, List<Document> documents, String namespace) {
        for (Problem problem : problems) {
            Document from = documents.stream()
                    .filter(document -> document.key(namespace).equals(problem.resource()))
                    .reduce((first, second) -> second)
                    .orElse(null);
            problem(nodes.addObject(), problem, from);
        }
    }

    static void problem(ObjectNode node, Problem problem, @Nullable Document document) {
        node.put("resource", problem.resource().toString())
                .put("field", problem.fieldPath())
                .put("severity", problem.severity().name())
                .put("code", problem.code())
                .put("message", problem.message())
                .put("remedy", problem.remedy());
        if (document != null) {
            node.put("document", document.number());
            document.line(problem.fieldPath()).ifPresent(line -> node.put("line", line));
        }
    }
}
