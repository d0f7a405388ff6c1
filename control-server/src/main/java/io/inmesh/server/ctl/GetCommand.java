package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.inmesh.server.model.Kinds;
import java.io.IOException;
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
            description = "table, json, yaml or name.")
    private String output = "table";

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "In every namespace.")
    private boolean everywhere;

    @Override
    int run(Api api) throws Failure, IOException {
        Table table = new Table("NAME", "NAMESPACE", "GENERATION", "AGE");
        boolean all = word.equals("all");
        for (Kinds.Kind kind : Kinds.all()) {
            if (kind.use() == Kinds.Kind.Use.SKIPPED || (!all && kind != Paths.kind(word))) {
                continue;
            }
            Api.Answer answer = api.get(Paths.of(kind, everywhere ? null : namespace(), all ? null : name));
            if (!answer.ok()) {
                throw new Failure(ExitCode.FINDINGS, answer.message());
            }
            print(kind, answer.body(), table);
        }
        if (output.equals("table")) {
            table.print(out());
        }
        return ExitCode.OK;
    }

    private void print(Kinds.Kind kind, JsonNode body, Table table) throws IOException, Failure {
        switch (output) {
            case "json" ->
                out().println(Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(body));
            case "yaml" -> out().print(new YAMLMapper().writeValueAsString(body));
            case "name" ->
                each(
                        body,
                        item -> out().println(kind.reference(
                                item.path("metadata").path("name").asText())));
            case "table" ->
                each(
                        body,
                        item -> table.row(
                                kind.reference(
                                        item.path("metadata").path("name").asText()),
                                item.path("metadata").path("namespace").asText(),
                                item.path("metadata").path("generation").asText(),
                                Table.age(item.path("metadata")
                                        .path("creationTimestamp")
                                        .asText())));
            default -> throw new Failure(ExitCode.USAGE, "-o is table, json, yaml or name, not " + output);
        }
    }

    private static void each(JsonNode body, java.util.function.Consumer<JsonNode> action) {
        if (body.has("items")) {
            body.path("items").forEach(action);
        } else {
            action.accept(body);
        }
    }
}
