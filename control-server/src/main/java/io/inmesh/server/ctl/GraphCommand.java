package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.inmesh.server.graph.TrafficGraph;
import io.inmesh.server.time.Durations;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What commands share that show lists out of the graph of services: how far back, in which form, once or again and again. */
abstract class GraphCommand extends MeshCommand {

    private static final String UNKNOWN = "-";
    private static final String USUAL_WINDOW = "1m";

    @Option(names = "--window", description = "How far to look back, 10s to 1h. Default: " + USUAL_WINDOW)
    private @Nullable String window;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            completionCandidates = Forms.Lists.class,
            description = "table, wide, json, yaml or name. Default: ${DEFAULT-VALUE}")
    private String output = "table";

    @Mixin
    private final Watch watch = new Watch();

    @Option(
            names = "--threshold",
            defaultValue = "",
            description = "degraded or failing: exits with 1 if the health of anything is that bad.")
    private String threshold = "";

    /** One row: its name for {@code -o name}, its health, and its cells, of which the last ones are for {@code -o wide} only. */
    record Row(String name, String health, List<String> cells) {}

    @Override
    final int run(Api api) throws Failure, IOException {
        oneOf(output, "table", "wide", "json", "yaml", "name");
        if (!List.of("", "degraded", "failing").contains(threshold)) {
            throw new Failure(ExitCode.USAGE, "--threshold is degraded or failing, not " + threshold);
        }
        if (window != null
                && Durations.parse(window)
                        .filter(asked ->
                                asked.compareTo(TrafficGraph.STEP) >= 0 && asked.compareTo(TrafficGraph.KEPT) <= 0)
                        .isEmpty()) {
            throw new Failure(ExitCode.USAGE, "--window is from 10s to 1h, such as 5m, not " + window);
        }
        return watch.run(out(), () -> fetch(api), this::show);
    }

    private int show(JsonNode answer) throws Failure, IOException {
        List<Row> rows = rows(answer);
        switch (output) {
            case "json" -> out().println(json(selected(answer)));
            case "yaml" -> out().print(new YAMLMapper().writeValueAsString(selected(answer)));
            case "name" -> rows.forEach(row -> out().println(row.name()));
            default -> print(rows);
        }
        boolean degraded = rows.stream().anyMatch(row -> row.health().equals("DEGRADED"));
        boolean failing = rows.stream().anyMatch(row -> row.health().equals("FAILING"));
        boolean found = threshold.equals("failing") ? failing : threshold.equals("degraded") && (failing || degraded);
        return found ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private void print(List<Row> rows) {
        if (rows.isEmpty()) {
            err().println(nothing(window == null ? USUAL_WINDOW : window));
            return;
        }
        boolean wide = output.equals("wide");
        List<String> header = header();
        int columns = wide ? header.size() : narrow();
        Table table = new Table(header.subList(0, columns));
        rows.forEach(row -> table.row(row.cells().subList(0, columns)));
        if (!Ansi.AUTO.enabled()) {
            table.print(out());
            return;
        }
        StringWriter text = new StringWriter();
        table.print(new PrintWriter(text, true));
        text.toString().lines().forEach(line -> out().println(painted(line)));
    }

    /** Colour repeats what the health column says in words. */
    private static String painted(String line) {
        String colour = line.contains(" FAILING") ? "31" : line.contains(" DEGRADED") ? "33" : "";
        return colour.isEmpty() ? line : "\u001b[" + colour + "m" + line + "\u001b[0m";
    }

    /** {@return what the server says} */
    abstract JsonNode fetch(Api api) throws Failure;

    /** {@return the rows in it} */
    abstract List<Row> rows(JsonNode answer) throws Failure;

    /** {@return that part of it that the rows show} */
    abstract JsonNode selected(JsonNode answer) throws Failure;

    /** {@return all columns} */
    abstract List<String> header();

    /** {@return what to say in place of a table without rows, of calls in this window} */
    String nothing(String asked) {
        return "nothing was heard of calls in the last " + asked + "; --window 1h is the longest look back";
    }

    /** {@return how many of them a narrow table has} */
    abstract int narrow();

    /** {@return whether the command line says how far to look back} */
    final boolean windowGiven() {
        return window != null;
    }

    /** {@return whether it is shown again and again, so that what is not there yet may come} */
    final boolean watching() {
        return watch.going();
    }

    /** {@return the answer to a question about the graph} */
    final JsonNode ask(Api api, String path, String... parameters) throws Failure {
        StringBuilder query =
                new StringBuilder(path).append("?window=").append(Api.encoded(window == null ? USUAL_WINDOW : window));
        if (namespaceGiven()) {
            query.append("&namespace=").append(Api.encoded(namespace()));
        }
        for (int i = 0; i < parameters.length; i += 2) {
            query.append('&').append(parameters[i]).append('=').append(Api.encoded(parameters[i + 1]));
        }
        return api.get(query.toString()).orFail();
    }

    /** {@return those items of a list that are wanted} */
    static ArrayNode where(JsonNode items, java.util.function.Predicate<JsonNode> wanted) {
        ArrayNode some = Api.JSON.createArrayNode();
        items.forEach(item -> {
            if (wanted.test(item)) {
                some.add(item);
            }
        });
        return some;
    }

    /** {@return a share as a percentage} */
    static String percent(JsonNode share) {
        return share.isNumber() ? String.format(Locale.ROOT, "%.2f%%", share.asDouble() * 100) : UNKNOWN;
    }

    /** {@return a rate} */
    static String rate(JsonNode perSecond) {
        return perSecond.isNumber() ? String.format(Locale.ROOT, "%.1f", perSecond.asDouble()) : UNKNOWN;
    }

    /** {@return milliseconds in a handy unit} */
    static String duration(JsonNode millis) {
        if (!millis.isNumber()) {
            return UNKNOWN;
        }
        double number = millis.asDouble();
        return number < 10
                ? String.format(Locale.ROOT, "%.1fms", number)
                : number < 1000
                        ? String.format(Locale.ROOT, "%.0fms", number)
                        : String.format(Locale.ROOT, "%.1fs", number / 1000);
    }

    /** {@return the words of an object of counts: {@code 14:3 2:1}} */
    static String counts(JsonNode counts) {
        StringBuilder text = new StringBuilder();
        counts.properties()
                .forEach(count -> text.append(text.isEmpty() ? "" : " ")
                        .append(count.getKey())
                        .append(':')
                        .append(count.getValue().asText()));
        return text.toString();
    }

    /** {@return what people call a node: {@code reviews-v1}} */
    static String nameOf(@Nullable JsonNode node, String id) {
        if (node == null) {
            return id.substring(id.indexOf(':') + 1);
        }
        String version = node.path("version").asText();
        return node.path("name").asText() + (version.isEmpty() ? "" : "-" + version);
    }

    /** {@return whether a service goes by this name, short or full} */
    static boolean called(JsonNode node, String name) {
        return node.path("name").asText().equals(name)
                || node.path("id").asText().equals("service:" + name)
                || (node.path("name").asText() + "." + node.path("namespace").asText()).equals(name);
    }
}
