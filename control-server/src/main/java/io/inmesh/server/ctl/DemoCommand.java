package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ctl.Listing.Column;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = "Runs a control server and the bookshop on this machine, to try things out.",
        subcommands = {DemoCommand.Up.class, DemoCommand.Down.class, DemoCommand.Status.class})
final class DemoCommand extends CommandGroup {

    /** What does not need the server that the user works with, nor that it can be reached. */
    abstract static class Local extends MeshCommand {

        @Override
        final Api api() throws Failure {
            return new Api(Target.of(ServerChoice.DEFAULT_SERVER));
        }
    }

    @Command(
            name = "up",
            description = {
                "Starts the demo, or what of it does not run; with visitors, so that there is something to see.",
                "It goes on until meshctl demo down. Everybody on this machine is admin of it."
            })
    static final class Up extends Local {

        @Option(names = "--page-port", description = "Port of the shop. Default: 9080")
        private int pagePort = DemoPorts.DEFAULT.page();

        @Option(names = "--http-port", description = "Port of console and REST. Default: 15014")
        private int httpPort = DemoPorts.DEFAULT.http();

        @Option(names = "--grpc-port", description = "Port of discovery and certificates. Default: 15012")
        private int grpcPort = DemoPorts.DEFAULT.grpc();

        @Option(
                names = "--visitors",
                defaultValue = "5",
                description = "Pages asked for a second, 0 for none. Default: ${DEFAULT-VALUE}")
        private int visitors = 5;

        @Option(names = "--broken", description = "With two faults to find: docs/troubleshooting.md goes through it.")
        private boolean broken;

        @Option(names = "--bookinfo", description = "Folder of the bookshop. Default: where it is in the distribution")
        private @Nullable Path bookinfo;

        @Override
        int run(Api api) throws Failure, IOException {
            DemoPorts ports = new DemoPorts(pagePort, httpPort, grpcPort);
            try (DemoState state = DemoState.open(environment())) {
                DemoParts parts = DemoParts.find(bookinfo);
                new DemoStart(parts, state, err()).up(ports, visitors, broken);
                out().println("shop     " + ports.shop());
                out().println("console  " + ports.server() + "/console/");
                out().println("logs     " + state.folder());
                if (!ports.server().equals(ServerChoice.DEFAULT_SERVER)) {
                    out().println("for meshctl: export INMESH_SERVER=" + ports.server());
                }
                return ExitCode.OK;
            }
        }
    }

    @Command(name = "down", description = "Stops what demo up has started, and nothing else, and removes what it kept.")
    static final class Down extends Local {

        @Override
        int run(Api api) throws Failure, IOException {
            try (DemoState state = DemoState.open(environment())) {
                int stopped = state.stop();
                out().println(stopped == 0 ? "the demo does not run" : "stopped " + stopped + " processes");
                return ExitCode.OK;
            }
        }
    }

    @Command(
            name = "status",
            description = "Shows the demo's processes. Exits with 1 if one of them is gone, or none was started.")
    static final class Status extends Local {

        private static final Listing LISTING = Listing.of(
                "processes",
                "name",
                Column.of("NAME", "name"),
                Column.of("PID", "pid"),
                Column.of("STATE", process -> process.path("running").asBoolean() ? "RUNNING" : "GONE"),
                Column.wide("LOG", "log"));

        @Mixin
        private final ListForm form = new ListForm();

        @Override
        int run(Api api) throws Failure, IOException {
            String output = form.asked();
            try (DemoState state = DemoState.open(environment())) {
                JsonNode answer = answer(state);
                LISTING.print(out(), output, answer);
                boolean whole = !state.processes().isEmpty()
                        && state.processes().keySet().stream().allMatch(state::runs);
                if (!whole) {
                    err().println(
                                    state.runs()
                                            ? "meshctl: not all of the demo runs; meshctl demo up starts the rest"
                                            : "meshctl: the demo does not run; meshctl demo up starts it");
                }
                return whole ? ExitCode.OK : ExitCode.FINDINGS;
            }
        }

        private static ObjectNode answer(DemoState state) {
            ObjectNode answer = Api.JSON.createObjectNode();
            answer.put("shop", state.ports().shop()).put("server", state.ports().server());
            ArrayNode list = answer.putArray("processes");
            state.processes()
                    .forEach((name, known) -> list.addObject()
                            .put("name", name)
                            .put("pid", known.pid())
                            .put("running", state.runs(name))
                            .put("log", DemoParts.log(state, name).toString()));
            return answer;
        }
    }
}
