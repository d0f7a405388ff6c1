package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "tap",
        description = {
            "Shows requests of a service as they end, with what was decided about them; ends by itself.",
            "Bodies, queries and most headers are never shown. It is in the audit log."
        })
final class TapCommand extends MeshCommand {

    @Parameters(paramLabel = "SERVICE", description = "A service, a service account or one process.")
    @Offered(Offer.SERVICES_AND_PROCESSES)
    private String target = "";

    /** The sides of a process that requests can be seen from. */
    static final class Directions extends Forms.Words {
        Directions() {
            super("inbound", "outbound");
        }
    }

    @Option(
            names = "--direction",
            completionCandidates = Directions.class,
            description = "inbound or outbound. Default: both.")
    private @Nullable String direction;

    @Option(names = "--to", description = "Only requests to this host, with a port or without.")
    private String to = "";

    @Option(names = "--path", description = "Only requests whose path begins so.")
    private String path = "";

    @Option(names = "--method", description = "Only requests with this method.")
    private String method = "";

    @Option(names = "--status", description = "Only such as 503, 5xx or grpc-14, or error for all that failed.")
    private String status = "";

    @Option(
            names = "--max-rps",
            defaultValue = "10",
            description = "Requests shown a second at most. Default: ${DEFAULT-VALUE}")
    private int perSecond = 10;

    @Option(
            names = "--for",
            defaultValue = "60s",
            converter = DurationOption.class,
            description = "How long, at most 5m. Default: ${DEFAULT-VALUE}")
    private Duration duration = Duration.ofMinutes(1);

    @Option(names = "--limit", defaultValue = "1000", description = "Ends after so many. Default: ${DEFAULT-VALUE}")
    private int limit = 1000;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            completionCandidates = Forms.Texts.class,
            description = "text, or json for one object a line.")
    private String output = "text";

    @Option(names = "--why", description = "With the whole decision about each request.")
    private boolean why;

    private boolean refused;

    @Override
    int run(Api api) throws Failure, IOException {
        oneOf(output, "text", "json");
        if (direction != null) {
            checked("--direction", direction, "inbound", "outbound");
        }
        if (perSecond < 1 || limit < 1 || duration.toSeconds() < 1) {
            throw new Failure(ExitCode.USAGE, "--max-rps and --limit are at least 1, and --for at least 1s");
        }
        ObjectNode request = Api.JSON
                .createObjectNode()
                .put("namespace", namespace())
                .put("target", target)
                .put("direction", direction == null ? "" : direction)
                .put("to", to)
                .put("path", path)
                .put("method", method.toUpperCase(java.util.Locale.ROOT))
                .put("status", status)
                .put("maxPerSecond", perSecond)
                .put("seconds", duration.toSeconds())
                .put("limit", limit);
        try {
            api.stream("/inmesh/v1/live/tap", request.toString(), this::show);
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.UNREACHABLE,
                    "the connection to the control server ended before the tap did (" + e.getMessage() + ")");
        }
        return refused ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private void request(JsonNode seen) {
        if (output.equals("json")) {
            out().println(seen.toString());
        } else if (why) {
            LiveText.whole(seen, out());
        } else {
            out().println(LiveText.line(seen));
        }
    }

    private void show(JsonNode line) {
        if (line.has("ticket")) {
            Silence.tell(line, this);
            err().println("watching " + line.path("processes").size() + " process(es) for "
                    + line.path("seconds").asText() + " s (ticket "
                    + line.path("ticket").asText() + ")");
        } else if (line.has("refusal")) {
            refused = true;
            err().println(line.path("process").asText() + ": "
                    + line.path("refusal").asText());
        } else if (line.has("ended")) {
            err().println(line.path("shown").asText() + " shown, "
                    + line.path("skipped").asText() + " not shown to keep within limits");
        } else if (line.has("process")) {
            request(line);
        }
        out().flush();
        err().flush();
    }
}
