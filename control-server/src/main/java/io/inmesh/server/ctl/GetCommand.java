package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Kinds.Kind.Use;
import io.inmesh.server.write.Origin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "get", description = "Shows resources.")
final class GetCommand extends MeshCommand {

    @Parameters(index = "0", paramLabel = "KIND", description = "Kind, plural or short name; \"all\" for every kind.")
    private String word = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "One resource.")
    private @Nullable String name;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "table, wide, json, yaml or name.")
    private String output = "table";

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "In every namespace.")
    private boolean everywhere;

    @Override
    int run(Api api) throws Failure, IOException {
        oneOf(output, "table", "wide", "json", "yaml", "name");
        boolean all = word.equals("all");
        if (name != null && (all || everywhere)) {
            throw new Failure(ExitCode.USAGE, "a name goes with one kind and one namespace");
        }
        ArrayNode items = Api.JSON.createArrayNode();
        for (Kinds.Kind kind : all ? Kinds.all() : List.of(Paths.kind(word))) {
            if (kind.use() == Use.ENFORCED || kind.use() == Use.STORED) {
                items.addAll(itemsOf(api.get(Paths.of(kind, everywhere ? null : namespace(), name))
                        .orFail()));
            } else if (!all) {
                throw new Failure(ExitCode.USAGE, kind.kind() + " is not stored: " + kind.why());
            }
        }
        print(items);
        return ExitCode.OK;
    }

    private static List<JsonNode> itemsOf(JsonNode body) {
        List<JsonNode> items = new ArrayList<>();
        if (body.has("items")) {
            body.path("items").forEach(items::add);
        } else {
            items.add(body);
        }
        return items;
    }

    private void print(ArrayNode items) throws IOException {
        switch (output) {
            case "json" -> out().println(json(document(items)));
            case "yaml" -> out().print(new YAMLMapper().writeValueAsString(document(items)));
            case "name" -> items.forEach(item -> out().println(reference(item)));
            default -> table(items);
        }
    }

    /** One resource as it is, several as Kubernetes' List, so that either can be applied again. */
    private JsonNode document(ArrayNode items) {
        if (name != null) {
            return items.get(0);
        }
        ObjectNode list = Api.JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
        list.set("items", items);
        return list;
    }

    private void table(ArrayNode items) {
        if (items.isEmpty()) {
            err().println("no resources found" + (everywhere ? "" : " in namespace " + namespace()));
            return;
        }
        boolean wide = output.equals("wide");
        Table table = wide
                ? new Table("NAME", "NAMESPACE", "GENERATION", "AGE", "VERSION", "REVISION", "SOURCE", "ENFORCED")
                : new Table("NAME", "NAMESPACE", "GENERATION", "AGE");
        for (JsonNode item : items) {
            JsonNode metadata = item.path("metadata");
            List<String> cells = new ArrayList<>(List.of(
                    reference(item),
                    metadata.path("namespace").asText(),
                    metadata.path("generation").asText(),
                    Table.age(metadata.path("creationTimestamp").asText())));
            if (wide) {
                cells.add(item.path("apiVersion").asText());
                cells.add(metadata.path("resourceVersion").asText());
                cells.add(metadata.path("annotations").path(Origin.ANNOTATION).asText("api"));
                cells.add(kind(item).use() == Use.ENFORCED ? "yes" : "no");
            }
            table.row(cells);
        }
        table.print(out());
    }

    private static String reference(JsonNode item) {
        return kind(item).reference(item.path("metadata").path("name").asText());
    }

    private static Kinds.Kind kind(JsonNode item) {
        return Kinds.of(item.path("apiVersion").asText(), item.path("kind").asText())
                .orElseThrow(() -> new IllegalStateException("a server tells of kinds it knows only"));
    }
}
