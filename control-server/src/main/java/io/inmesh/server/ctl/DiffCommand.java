package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "diff",
        description = {
            "Shows what files would change, as a unified diff, and which processes would be sent something else.",
            "Exits with 1 if there is a difference or the files would be refused."
        })
final class DiffCommand extends MeshCommand {

    @Option(
            names = {"-f", "--filename"},
            required = true,
            description = "File, folder, or - for standard input.")
    private List<Path> files = List.of();

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            completionCandidates = Forms.Texts.class,
            description = "text or json.")
    private String output = "text";

    @Override
    int run(Api api) throws Failure, IOException {
        oneOf(output, "text", "json");
        boolean differs = false;
        for (Files.Source source : Files.read(files)) {
            Api.Answer answer = api.post(
                    "/inmesh/v1/diff?namespace=" + Api.encoded(namespace()), "application/yaml", source.text());
            if (!answer.ok() && !answer.body().has("problems")) {
                throw new Failure(answer.failure().exitCode(), source.name() + ": " + answer.message());
            }
            differs |= !answer.ok();
            for (JsonNode change : answer.body().path("changes")) {
                differs |= !change.path("verb").asText().equals("unchanged");
            }
            if (output.equals("json")) {
                out().println(json(answer.body()));
            } else {
                print(source, answer);
            }
        }
        return differs ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private void print(Files.Source source, Api.Answer answer) {
        JsonNode body = answer.body();
        body.path("changes").forEach(change -> out().print(change.path("diff").asText()));
        body.path("notes").forEach(note -> out().println("note: " + note.asText()));
        for (JsonNode problem : body.path("problems")) {
            err().println(Findings.line(((ObjectNode) problem).put("file", source.name())));
        }
        if (answer.ok()) {
            affected(this, body);
        } else {
            err().println(source.name() + ": would be refused");
        }
        out().flush();
    }

    /** Says whom a change would reach. */
    static void affected(MeshCommand command, JsonNode body) {
        Silence.tell(body, command);
        int elsewhere = body.path("affectedElsewhere").asInt();
        int unknown = body.path("affectedUnknown").asInt();
        if (unknown > 0) {
            command.out()
                    .println(
                            unknown + (unknown == 1 ? " process is" : " processes are")
                                    + " too busy to tell, or known to a server that has not answered; whether affected is not known, try again");
        }
        if (body.path("affected").isEmpty()
                && elsewhere == 0
                && unknown == 0
                && Silence.of(body).isEmpty()) {
            command.out().println("no connected process is affected");
            return;
        }
        if (!body.path("affected").isEmpty()) {
            Table table = new Table("AFFECTED", "NAMESPACE", "IDENTITY", "CHANGES");
            for (JsonNode process : body.path("affected")) {
                table.row(
                        process.path("name").asText(),
                        process.path("namespace").asText(),
                        process.path("serviceAccount").asText(),
                        changes(process.path("resources")));
            }
            table.print(command.out());
        }
        if (elsewhere > 0) {
            command.out().println(elsewhere + " more in namespaces you may not look at");
        }
    }

    private static String changes(JsonNode resources) {
        int most = 3;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(most, resources.size()); i++) {
            JsonNode resource = resources.get(i);
            text.append(i == 0 ? "" : ", ")
                    .append(resource.path("change").asText().toLowerCase(java.util.Locale.ROOT))
                    .append(' ')
                    .append(resource.path("type").asText())
                    .append(' ')
                    .append(resource.path("name").asText());
        }
        return resources.size() > most ? text + " and " + (resources.size() - most) + " more" : text.toString();
    }
}
