package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.inmesh.server.ctl.Listing.Column;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "rollout",
        description =
                "Shifts of traffic to a new version that go on or back by themselves: how far they are, and a word with them.",
        subcommands = {
            RolloutCommand.Overview.class,
            RolloutCommand.Status.class,
            RolloutCommand.Pause.class,
            RolloutCommand.Resume.class,
            RolloutCommand.Promote.class,
            RolloutCommand.Abort.class,
            RolloutCommand.Retry.class
        })
final class RolloutCommand extends CommandGroup {

    private static final String PATH = "/inmesh/v1/rollouts";
    private static final double HUNDRED = 100;

    /** What is listed of each. */
    static final Listing LISTING = Listing.of(
            "items",
            "name",
            Column.of("NAME", "name"),
            Column.of("NAMESPACE", "namespace"),
            Column.of("PHASE", item -> item.at("/status/phase").asText("Pending")),
            Column.of("STEP", RolloutCommand::step),
            Column.of("CANARY", RolloutCommand::weight),
            Column.of("SINCE", item -> Table.age(item.at("/status/since").asText())),
            Column.of("ANALYSIS", item -> item.at("/status/analysis/verdict").asText()),
            new Column("TARGET", true, RolloutCommand::target),
            new Column("REASON", true, item -> item.at("/status/reason").asText()));

    private RolloutCommand() {}

    private static String step(JsonNode item) {
        int steps = item.at("/spec/steps").size();
        return Math.min(item.at("/status/step").asInt(), steps) + "/" + steps;
    }

    private static String weight(JsonNode item) {
        JsonNode weights = item.at("/status/weights");
        int all = weights.path("stable").asInt() + weights.path("canary").asInt();
        return all == 0 ? "" : Math.round(HUNDRED * weights.path("canary").asInt() / all) + "%";
    }

    private static String target(JsonNode item) {
        JsonNode target = item.at("/spec/target");
        return target.path("kind").asText() + "/" + target.path("name").asText();
    }

    @Command(name = "list", description = "Lists rollouts; of all namespaces unless -n is given.")
    static final class Overview extends ListCommand {

        Overview() {
            super(LISTING);
        }

        @Override
        JsonNode answer(Api api) throws Failure {
            return api.get(PATH + (namespaceGiven() ? "?namespace=" + Api.encoded(namespace()) : ""))
                    .orFail();
        }
    }

    /** A command about one rollout. */
    abstract static class OfOne extends MeshCommand {

        @Parameters(paramLabel = "NAME", description = "The rollout.")
        @Offered(Offer.ROLLOUTS)
        private String name = "";

        final String name() {
            return name;
        }

        final String path() {
            return PATH + "/" + Api.encoded(namespace()) + "/" + Api.encoded(name);
        }
    }

    @Command(
            name = "status",
            description =
                    "Shows how far a rollout is and why. With -w until it is over: exit status 0 if it was promoted, else 1.")
    static final class Status extends OfOne {

        private static final long LOOK_AGAIN_MILLIS = 1_000;

        @Option(
                names = {"-w", "--watch"},
                description = "Shows every change until the rollout is over.")
        private boolean watch;

        @Option(
                names = {"-o", "--output"},
                defaultValue = "table",
                completionCandidates = Forms.YamlTables.class,
                description = "table, json or yaml. Default: ${DEFAULT-VALUE}")
        private String output = "table";

        @Override
        int run(Api api) throws Failure, IOException {
            oneOf(output, "table", "json", "yaml");
            String before = "";
            while (true) {
                JsonNode rollout = api.get(path()).orFail();
                String now = line(rollout);
                if (!watch || (!output.equals("table") && !now.equals(before))) {
                    show(rollout);
                } else if (!now.equals(before)) {
                    out().println(now);
                }
                out().flush();
                before = now;
                String phase = rollout.at("/status/phase").asText();
                if (!watch || List.of("Promoted", "RolledBack", "Failed").contains(phase)) {
                    return phase.equals("RolledBack") || phase.equals("Failed") ? ExitCode.FINDINGS : ExitCode.OK;
                }
                try {
                    TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new Failure(ExitCode.TIMEOUT, "interrupted");
                }
            }
        }

        private static String line(JsonNode rollout) {
            JsonNode status = rollout.path("status");
            String analysis = status.at("/analysis/reason").asText();
            return String.format(
                    Locale.ROOT,
                    "%-11s step %s  canary %-4s %s%s",
                    status.path("phase").asText("Pending"),
                    step(rollout),
                    weight(rollout),
                    status.path("reason").asText(),
                    analysis.isEmpty()
                            ? ""
                            : " [" + status.at("/analysis/verdict").asText() + ": " + analysis + "]");
        }

        private void show(JsonNode rollout) throws IOException {
            if (!output.equals("table")) {
                ArrayNode one = Api.JSON.createArrayNode().add(rollout);
                LISTING.print(out(), output, one.get(0));
                return;
            }
            JsonNode status = rollout.path("status");
            out().println(name() + ": " + status.path("phase").asText("Pending") + ", step " + step(rollout) + ", "
                    + weight(rollout) + " to the canary, since "
                    + Table.age(status.path("since").asText()));
            out().println("  " + status.path("reason").asText());
            JsonNode analysis = status.path("analysis");
            if (!analysis.isMissingNode()) {
                out().println("  " + analysis.path("verdict").asText() + ", "
                        + Table.age(analysis.path("time").asText()) + " ago: "
                        + analysis.path("reason").asText());
                Table table = new Table("VERSION", "REQUESTS", "FAILED", "ERRORS", "LATENCY");
                for (String version : List.of("stable", "canary")) {
                    JsonNode numbers = analysis.path(version);
                    table.row(
                            version,
                            numbers.path("requests").asText(),
                            numbers.path("failed").asText(),
                            share(numbers),
                            GraphCommand.duration(numbers.path("millis")));
                }
                table.print(out());
            }
        }

        private static String share(JsonNode numbers) {
            long all = numbers.path("requests").asLong();
            return all == 0
                    ? ""
                    : String.format(
                            Locale.ROOT,
                            "%.2f%%",
                            HUNDRED * numbers.path("failed").asLong() / all);
        }
    }

    /** Tells a rollout something. */
    abstract static class Tell extends OfOne {

        private final String word;

        Tell(String word) {
            this.word = word;
        }

        @Override
        final int run(Api api) throws Failure {
            JsonNode rollout =
                    api.post(path() + "/" + word, "application/json", "{}").orFail();
            JsonNode status = rollout.path("status");
            out().println(name() + ": " + status.path("phase").asText() + ", "
                    + status.path("reason").asText());
            return ExitCode.OK;
        }
    }

    @Command(
            name = "pause",
            description = "Holds a rollout at its step. A canary that fails is taken back all the same.")
    static final class Pause extends Tell {
        Pause() {
            super("pause");
        }
    }

    @Command(
            name = "resume",
            description =
                    "Lets a paused rollout go on: past a gate, else from the beginning of its step, with its own weights.")
    static final class Resume extends Tell {
        Resume() {
            super("resume");
        }
    }

    @Command(name = "promote", description = "Gives the canary all requests now, without further steps or analyses.")
    static final class Promote extends Tell {
        Promote() {
            super("promote");
        }
    }

    @Command(name = "abort", description = "Goes back to the weights of before the rollout now.")
    static final class Abort extends Tell {
        Abort() {
            super("abort");
        }
    }

    @Command(name = "retry", description = "Begins a rollout anew that is over.")
    static final class Retry extends Tell {
        Retry() {
            super("retry");
        }
    }
}
