package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.backup.Backup;
import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "restore",
        description = {
            "Makes the configuration what it was when a backup was taken, by changes like any other.",
            "Tokens, registrations and the audit log stay as they are; for those see control-server store restore."
        })
final class RestoreCommand extends MeshCommand {

    /** Within what a server takes at once, with etcd and without. */
    private static final int MOST_RESOURCES = 50;

    private static final int MOST_CHARACTERS = 512 << 10;

    @Parameters(paramLabel = "FILE", description = "The backup.")
    private Path file = Path.of("");

    @Option(names = "--dry-run", description = "Only says what would happen.")
    private boolean dryRun;

    @Override
    int run(Api api) throws Failure, IOException {
        List<ObjectNode> wanted = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (byte[] bytes : backup().resources()) {
            ObjectNode resource = (ObjectNode) Api.JSON.readTree(bytes);
            ObjectNode metadata = (ObjectNode) resource.path("metadata");
            metadata.remove(List.of("resourceVersion", "uid", "generation", "creationTimestamp", "managedFields"));
            resource.remove("status");
            wanted.add(resource);
            names.add(name(
                    resource.path("apiVersion").asText(),
                    resource.path("kind").asText(),
                    metadata.path("namespace").asText(),
                    metadata.path("name").asText()));
        }
        if (!send(api, "apply", wanted)) {
            err().println("nothing that is not in " + file + " was deleted");
            return ExitCode.FINDINGS;
        }
        List<ObjectNode> others = new ArrayList<>();
        for (JsonNode item : api.get("/inmesh/v1/resources").orFail().path("items")) {
            String apiVersion = item.path("apiVersion").asText();
            String kind = item.path("kind").asText();
            String namespace = item.path("namespace").asText();
            String name = item.path("name").asText();
            if (!names.contains(name(apiVersion, kind, namespace, name))) {
                ObjectNode other = Api.JSON
                        .createObjectNode()
                        .put("apiVersion", apiVersion)
                        .put("kind", kind);
                ObjectNode metadata = other.putObject("metadata").put("name", name);
                if (!namespace.isEmpty()) {
                    metadata.put("namespace", namespace);
                }
                others.add(other);
            }
        }
        return send(api, "delete", others) ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private Backup backup() throws Failure {
        try {
            return Backup.read(SecretFiles.read(file), file.toString());
        } catch (IOException e) {
            throw new Failure(ExitCode.USAGE, Files.said(e));
        }
    }

    /** A resource keeps its name whichever version of its kind it is written in. */
    private static String name(String apiVersion, String kind, String namespace, String name) {
        int slash = apiVersion.indexOf('/');
        return (slash < 0 ? "" : apiVersion.substring(0, slash)) + "/" + kind + "/" + namespace + "/" + name;
    }

    /** {@return whether all of it was taken; if not, what is wrong has been said} */
    private boolean send(Api api, String what, List<ObjectNode> resources) throws Failure {
        StringBuilder documents = new StringBuilder();
        int count = 0;
        for (ObjectNode resource : resources) {
            String document = resource + "\n---\n";
            if (count == MOST_RESOURCES || documents.length() + document.length() > MOST_CHARACTERS) {
                if (!post(api, what, documents.toString())) {
                    return false;
                }
                documents.setLength(0);
                count = 0;
            }
            documents.append(document);
            count++;
        }
        return count == 0 || post(api, what, documents.toString());
    }

    private boolean post(Api api, String what, String documents) throws Failure {
        Api.Answer answer =
                api.post("/inmesh/v1/" + what + (dryRun ? "?dryRun=true" : ""), "application/yaml", documents);
        for (JsonNode action : answer.body().path("actions")) {
            out().println(action.path("reference").asText() + " "
                    + action.path("verb").asText("deleted") + (dryRun ? " (dry run)" : ""));
        }
        for (JsonNode problem : answer.body().path("problems")) {
            err().println(Findings.line(((ObjectNode) problem).put("file", file.toString())));
        }
        if (!answer.ok() && !answer.body().has("problems")) {
            throw new Failure(answer.failure().exitCode(), file + ": " + answer.message());
        }
        return answer.ok();
    }
}
