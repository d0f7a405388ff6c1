package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ctl.Listing.Column;
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
final class ContextCommand extends CommandGroup {

    private ContextCommand() {}

    private static Api noServer() throws Failure {
        return new Api(Target.of(ServerChoice.DEFAULT_SERVER));
    }

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
            if (choice().namesToken()) {
                throw new Failure(
                        ExitCode.USAGE,
                        "a token itself is not remembered; write it to a file and name that with --token-file");
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

    /** A change to one context that is there. */
    abstract static class OfOne extends MeshCommand {

        @Parameters(paramLabel = "NAME", description = "Which.")
        @Offered(Offer.CONTEXTS)
        private String name = "";

        /** {@return what has become of the context, in words} */
        abstract String change(Contexts contexts, String name);

        /** What a context names, such as a CA file, may be gone; that must not keep anybody from choosing another or forgetting it. */
        @Override
        Api api() throws Failure {
            return noServer();
        }

        @Override
        int run(Api api) throws Failure, IOException {
            Contexts contexts = Contexts.read(environment());
            contexts.chosen(name);
            String outcome = change(contexts, name);
            contexts.save();
            out().println("context " + name + " " + outcome);
            return ExitCode.OK;
        }
    }

    @Command(name = "use", description = "Makes a server the current one.")
    static final class Use extends OfOne {

        @Override
        String change(Contexts contexts, String name) {
            contexts.use(name);
            return "is current";
        }
    }

    @Command(name = "list", description = "Shows the servers; * marks the current one.")
    static final class ListAll extends ListCommand {

        ListAll() {
            super(Listing.of(
                    "contexts",
                    "name",
                    Column.of("CURRENT", context -> context.path("current").asBoolean() ? "*" : " "),
                    Column.of("NAME", "name"),
                    Column.of("SERVER", "server"),
                    Column.of("AS", "as")));
        }

        /** What a context names, such as a CA file, may be gone; that must not keep anybody from looking at contexts. */
        @Override
        Api api() throws Failure {
            return noServer();
        }

        /** Nothing of what a context proves itself by. */
        @Override
        JsonNode answer(Api api) throws Failure, IOException {
            Contexts contexts = Contexts.read(environment());
            ObjectNode answer = Api.JSON.createObjectNode();
            ArrayNode all = answer.putArray("contexts");
            for (Map.Entry<String, JsonNode> entry : contexts.all()) {
                all.addObject()
                        .put("name", entry.getKey())
                        .put("current", entry.getKey().equals(contexts.current()))
                        .put("server", entry.getValue().path(Contexts.SERVER).asText())
                        .put("as", as(entry.getValue()));
            }
            return answer;
        }

        private static String as(JsonNode context) {
            if (context.has(Contexts.SESSION)) {
                return "login";
            }
            return context.has(Contexts.TOKEN_FILE) ? "token" : context.has(Contexts.CERTIFICATE) ? "certificate" : "";
        }
    }

    @Command(name = "delete", description = "Forgets a server.")
    static final class Delete extends OfOne {

        @Override
        String change(Contexts contexts, String name) {
            contexts.remove(name);
            return "deleted";
        }
    }
}
