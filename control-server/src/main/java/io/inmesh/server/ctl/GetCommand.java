package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.inmesh.server.model.Kinds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "get", description = "Shows resources.")
final class GetCommand extends MeshCommand {

    private static final String SOURCE = "inmesh.io/source";

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
        boolean wide = oneOf(output, "table", "wide", "json", "yaml", "name").equals("wide");
        Table table = wide
                ? new Table("NAME", "NAMESPACE", "GENERATION", "AGE", "VERSION", "REVISION", "SOURCE")
                : new Table("NAME", "NAMESPACE", "GENERATION", "AGE");
        boolean all = word.equals("all");
        if (name != null && (all || everywhere)) {
            throw new Failure(ExitCode.USAGE, "a name goes with one kind and one namespace");
        }
        for (Kinds.Kind kind : Kinds.all()) {
            if (kind.use() == Kinds.Kind.Use.SKIPPED || (!all && kind != Paths.kind(word))) {
                continue;
            }
            print(
                    kind,
                    api.get(Paths.of(kind, everywhere ? null : namespace(), name))
                            .orFail(),
                    table);
        }
        if (output.equals("table") || wide) {
            table.print(out());
        }
        return ExitCode.OK;
    }

    private void print(Kinds.Kind kind, JsonNode body, Table table) throws IOException {
        switch (output) {
            case "json" -> out().println(json(body));
            case "yaml" -> out().print(new YAMLMapper().writeValueAsString(body));
            case "name" ->
                each(
                        body,
                        item -> out().println(kind.reference(
                                item.path("metadata").path("name").asText())));
            default -> each(body, item -> table.row(row(kind, item)));
        }
    }

    private List<String> row(Kinds.Kind kind, JsonNode item) {
        JsonNode metadata = item.path("metadata");
        List<String> cells = new ArrayList<>(List.of(
                kind.reference(metadata.path("name").asText()),
                metadata.path("namespace").asText(),
                metadata.path("generation").asText(),
                Table.age(metadata.path("creationTimestamp").asText())));
        if (output.equals("wide")) {
            cells.add(item.path("apiVersion").asText());
            cells.add(metadata.path("resourceVersion").asText());
            cells.add(metadata.path("annotations").path(SOURCE).asText("api"));
        }
        return cells;
    }

    private static void each(JsonNode body, Consumer<JsonNode> action) {
        if (body.has("items")) {
            body.path("items").forEach(action);
        } else {
            action.accept(body);
        }
    }
}
