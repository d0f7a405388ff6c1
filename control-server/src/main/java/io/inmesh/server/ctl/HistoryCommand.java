package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "history",
        description =
                "Shows who changed a resource and when; with --version, what that change was. * marks the present version.")
final class HistoryCommand extends MeshCommand {

    @Parameters(
            index = "0",
            paramLabel = "KIND",
            completionCandidates = KindWords.class,
            description = "Kind, plural or short name.")
    private String kind = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Which resource; it need not exist any more.")
    @Offered(Offer.RESOURCES)
    private String name = "";

    @Option(names = "--version", description = "Shows what this version changed; with -o yaml or json, all of it.")
    private long version;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            completionCandidates = Forms.YamlTables.class,
            description = "table, json or yaml.")
    private String output = "table";

    @Override
    int run(Api api) throws Failure, IOException {
        oneOf(output, "table", "json", "yaml");
        JsonNode body = api.get("/inmesh/v1/history?kind="
                        + Api.encoded(Paths.kind(kind).plural())
                        + "&namespace=" + Api.encoded(namespace()) + "&name=" + Api.encoded(name)
                        + (version == 0 ? "" : "&version=" + version))
                .orFail();
        JsonNode shown = version == 0 ? body : body.path("body");
        switch (output) {
            case "json" -> out().println(json(shown));
            case "yaml" -> out().print(new YAMLMapper().writeValueAsString(shown));
            default -> {
                if (version == 0) {
                    table(body);
                } else {
                    out().print(body.path("diff").asText());
                }
            }
        }
        out().flush();
        return ExitCode.OK;
    }

    private void table(JsonNode body) {
        Table table = new Table("VERSION", "CURRENT", "WHEN", "BY", "CHANGE");
        for (JsonNode entry : body.path("versions")) {
            table.row(
                    entry.path("version").asText(),
                    entry.path("current").asBoolean() ? "*" : "",
                    Table.age(entry.path("time").asText()),
                    entry.path("by").asText(),
                    entry.path("verb").asText());
        }
        table.print(out());
    }
}
