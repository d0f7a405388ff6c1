package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "backup",
        description = {
            "Writes everything in the server's store, at one revision, to a file for its owner only.",
            "The certificate authority's files are not in it: see control-server store backup."
        })
final class BackupCommand extends MeshCommand {

    @Parameters(paramLabel = "FILE", description = "The file; it must not exist.")
    private Path file = Path.of("");

    @Override
    int run(Api api) throws Failure, IOException {
        if (Files.exists(file)) {
            throw new Failure(ExitCode.USAGE, file + " exists already; choose another name");
        }
        JsonNode taken = api.get("/inmesh/v1/backup").orFail();
        SecretFiles.write(file.toAbsolutePath(), taken.path("backup").asText());
        out().println("backed up revision " + taken.path("revision").asLong() + " to " + file);
        return ExitCode.OK;
    }
}
