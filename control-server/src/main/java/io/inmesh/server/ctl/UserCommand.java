package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ctl.Listing.Column;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "user",
        description = "Manages users with passwords. What they may do is in access.bindings of the settings file.",
        subcommands = {
            UserCommand.Add.class,
            UserCommand.SetPassword.class,
            UserCommand.ListAll.class,
            UserCommand.Delete.class
        })
final class UserCommand extends CommandGroup {

    @Command(name = "add", description = "Makes a user.")
    static final class Add extends MeshCommand {

        @Parameters(paramLabel = "NAME", description = "Who.")
        private String name = "";

        @Option(names = "--group", description = "A group of the user; may be given several times.")
        private List<String> groups = List.of();

        @Option(names = "--password-stdin", description = "Reads the password from standard input.")
        private boolean fromInput;

        @Override
        int run(Api api) throws Failure, IOException {
            ObjectNode request =
                    Api.JSON.createObjectNode().put("name", name).put("password", Passwords.choose(fromInput));
            groups.forEach(request.putArray("groups")::add);
            api.post("/inmesh/v1/users", "application/json", request.toString()).orFail();
            out().println("user " + name + " added");
            return ExitCode.OK;
        }
    }

    @Command(name = "passwd", description = "Gives a user another password; its sessions end.")
    static final class SetPassword extends MeshCommand {

        @Parameters(paramLabel = "NAME", description = "Whose.")
        private String name = "";

        @Option(names = "--password-stdin", description = "Reads the password from standard input.")
        private boolean fromInput;

        @Override
        int run(Api api) throws Failure, IOException {
            ObjectNode request = Api.JSON.createObjectNode().put("password", Passwords.choose(fromInput));
            api.put("/inmesh/v1/users/" + Api.encoded(name) + "/password", request.toString())
                    .orFail();
            out().println("user " + name + " has another password");
            return ExitCode.OK;
        }
    }

    @Command(name = "list", description = "Shows the users with passwords.")
    static final class ListAll extends ListCommand {

        ListAll() {
            super(Listing.of(
                    "users",
                    "name",
                    Column.of("NAME", "name"),
                    Column.of("GROUPS", ListAll::groups),
                    Column.of("KEPT IN", "kept")));
        }

        private static String groups(JsonNode user) {
            List<String> groups = new ArrayList<>();
            user.path("groups").forEach(group -> groups.add(group.asText()));
            return String.join(",", groups);
        }

        @Override
        JsonNode answer(Api api) throws Failure {
            return api.get("/inmesh/v1/users").orFail();
        }
    }

    @Command(name = "delete", description = "Removes a user; its sessions end.")
    static final class Delete extends MeshCommand {

        @Parameters(paramLabel = "NAME", description = "Who.")
        private String name = "";

        @Override
        int run(Api api) throws Failure {
            api.delete("/inmesh/v1/users/" + Api.encoded(name)).orFail();
            out().println("user " + name + " deleted");
            return ExitCode.OK;
        }
    }
}
