package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "status", description = "Shows every connected process and whether it runs the newest configuration.")
final class StatusCommand extends MeshCommand {

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "table or json.")
    private String output = "table";

    @Override
    int run(Api api) throws Failure, IOException {
        oneOf(output, "table", "json");
        JsonNode body = api.get(
                        "/inmesh/v1/status" + (namespaceGiven() ? "?namespace=" + Api.encoded(namespace()) : ""))
                .orFail();
        if (output.equals("json")) {
            out().println(json(body));
            return ExitCode.OK;
        }
        Map<String, JsonNode> workloads = new TreeMap<>();
        body.path("workloads").forEach(w -> workloads.put(w.path("name").asText(), w));
        Table table =
                new Table("NAME", "NAMESPACE", "IDENTITY", "CONFIG", "HEALTH", "CONNECTED", "CERT LEFT", "VERSION");
        boolean rejected = false;
        for (JsonNode process : body.path("processes")) {
            String state = process.path("state").asText();
            rejected |= state.equals("REJECTED");
            JsonNode workload = workloads.remove(process.path("name").asText());
            table.row(
                    process.path("name").asText(),
                    process.path("namespace").asText(),
                    process.path("serviceAccount").asText(),
                    state,
                    workload == null ? "-" : workload.path("health").asText(),
                    Table.age(process.path("connectedSince").asText()),
                    Table.age(process.path("certificateExpiry").asText("")),
                    process.path("userAgent").asText());
        }
        workloads
                .values()
                .forEach(w -> table.row(
                        w.path("name").asText(),
                        w.path("namespace").asText(),
                        w.path("serviceAccount").asText(),
                        "-",
                        w.path("health").asText(),
                        "gone",
                        "-",
                        "-"));
        table.print(out());
        for (JsonNode process : body.path("processes")) {
            for (JsonNode type : process.path("types")) {
                if (!type.path("rejection").asText().isEmpty()) {
                    out().println(process.path("name").asText() + " refused "
                            + type.path("type").asText() + ": "
                            + type.path("rejection").asText());
                }
            }
        }
        for (JsonNode process : body.path("processes")) {
            process.path("unenforced")
                    .forEach(u -> out().println(process.path("name").asText() + ": "
                            + u.path("resource").asText() + ": "
                            + u.path("field").asText() + ": " + u.path("reason").asText()));
        }
        body.path("unenforced")
                .forEach(u -> out().println("not enforced: "
                        + u.path("resource").asText() + ": " + u.path("reason").asText()));
        if (body.path("openOnLoopback").asBoolean()) {
            out().println("access: whoever is on the server's machine may do everything without credentials");
        }
        body.path("folderProblems").forEach(problem -> out().println("folder: " + problem.asText()));
        return rejected ? ExitCode.FINDINGS : ExitCode.OK;
    }
}
