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
        name = "token",
        description = "Looks after join tokens.",
        subcommands = {TokenCommand.Create.class, TokenCommand.List.class, TokenCommand.Revoke.class})
final class TokenCommand extends CommandGroup {

    private static final String PATH = "/inmesh/v1/ca/tokens";

    @Command(name = "create", description = "Makes a token that lets processes get certificates of a service account.")
    static final class Create extends MeshCommand {

        @Option(
                names = {"--service-account", "--sa"},
                required = true,
                description = "Service account the certificates are for.")
        private String serviceAccount = "";

        @Option(
                names = "--ttl",
                defaultValue = "1h",
                converter = DurationOption.class,
                description = "How long it is good, such as 10m or 7d. Default: ${DEFAULT-VALUE}")
        private Duration ttl = Duration.ofHours(1);

        @Option(
                names = "--uses",
                defaultValue = "1000",
                description = "How often it is good. Default: ${DEFAULT-VALUE}")
        private int uses;

        @Option(names = "--out", description = "File to write it to (mode 0600) instead of standard output.")
        private @Nullable Path file;

        @Override
        int run(Api api) throws Failure, IOException {
            ObjectNode request = Api.JSON.createObjectNode();
            request.putObject("spec").put("expirationSeconds", ttl.toSeconds()).put("maxUses", uses);
            Api.Answer answer = api.post(
                    "/api/v1/namespaces/" + Api.encoded(namespace()) + "/serviceaccounts/" + Api.encoded(serviceAccount)
                            + "/token",
                    "application/json",
                    request.toString());
            String token = answer.orFail().path("status").path("token").asText();
            if (file == null) {
                out().println(token);
            } else {
                SecretFiles.write(file, token + "\n");
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "list", description = "Lists the tokens that are good, without their secrets.")
    static final class List extends ListCommand {

        List() {
            super(Listing.of(
                    "items",
                    "id",
                    Column.of("ID", "id"),
                    Column.of("IDENTITY", "identity"),
                    Column.of("USES", List::uses),
                    Column.of("EXPIRES", "expires"),
                    Column.of("BY", "createdBy")));
        }

        private static String uses(JsonNode token) {
            int most = token.path("maxUses").asInt();
            return token.path("uses").asText() + " of " + (most == 0 ? "any" : most);
        }

        @Override
        JsonNode answer(Api api) throws Failure {
            return api.get(PATH).orFail();
        }
    }

    @Command(name = "revoke", description = "Ends a token. Certificates it gave stay good; see: meshctl ca deny")
    static final class Revoke extends MeshCommand {

        @Parameters(paramLabel = "ID", description = "As meshctl token list shows it.")
        private String id = "";

        @Override
        int run(Api api) throws Failure, IOException {
            api.delete(PATH + "?id=" + Api.encoded(id)).orFail();
            out().println("revoked " + id);
            return ExitCode.OK;
        }
    }
}
