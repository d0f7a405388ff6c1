package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "inspect",
        description = {
            "Shows what one process has been sent, with the rule behind each part, and what it made of it.",
            "WHAT is clusters, routes, endpoints, policies, listeners, secrets, or config for all of it."
        })
final class InspectCommand extends MeshCommand {

    private static final Map<String, String> TYPES = Map.of(
            "clusters", "cluster",
            "routes", "routes",
            "endpoints", "endpoints",
            "policies", "listener",
            "listeners", "listener",
            "secrets", "secret",
            "config", "");

    /** What there is of a process. */
    static final class Parts extends Forms.Words {
        Parts() {
            super(TYPES.keySet().stream().sorted().toArray(String[]::new));
        }
    }

    @Parameters(index = "0", paramLabel = "WHAT", completionCandidates = Parts.class, description = "What to show.")
    private String what = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "A process, or a service with any of its processes.")
    @Offered(Offer.SERVICES_AND_PROCESSES)
    private String name = "";

    @Option(
            names = "--shadow",
            description = "With config and -f: what these files would change of it. Changes nothing.")
    private boolean shadow;

    @Option(
            names = {"-f", "--filename"},
            description = "File, folder, or - for standard input.")
    private List<Path> files = List.of();

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            completionCandidates = Forms.Lists.class,
            description = "table, wide, json, yaml or name.")
    private String output = "table";

    @Override
    int run(Api api) throws Failure, IOException {
        oneOf(output, "table", "wide", "json", "yaml", "name");
        String type = TYPES.get(what);
        if (type == null) {
            throw new Failure(
                    ExitCode.USAGE,
                    "there are clusters, routes, endpoints, policies, listeners, secrets and config, not " + what);
        }
        if (shadow != !files.isEmpty() || (shadow && !what.equals("config"))) {
            throw new Failure(ExitCode.USAGE, "--shadow goes with inspect config and -f");
        }
        String query = "?namespace=" + Api.encoded(namespace()) + "&process=" + Api.encoded(name);
        if (shadow) {
            oneOf(output, "table", "json");
            return shadow(api, query);
        }
        JsonNode body = api.get("/inmesh/v1/inspect" + query + (type.isEmpty() ? "" : "&type=" + type))
                .orFail();
        switch (output) {
            case "json" -> out().println(json(body));
            case "yaml" -> out().print(new YAMLMapper().writeValueAsString(body));
            case "name" ->
                body.path("resources")
                        .forEach(resource -> out().println(resource.path("type").asText() + "/"
                                + resource.path("name").asText()));
            default ->
                InspectTable.of(what, output.equals("wide"), believed(api, body))
                        .table(body)
                        .print(out());
        }
        out().flush();
        return ExitCode.OK;
    }

    /** What the process itself says of each resource; nothing if it cannot be asked. */
    private Map<String, String> believed(Api api, JsonNode body) throws Failure {
        Map<String, String> statuses = new HashMap<>();
        Api.Answer answer = api.get("/inmesh/v1/live/belief?namespace=" + Api.encoded(namespace()) + "&process="
                + Api.encoded(body.path("process").asText()));
        if (answer.ok()) {
            answer.body()
                    .path("processes")
                    .forEach(process -> process.path("resources")
                            .forEach(resource -> statuses.put(
                                    resource.path("type").asText() + "/"
                                            + resource.path("name").asText(),
                                    resource.path("status").asText())));
        }
        return statuses;
    }

    private int shadow(Api api, String query) throws Failure, IOException {
        boolean changes = false;
        for (Files.Source source : Files.read(files)) {
            Api.Answer answer = api.post("/inmesh/v1/inspect" + query, "application/yaml", source.text());
            if (!answer.ok() && !answer.body().has("problems")) {
                throw new Failure(answer.failure().exitCode(), source.name() + ": " + answer.message());
            }
            for (JsonNode problem : answer.body().path("problems")) {
                err().println(Findings.line(((ObjectNode) problem).put("file", source.name())));
            }
            changes |= !answer.ok() || !answer.body().path("changes").isEmpty();
            if (output.equals("json")) {
                out().println(json(answer.body()));
            } else {
                answer.body()
                        .path("changes")
                        .forEach(change -> out().print(change.path("diff").asText()));
            }
        }
        if (!changes) {
            err().println("nothing of what " + name + " is sent would change");
        }
        out().flush();
        return changes ? ExitCode.FINDINGS : ExitCode.OK;
    }
}
