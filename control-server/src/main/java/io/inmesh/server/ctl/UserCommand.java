package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
final class UserCommand {

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
    static final class ListAll extends MeshCommand {

        @Override
        int run(Api api) throws Failure {
            Table table = new Table("NAME", "GROUPS", "KEPT IN");
            for (JsonNode user : api.get("/inmesh/v1/users").orFail().path("users")) {
                List<String> groups = new ArrayList<>();
                user.path("groups").forEach(group -> groups.add(group.asText()));
                table.row(
                        user.path("name").asText(),
                        String.join(",", groups),
                        user.path("kept").asText());
            }
            table.print(out());
            return ExitCode.OK;
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
