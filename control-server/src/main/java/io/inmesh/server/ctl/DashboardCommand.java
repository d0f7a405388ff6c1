package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "dashboard",
        description = {
            "Opens the console in a browser, logged in as the caller. Where there is no browser, prints the link.",
            "The link counts once and for a minute."
        })
final class DashboardCommand extends MeshCommand {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Option(names = "--no-browser", description = "Prints the link and opens nothing.")
    private boolean noBrowser;

    @Override
    int run(Api api) throws Failure, IOException {
        JsonNode made =
                api.post("/inmesh/v1/login/links", "application/json", "{}").orFail();
        String console = api.target().uri() + "/console/";
        String link = api.target().uri() + made.path("path").asText();
        boolean once = made.has("expiresInSeconds");
        if (!noBrowser && new Browser(System.getProperty("os.name"), environment(), PATIENCE).open(link)) {
            out().println("the browser opens " + console);
            return ExitCode.OK;
        }
        out().println(link);
        if (once) {
            err().println("good once, and for " + made.path("expiresInSeconds").asLong() + " seconds");
        }
        return ExitCode.OK;
    }
}
