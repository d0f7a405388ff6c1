package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Kinds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "delete", description = "Removes resources, by file or by kind and names.")
final class DeleteCommand extends MeshCommand {

    @Option(
            names = {"-f", "--filename"},
            description = "File, folder, or - for standard input.")
    private List<Path> files = List.of();

    @Option(names = "--dry-run", description = "Only says what would happen.")
    private boolean dryRun;

    @Parameters(arity = "0..*", paramLabel = "KIND NAME...", description = "Kind, then names.")
    @Offered(Offer.KINDS_AND_RESOURCES)
    private List<String> words = List.of();

    @Override
    int run(Api api) throws Failure, IOException {
        if (files.isEmpty() && words.size() < 2) {
            throw new Failure(ExitCode.USAGE, "name files with -f, or a kind and at least one name");
        }
        boolean missing = false;
        for (Files.Source source : Files.read(files)) {
            missing |= !delete(api, source);
        }
        for (int i = 1; i < words.size(); i++) {
            Kinds.Kind kind = Paths.kind(words.get(0));
            Api.Answer answer = api.delete(Paths.of(kind, namespace(), words.get(i)) + (dryRun ? "?dryRun=All" : ""));
            if (answer.denied()) {
                throw answer.failure();
            }
            if (answer.ok()) {
                out().println(kind.reference(words.get(i)) + deleted());
            } else {
                err().println("error: " + answer.message());
                missing = true;
            }
        }
        return missing ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private boolean delete(Api api, Files.Source source) throws Failure {
        Api.Answer answer = api.post(
                "/inmesh/v1/delete?namespace=" + Api.encoded(namespace()) + (dryRun ? "&dryRun=true" : ""),
                "application/yaml",
                source.text());
        for (JsonNode problem : answer.body().path("problems")) {
            err().println(Findings.line(((ObjectNode) problem).put("file", source.name())));
        }
        if (!answer.ok() && !answer.body().has("problems")) {
            throw new Failure(answer.failure().exitCode(), source.name() + ": " + answer.message());
        }
        for (JsonNode action : answer.body().path("actions")) {
            out().println(action.path("reference").asText() + deleted());
        }
        if (answer.ok() && answer.body().path("actions").isEmpty()) {
            out().println("note: nothing of " + source.name() + " is there");
        }
        return answer.ok();
    }

    private String deleted() {
        return dryRun ? " deleted (dry run)" : " deleted";
    }
}
