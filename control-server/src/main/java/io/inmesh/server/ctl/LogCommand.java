package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.log.LogLevels;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "log",
        description = {
            "Changes log levels of running processes for a while; they revert by themselves.",
            "Without --level it tells which are changed. Works with Logback and java.util.logging.",
            "With --control-server it is about the control server that is asked."
        })
final class LogCommand extends MeshCommand {

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "A service, a service account or one process.")
    @Offered(Offer.SERVICES_AND_PROCESSES)
    private String target = "";

    @Option(names = "--control-server", description = "The log of the control server itself, instead of NAME.")
    private boolean controlServer;

    @Option(names = "--level", description = "LOGGER=LEVEL, such as com.example=debug; may be given several times.")
    private Map<String, String> levels = Map.of();

    @Option(
            names = "--for",
            defaultValue = "10m",
            converter = DurationOption.class,
            description = "For how long, 1s to 1h. Default: ${DEFAULT-VALUE}")
    private Duration duration = Duration.ofMinutes(10);

    @Mixin
    private final TableForm form = new TableForm();

    @Override
    int run(Api api) throws Failure, IOException {
        boolean json = form.json();
        if (controlServer != target.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "name a service or a process, or say --control-server, and not both");
        }
        if (controlServer && levels.isEmpty()) {
            print(api.get("/inmesh/v1/log").orFail(), json);
            return ExitCode.OK;
        }
        if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LogLevels.LONGEST) > 0) {
            throw new Failure(
                    ExitCode.USAGE,
                    "--for is from 1s to 1h, not " + duration.toSeconds() + "s; say it again when it is over");
        }
        JsonNode body = Api.JSON.createObjectNode();
        boolean refused = false;
        for (Map.Entry<String, String> level : levels.isEmpty() ? Map.of("", "").entrySet() : levels.entrySet()) {
            ObjectNode request = Api.JSON
                    .createObjectNode()
                    .put("namespace", namespace())
                    .put("target", target)
                    .put("logger", level.getKey())
                    .put("level", level.getValue())
                    .put("seconds", duration.toSeconds());
            body = api.post(
                            controlServer ? "/inmesh/v1/log" : "/inmesh/v1/live/log",
                            "application/json",
                            request.toString())
                    .orFail();
            Silence.tell(body, this);
            for (JsonNode refusal : body.path("refusals")) {
                err().println(refusal.path("process").asText() + ": "
                        + refusal.path("refusal").asText());
                refused = true;
            }
        }
        print(body, json);
        return refused ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private void print(JsonNode body, boolean json) throws IOException {
        if (json) {
            out().println(json(body));
            return;
        }
        Table table = new Table("PROCESS", "LOGGER", "LEVEL", "BEFORE", "REVERTS IN");
        for (JsonNode level : body.path("levels")) {
            table.row(
                    level.path("process").asText(),
                    level.path("logger").asText(),
                    level.path("level").asText(),
                    level.path("before").asText(),
                    Table.age(level.path("until").asText()));
        }
        table.print(out());
    }
}
