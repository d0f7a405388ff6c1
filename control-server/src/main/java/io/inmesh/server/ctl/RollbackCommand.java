package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "rollback",
        description =
                "Makes an earlier version of a resource the present one, as a new version. It is judged like any change.")
final class RollbackCommand extends MeshCommand {

    @Parameters(
            index = "0",
            paramLabel = "KIND",
            completionCandidates = KindWords.class,
            description = "Kind, plural or short name.")
    private String kind = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Which resource; it need not exist any more.")
    @Offered(Offer.RESOURCES)
    private String name = "";

    @Option(
            names = "--to",
            description = "Version to go back to; see meshctl history. Default: the one before the present one.")
    private long version;

    @Option(
            names = "--expect",
            description =
                    "Only if this is the present version still; otherwise nothing is changed. Default: whatever it is.")
    private @Nullable Long expected;

    @Option(names = "--dry-run", description = "Only says what would happen.")
    private boolean dryRun;

    @Override
    int run(Api api) throws Failure, IOException {
        ObjectNode request = Api.JSON
                .createObjectNode()
                .put("kind", Paths.kind(kind).plural())
                .put("namespace", namespace())
                .put("name", name)
                .put("version", version);
        if (expected != null) {
            request.put("expectedVersion", expected.longValue());
        }
        JsonNode body = api.post(
                        "/inmesh/v1/rollback" + (dryRun ? "?dryRun=true" : ""), "application/json", request.toString())
                .orFail();
        out().print(body.path("diff").asText());
        String to = " to version " + body.path("to").asText();
        out().println(body.path("reference").asText()
                + (dryRun
                        ? " would be rolled back" + to + " (dry run)"
                        : " rolled back" + to + ", as version "
                                + body.path("version").asText()));
        return ExitCode.OK;
    }
}
