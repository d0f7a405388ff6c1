package io.inmesh.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One table, and what a reader needs beside it.
 *
 * @param title what the table is about
 * @param rows its lines
 * @param notes how it was measured, a sentence each
 */
public record Report(String title, List<Row> rows, List<String> notes) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Copies the lists. */
    public Report {
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
    }

    /**
     * Writes {@code <date>-<name>.md} and {@code .json}, in place of an earlier run of that day.
     *
     * @return the Markdown text
     */
    public String store(Path folder, String name, LocalDate date) throws IOException {
        Files.createDirectories(folder);
        String markdown = markdown(date);
        Files.writeString(folder.resolve(date + "-" + name + ".md"), markdown);
        Files.writeString(folder.resolve(date + "-" + name + ".json"), json(date) + "\n");
        return markdown;
    }

    /** {@return the table for people} */
    String markdown(LocalDate date) {
        StringBuilder text = new StringBuilder();
        text.append("# ").append(title).append("\n\n").append(date);
        for (Map.Entry<String, String> fact : Machine.facts().entrySet()) {
            text.append(" · ").append(fact.getKey()).append(": ").append(fact.getValue());
        }
        text.append("\n\n| subject | measure | value | 95 % interval | goal | verdict |\n");
        text.append("| --- | --- | ---: | ---: | --- | --- |\n");
        for (Row row : rows) {
            text.append("| ").append(row.subject());
            text.append(" | ").append(row.measure());
            text.append(" | ").append(number(row, row.estimate().value()));
            text.append(" | ").append(interval(row));
            text.append(" | ").append(row.goal().text());
            text.append(" | ").append(row.verdict().text()).append(" |\n");
        }
        text.append('\n');
        for (String note : notes) {
            text.append("- ").append(note).append('\n');
        }
        return text.toString();
    }

    /** {@return the same for programs} */
    String json(LocalDate date) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("title", title).put("date", date.toString());
        ObjectNode machine = root.putObject("machine");
        Machine.facts().forEach(machine::put);
        for (Row row : rows) {
            root.withArray("rows")
                    .addObject()
                    .put("subject", row.subject())
                    .put("measure", row.measure())
                    .put("unit", row.unit())
                    .put("value", row.estimate().value())
                    .put("low", row.estimate().low())
                    .put("high", row.estimate().high())
                    .put("goal", row.goal().text())
                    .put("verdict", row.verdict().text());
        }
        notes.forEach(root.withArray("notes")::add);
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    }

    private static String interval(Row row) {
        Estimate estimate = row.estimate();
        return estimate.low() == estimate.high()
                ? "counted"
                : number(row, estimate.low()) + " … " + number(row, estimate.high());
    }

    private static String number(Row row, double value) {
        return row.unit().equals("×")
                ? String.format(Locale.ROOT, "%.3f", value)
                : String.format(Locale.ROOT, "%,.0f %s", value, row.unit());
    }
}
