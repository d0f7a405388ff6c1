package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "context",
        description = "Remembers servers by names.",
        subcommands = {
            ContextCommand.Add.class,
            ContextCommand.Use.class,
            ContextCommand.ListAll.class,
            ContextCommand.Delete.class
        })
final class ContextCommand {

    @Command(
            name = "add",
            description = {
                "Remembers a server: context add NAME --server URL, with --ca-file, --token-file, --client-certificate",
                "and --client-key as needed. The first one is current."
            })
    static final class Add extends MeshCommand {

        @Parameters(paramLabel = "NAME", description = "What to call it.")
        private String name = "";

        @Override
        int run(Api api) throws Failure, IOException {
            if (!choice().namesServer()) {
                throw new Failure(ExitCode.USAGE, "name the server: --server URL");
            }
            api.target().uri();
            Contexts contexts = Contexts.read(environment());
            contexts.put(name, choice().asContext());
            if (contexts.current().isEmpty()) {
                contexts.use(name);
            }
            contexts.save();
            out().println("context " + name + " added");
            return ExitCode.OK;
        }
    }

    @Command(name = "use", description = "Makes a server the current one.")
    static final class Use extends MeshCommand {

        @Parameters(paramLabel = "NAME", description = "Which.")
        private String name = "";

        @Override
        int run(Api api) throws Failure, IOException {
            Contexts contexts = Contexts.read(environment());
            contexts.chosen(name);
            contexts.use(name);
            contexts.save();
            out().println("context " + name + " is current");
            return ExitCode.OK;
        }
    }

    @Command(name = "list", description = "Shows the servers; * marks the current one.")
    static final class ListAll extends MeshCommand {

        @Override
        int run(Api api) throws Failure, IOException {
            Contexts contexts = Contexts.read(environment());
            Table table = new Table("CURRENT", "NAME", "SERVER", "AS");
            for (Map.Entry<String, JsonNode> entry : contexts.all()) {
                JsonNode context = entry.getValue();
                table.row(
                        entry.getKey().equals(contexts.current()) ? "*" : " ",
                        entry.getKey(),
                        context.path(Contexts.SERVER).asText(),
                        context.has(Contexts.SESSION)
                                ? "login"
                                : context.has(Contexts.TOKEN_FILE)
                                        ? "token"
                                        : context.has(Contexts.CERTIFICATE) ? "certificate" : "");
            }
            table.print(out());
            return ExitCode.OK;
        }
    }

    @Command(name = "delete", description = "Forgets a server.")
    static final class Delete extends MeshCommand {

        @Parameters(paramLabel = "NAME", description = "Which.")
        private String name = "";

        @Override
        int run(Api api) throws Failure, IOException {
            Contexts contexts = Contexts.read(environment());
            contexts.chosen(name);
            contexts.remove(name);
            contexts.save();
            out().println("context " + name + " deleted");
            return ExitCode.OK;
        }
    }
}
