package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ctl.Listing.Column;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Instances that get no new calls because an operator said so. */
final class DrainCommands {

    private static final String PATH = "/inmesh/v1/drains";

    private DrainCommands() {}

    /** Says what became of it, and whether those concerned know. */
    private static int told(MeshCommand command, String what, JsonNode answer) {
        command.out().println(what);
        if (answer.path("seen").asBoolean()) {
            return ExitCode.OK;
        }
        command.err()
                .println(
                        "not every process has taken the new endpoints over yet; meshctl status shows which are STALE");
        return ExitCode.TIMEOUT;
    }

    @Command(
            name = "drain",
            description =
                    "Keeps new calls away from an instance until undrain; what it works on ends in peace. Returns when callers have seen it.")
    static final class Begin extends MeshCommand {

        @Parameters(paramLabel = "INSTANCE", description = "As meshctl status shows it.")
        @Offered(Offer.INSTANCES)
        private String instance = "";

        @Option(names = "--reason", defaultValue = "", description = "Why, for other operators.")
        private String reason = "";

        @Override
        int run(Api api) throws Failure, IOException {
            String request = Api.JSON
                    .createObjectNode()
                    .put("namespace", namespace())
                    .put("instance", instance)
                    .put("reason", reason)
                    .toString();
            try (Progress.Waiting waiting = progress().begin("callers to see that " + instance + " is drained")) {
                return told(
                        this,
                        "drained " + instance,
                        api.post(PATH, "application/json", request).orFail());
            }
        }
    }

    @Command(name = "undrain", description = "Lets an instance have calls again.")
    static final class End extends MeshCommand {

        @Parameters(paramLabel = "INSTANCE", description = "As meshctl drained shows it.")
        @Offered(Offer.DRAINED)
        private String instance = "";

        @Override
        int run(Api api) throws Failure, IOException {
            try (Progress.Waiting waiting = progress().begin("callers to see that " + instance + " is back")) {
                return told(
                        this,
                        "undrained " + instance,
                        api.delete(PATH + "?namespace=" + Api.encoded(namespace()) + "&instance="
                                        + Api.encoded(instance))
                                .orFail());
            }
        }
    }

    @Command(
            name = "drained",
            description = "Shows the instances that operators drain. All namespaces unless -n is given.")
    static final class Drained extends ListCommand {

        Drained() {
            super(Listing.of(
                    "items",
                    "instance",
                    Column.of("INSTANCE", "instance"),
                    Column.of("NAMESPACE", "namespace"),
                    Column.of("SINCE", drain -> Table.age(drain.path("since").asText())),
                    Column.of("BY", "by"),
                    Column.of("REASON", "reason")));
        }

        @Override
        JsonNode answer(Api api) throws Failure {
            return api.get(PATH + (namespaceGiven() ? "?namespace=" + Api.encoded(namespace()) : ""))
                    .orFail();
        }
    }
}
