package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "ca",
        description = "Looks after the certificate authority.",
        subcommands = {
            AuthorityCommand.Status.class,
            AuthorityCommand.RootCommand.class,
            DenyCommands.Deny.class,
            DenyCommands.Allow.class,
            DenyCommands.Denied.class,
            FederationCommand.class
        })
final class AuthorityCommand extends CommandGroup {

    private static final String ROOTS = "/inmesh/v1/ca/roots";

    @Command(name = "status", description = "Shows the authority: its roots, its keys, how long certificates hold.")
    static final class Status extends MeshCommand {

        @Mixin
        private final TableForm form = new TableForm();

        @Override
        int run(Api api) throws Failure, IOException {
            boolean json = form.json();
            JsonNode body = api.get("/inmesh/v1/ca").orFail();
            if (json) {
                out().println(json(body));
                return ExitCode.OK;
            }
            out().println("trust domain:    " + body.path("trustDomain").asText());
            out().println("certificates:    valid for "
                    + DurationOption.text(
                            Duration.ofSeconds(body.path("leafSeconds").asLong())));
            out().println("keys on disk:    "
                    + (body.path("keysEncrypted").asBoolean()
                            ? "encrypted"
                            : "NOT ENCRYPTED; set INMESH_CA_PASSPHRASE or authority.passphraseFile"));
            out().println("audit log:       "
                    + body.path("audit").path("number").asText() + " entries, newest hash "
                    + body.path("audit").path("hash").asText());
            out().println();
            print(body);
            return ExitCode.OK;
        }

        private void print(JsonNode body) {
            printRoots(this, body);
        }
    }

    @Command(
            name = "root",
            description = "Replaces the root, one step at a time: add, activate, retire.",
            subcommands = {List.class, Add.class, Activate.class, Retire.class})
    static final class RootCommand extends CommandGroup {}

    @Command(name = "list", description = "Lists roots, how far each has come, and what its next step waits for.")
    static final class List extends MeshCommand {

        @Mixin
        private final TableForm form = new TableForm();

        @Override
        int run(Api api) throws Failure, IOException {
            boolean json = form.json();
            JsonNode body = api.get(ROOTS).orFail();
            if (json) {
                out().println(json(body));
            } else {
                printRoots(this, body);
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "add", description = "Adds a root that everybody is to trust; makes one unless a file is given.")
    static final class Add extends MeshCommand {

        @Option(
                names = "--file",
                description = "PEM file: a root, with intermediates and one private key if it is to sign.")
        private @Nullable Path file;

        @Override
        int run(Api api) throws Failure, IOException {
            ObjectNode request = Api.JSON.createObjectNode();
            if (file != null) {
                try {
                    request.put("pem", java.nio.file.Files.readString(file));
                } catch (NoSuchFileException e) {
                    throw new Failure(ExitCode.USAGE, "there is no file " + file);
                }
            }
            return tell(this, api.post(ROOTS, "application/json", request.toString()));
        }
    }

    /** A step with one root. */
    abstract static class Step extends MeshCommand {

        @Parameters(paramLabel = "ID", description = "The root, or enough of the beginning of its id.")
        private String id = "";

        @Option(
                names = "--force",
                description = "Waits for nobody. Processes that are not ready are cut off until they join again.")
        private boolean force;

        abstract String step();

        @Override
        int run(Api api) throws Failure, IOException {
            return tell(
                    this,
                    api.post(
                            ROOTS + "/" + Api.encoded(id) + "/" + step(),
                            "application/json",
                            Api.JSON.createObjectNode().put("force", force).toString()));
        }
    }

    @Command(name = "activate", description = "Issues certificates below a root that everybody trusts.")
    static final class Activate extends Step {
        @Override
        String step() {
            return "activate";
        }
    }

    @Command(name = "retire", description = "Stops trusting a root that nobody needs any more.")
    static final class Retire extends Step {
        @Override
        String step() {
            return "retire";
        }
    }

    private static int tell(MeshCommand command, Api.Answer answer) throws Failure {
        JsonNode root = answer.orFail();
        command.out()
                .println("root " + root.path("id").asText() + " is "
                        + root.path("state").asText());
        root.path("notes").forEach(note -> command.out().println("note: " + note.asText()));
        root.path("waitingFor").forEach(who -> command.out().println("waiting: " + who.asText()));
        return ExitCode.OK;
    }

    private static void printRoots(MeshCommand command, JsonNode body) {
        Table table = new Table("ID", "STATE", "FOR", "KEY", "ROOT KEY", "ENDS", "INTERMEDIATE ENDS", "WAITING FOR");
        for (JsonNode root : body.path("roots")) {
            table.row(
                    root.path("id").asText(),
                    root.path("state").asText(),
                    Table.age(root.path("since").asText()),
                    root.path("algorithm").asText(),
                    root.path("rootKey").asBoolean() ? "here" : "elsewhere",
                    root.path("notAfter").asText(),
                    root.path("intermediateNotAfter").asText("-"),
                    root.path("waitingFor").isEmpty()
                            ? "-"
                            : root.path("waitingFor").size() + " (see below)");
        }
        table.print(command.out());
        for (JsonNode root : body.path("roots")) {
            root.path("waitingFor")
                    .forEach(who -> command.out().println(root.path("id").asText() + " waits: " + who.asText()));
        }
    }
}
