package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "apply", description = "Creates or changes resources; each file as a whole or not at all.")
final class ApplyCommand extends MeshCommand {

    @Option(
            names = {"-f", "--filename"},
            required = true,
            description = "File, folder, or - for standard input.")
    private List<Path> files = List.of();

    @Option(names = "--dry-run", description = "Only says what would happen, and to which processes.")
    private boolean dryRun;

    @Override
    int run(Api api) throws Failure, IOException {
        boolean refused = false;
        boolean nothing = true;
        for (Files.Source source : Files.read(files)) {
            Api.Answer answer = api.post(
                    "/inmesh/v1/apply?namespace=" + Api.encoded(namespace()) + (dryRun ? "&dryRun=true" : ""),
                    "application/yaml",
                    source.text());
            if (answer.denied()) {
                throw answer.failure();
            }
            refused |= !answer.ok();
            nothing &= empty(answer);
            print(source, answer);
            if (dryRun && answer.ok()) {
                DiffCommand.affected(
                        this,
                        api.post(
                                        "/inmesh/v1/diff?namespace=" + Api.encoded(namespace()),
                                        "application/yaml",
                                        source.text())
                                .orFail());
            }
        }
        // An empty pipe, say of a program that failed, is no success.
        return refused || nothing ? ExitCode.FINDINGS : ExitCode.OK;
    }

    /** Whether there was nothing in it, not even something that is not the mesh's. */
    private static boolean empty(Api.Answer answer) {
        return answer.ok()
                && answer.body().path("actions").isEmpty()
                && answer.body().path("notes").isEmpty();
    }

    private void print(Files.Source source, Api.Answer answer) {
        JsonNode body = answer.body();
        for (JsonNode action : body.path("actions")) {
            out().println(action.path("reference").asText() + " "
                    + action.path("verb").asText() + (dryRun ? " (dry run)" : ""));
        }
        if (empty(answer)) {
            err().println(source.name() + ": no resource is in it");
        }
        for (JsonNode note : body.path("notes")) {
            out().println("note: " + note.asText());
        }
        for (JsonNode problem : body.path("problems")) {
            err().println(Findings.line(((ObjectNode) problem).put("file", source.name())));
        }
        if (!answer.ok() && !body.has("problems")) {
            err().println("error: " + source.name() + ": " + answer.message());
        }
        if (!answer.ok()) {
            err().println(source.name() + ": nothing was changed");
        }
    }
}
