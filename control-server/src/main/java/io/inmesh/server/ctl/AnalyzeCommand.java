package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.semantic.SemanticValidator;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.Problem.Severity;
import io.inmesh.server.validate.SchemaValidator;
import io.inmesh.server.write.Document;
import io.inmesh.server.write.Documents;
import io.inmesh.server.write.Judge;
import io.inmesh.server.write.UnreadableException;
import io.inmesh.server.write.WriteResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "analyze",
        description = {
            "Says what is wrong with the configuration, or with files before they are applied.",
            "Files are judged together, as if they were all there is; no server is needed."
        })
final class AnalyzeCommand extends MeshCommand {

    @Option(
            names = {"-f", "--filename"},
            description = "File, folder, or - for standard input. Without it the server's configuration is judged.")
    private List<Path> files = List.of();

    @Option(
            names = "--failure-threshold",
            defaultValue = "WARNING",
            description = "Exit with 1 from this severity on: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private Severity threshold = Severity.WARNING;

    @Option(
            names = "--trust-domain",
            defaultValue = "inmesh.local",
            description = "SPIFFE trust domain the files are for. Default: ${DEFAULT-VALUE}")
    private String trustDomain = "inmesh.local";

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            completionCandidates = Forms.Texts.class,
            description = "text or json.")
    private String output = "text";

    /** Files are judged without a server, so that it must not matter what is said of one, such as a CA file that is gone. */
    @Override
    Api api() throws Failure, IOException {
        return files.isEmpty() ? super.api() : new Api(Target.of(ServerChoice.DEFAULT_SERVER));
    }

    @Override
    int run(Api api) throws Failure, IOException {
        oneOf(output, "text", "json");
        ArrayNode problems;
        try (Progress.Waiting waiting =
                progress().begin("a judgement of " + (files.isEmpty() ? "the configuration" : "the files"))) {
            problems = files.isEmpty() ? ofServer(api) : ofFiles();
        }
        if (output.equals("json")) {
            out().println(json(problems));
        } else {
            problems.forEach(problem -> out().println(Findings.line(problem)));
            if (problems.isEmpty()) {
                out().println("nothing is wrong");
            }
        }
        for (JsonNode problem : problems) {
            // Severities are declared worst first.
            if (Severity.valueOf(problem.path("severity").asText()).compareTo(threshold) <= 0) {
                return ExitCode.FINDINGS;
            }
        }
        return ExitCode.OK;
    }

    /** What one file says, or why it cannot be read. */
    private record Read(List<Document> documents, List<ObjectNode> unreadable) {}

    private static Read read(Files.Source source) {
        try {
            return new Read(Documents.read(source.text()), List.of());
        } catch (UnreadableException e) {
            return new Read(List.of(), List.of(Findings.unreadable(source.name(), e.getMessage())));
        }
    }

    private static ArrayNode ofServer(Api api) throws Failure {
        return (ArrayNode) api.get("/inmesh/v1/analyze").orFail().withArray("problems");
    }

    private ArrayNode ofFiles() throws Failure, IOException {
        List<Files.Source> sources = Files.read(files);
        // Of a large configuration most of the time goes into reading it, and files can be read side by side.
        List<Read> read = sources.parallelStream().map(AnalyzeCommand::read).toList();
        ArrayNode problems = Api.JSON.createArrayNode();
        read.stream().flatMap(file -> file.unreadable().stream()).forEach(problems::add);
        List<List<Document>> documents = read.stream().map(Read::documents).toList();
        Judge judge = new Judge(
                List.of(new SchemaValidator(), new SemanticValidator(RuleSettings.forTrustDomain(trustDomain))));
        WriteResult result = judge.judge(
                documents.stream().flatMap(List::stream).map(Document::body).toList(), namespace());
        result.notes().forEach(note -> err().println("note: " + note));
        Findings findings = new Findings(sources, documents, namespace());
        for (Problem problem : result.problems()) {
            problems.add(findings.of(problem));
        }
        return problems;
    }
}
