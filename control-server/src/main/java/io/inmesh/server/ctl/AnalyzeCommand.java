package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Kinds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Judges without changing: files against what is stored, or what is stored against itself. */
@Command(name = "analyze", description = "Looks for mistakes in files, or in all that is stored. Changes nothing.")
final class AnalyzeCommand extends MeshCommand {

    /** Keeps one request well below what the server takes. */
    private static final int BATCH = 20;

    @Option(
            names = {"-f", "--filename"},
            description = "File, folder, or - for standard input. Default: everything stored, in every namespace")
    private List<String> files = List.of();

    @Override
    int run(Api api) throws Failure, IOException {
        List<Files.Source> sources = files.isEmpty() ? stored(api) : Files.read(files);
        int findings = 0;
        for (Files.Source source : sources) {
            Api.Answer answer = api.post(
                    "/inmesh/v1/apply?dryRun=true&namespace=" + Api.encoded(namespace()),
                    "application/yaml",
                    source.text());
            if (!answer.ok() && !answer.body().has("problems")) {
                throw new Failure(answer.failure().exitCode(), source.name() + ": " + answer.message());
            }
            for (JsonNode problem : answer.body().path("problems")) {
                findings++;
                out().println((Findings.isError(problem) ? "error: " : "warning: ") + source.name() + ": "
                        + Findings.text(problem));
            }
            for (JsonNode note : answer.body().path("notes")) {
                out().println("note: " + source.name() + ": " + note.asText());
            }
        }
        out().println(findings == 0 ? "no mistakes found" : findings == 1 ? "1 finding" : findings + " findings");
        return findings == 0 ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private static List<Files.Source> stored(Api api) throws Failure {
        List<Files.Source> sources = new ArrayList<>();
        for (Kinds.Kind kind : Kinds.all()) {
            if (kind.use() == Kinds.Kind.Use.SKIPPED) {
                continue;
            }
            JsonNode items = api.get(Paths.of(kind, null, null)).orFail().path("items");
            for (int from = 0; from < items.size(); from += BATCH) {
                ObjectNode list =
                        Api.JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
                ArrayNode batch = list.putArray("items");
                for (int i = from; i < Math.min(from + BATCH, items.size()); i++) {
                    batch.add(items.get(i));
                }
                sources.add(new Files.Source("stored", list.toString()));
            }
        }
        return sources;
    }
}
