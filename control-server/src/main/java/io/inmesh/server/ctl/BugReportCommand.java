package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "bug-report",
        description = {
            "Collects in an archive what somebody has to see to find out what is wrong, without secrets. Exits with 1 if a part is missing.",
            "Secrets are passwords, tokens, private keys and values of headers with credentials. Look at it before you give it away."
        })
final class BugReportCommand extends MeshCommand {

    /** Of each part; what is longer is cut. */
    static final int LONGEST_PART = 4 << 20;

    private static final int LONGEST_REPORT = 64 << 20;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "meshctl-report.tgz",
            description = "The archive (tar, gzip; mode 0600). Default: ${DEFAULT-VALUE}")
    private Path archive = Path.of("meshctl-report.tgz");

    @Option(names = "--redact-names", description = "Replaces names of services, namespaces and hosts by others.")
    private boolean redactNames;

    @Option(
            names = "--settings",
            description = "The settings file of the control server, to be put in without secrets.")
    private @Nullable Path settings;

    @Override
    int run(Api api) throws Failure, IOException {
        Map<String, JsonNode> answers = new LinkedHashMap<>();
        ObjectNode contents = Api.JSON
                .createObjectNode()
                .put("time", Instant.now().toString())
                .put("java", System.getProperty("java.version"))
                .put("namesReplaced", redactNames);
        contents.put(
                "meshctl", String.valueOf(BugReportCommand.class.getPackage().getImplementationVersion()));
        ArrayNode missing = contents.putArray("missing");
        collect(api, answers, missing);
        if (settings != null) {
            answers.put("settings", new YAMLMapper().readTree(Files.readString(settings)));
        }
        Pseudonyms names = new Pseudonyms();
        if (redactNames) {
            answers.values().forEach(names::learn);
        }
        create();
        try (OutputStream file = Files.newOutputStream(archive, StandardOpenOption.TRUNCATE_EXISTING);
                TarGz tar = new TarGz(file, Instant.now())) {
            int left = LONGEST_REPORT;
            ArrayNode cut = contents.putArray("cut");
            for (Map.Entry<String, JsonNode> answer : answers.entrySet()) {
                String whole = text(answer.getValue(), names);
                String part = shortened(whole, Math.min(left, LONGEST_PART));
                if (!part.equals(whole)) {
                    cut.add(answer.getKey());
                }
                left -= part.length();
                tar.add("report/" + answer.getKey() + ".json", part);
            }
            for (JsonNode part : missing) {
                tar.add("report/" + part.path("part").asText() + ".missing.txt", text(part.path("why"), names) + "\n");
            }
            tar.add("report/contents.json", text(contents, names));
        }
        out().println("wrote " + archive + ": " + answers.size() + " parts"
                + (redactNames ? ", names replaced" : "")
                + "; look at it before you give it away");
        missing.forEach(part -> err().println("meshctl: without "
                + part.path("part").asText() + ": " + part.path("why").asText()));
        return missing.isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
    }

    /** A server that is away is not asked for everything; one that refuses a part may give the next. */
    private void collect(Api api, Map<String, JsonNode> answers, ArrayNode missing) {
        String gone = "";
        for (ReportParts.Part part : ReportParts.of(namespaceGiven() ? namespace() : null)) {
            String why = gone;
            if (why.isEmpty()) {
                try (Progress.Waiting waiting = progress().begin(part.what())) {
                    answers.put(part.file(), part.question().ask(api));
                    continue;
                } catch (Failure failure) {
                    why = String.valueOf(failure.getMessage());
                    gone = failure.exitCode() == ExitCode.UNREACHABLE ? why : "";
                }
            }
            missing.addObject().put("part", part.file()).put("why", why);
        }
    }

    /** For its owner only from the first byte on. */
    private void create() throws IOException {
        SecretFiles.write(archive, "");
    }

    private static String text(JsonNode document, Pseudonyms names) throws IOException {
        JsonNode clean = names.of(Redaction.of(document));
        return clean.isTextual() ? clean.asText() : json(clean) + "\n";
    }

    private static String shortened(String text, int length) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= length
                ? text
                : new String(bytes, 0, Math.max(0, length), StandardCharsets.UTF_8) + "\n[cut here: " + length + " of "
                        + bytes.length + " bytes]\n";
    }
}
