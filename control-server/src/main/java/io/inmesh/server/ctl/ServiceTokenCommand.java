package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.SecretFiles;
import io.inmesh.server.ctl.Listing.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "service-token",
        description = {
            "Manages tokens of programs that use this interface, such as pipelines.",
            "What one may do is bound to its name in access.bindings. Join tokens are another thing: meshctl token."
        },
        subcommands = {
            ServiceTokenCommand.Create.class,
            ServiceTokenCommand.ListAll.class,
            ServiceTokenCommand.Delete.class
        })
final class ServiceTokenCommand extends CommandGroup {

    @Command(name = "create", description = "Makes a token; it is shown once.")
    static final class Create extends MeshCommand {

        @Parameters(paramLabel = "NAME", description = "What bindings call it.")
        private String name = "";

        @Option(
                names = "--ttl",
                defaultValue = "90d",
                converter = DurationOption.class,
                description = "How long it is good, such as 12h or 90d, at most 366d. Default: ${DEFAULT-VALUE}")
        private Duration ttl = Duration.ofDays(90);

        @Option(names = "--out", description = "File to write it to (mode 0600) instead of standard output.")
        private @Nullable Path file;

        @Override
        int run(Api api) throws Failure, IOException {
            ObjectNode request = Api.JSON.createObjectNode().put("name", name).put("seconds", ttl.toSeconds());
            String token = api.post("/inmesh/v1/tokens", "application/json", request.toString())
                    .orFail()
                    .path("token")
                    .asText();
            if (file == null) {
                out().println(token);
            } else {
                SecretFiles.write(file, token + "\n");
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "list", description = "Shows the tokens, without what is secret in them.")
    static final class ListAll extends ListCommand {

        ListAll() {
            super(Listing.of(
                    "tokens",
                    "id",
                    Column.of("ID", "id"),
                    Column.of("NAME", "name"),
                    Column.of("MADE BY", "createdBy"),
                    Column.of("AGE", token -> Table.age(token.path("created").asText())),
                    Column.of("LEFT", token -> Table.age(token.path("expires").asText())),
                    Column.wide("CREATED", "created"),
                    Column.wide("EXPIRES", "expires")));
        }

        @Override
        JsonNode answer(Api api) throws Failure {
            return api.get("/inmesh/v1/tokens").orFail();
        }
    }

    @Command(name = "delete", description = "Ends a token now.")
    static final class Delete extends MeshCommand {

        @Parameters(paramLabel = "ID", description = "Which; see list.")
        private String id = "";

        @Override
        int run(Api api) throws Failure {
            api.delete("/inmesh/v1/tokens/" + Api.encoded(id)).orFail();
            out().println("service token " + id + " deleted");
            return ExitCode.OK;
        }
    }
}
