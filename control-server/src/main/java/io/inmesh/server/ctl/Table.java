package io.inmesh.server.ctl;

import io.inmesh.server.model.Ages;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Columns for people. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();
    private final int[] widths;

    Table(String... header) {
        this(List.of(header));
    }

    Table(List<String> header) {
        rows.add(List.copyOf(header));
        widths = new int[header.size()];
    }

    void row(String... cells) {
        row(Arrays.asList(cells));
    }

    void row(List<String> cells) {
        List<String> row = new ArrayList<>();
        for (String cell : cells) {
            row.add(cell.isEmpty() ? "-" : cell);
        }
        rows.add(row);
    }

    /** Prints the rows that have come since it was last called; columns do not become narrower. */
    void print(PrintWriter out) {
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i));
                if (i < widths.length - 1) {
                    line.append(" ".repeat(widths[i] - row.get(i).length() + 3));
                }
            }
            out.println(line);
        }
        rows.clear();
    }

    /** {@return how long ago, or until, a moment is: {@code 3m}} */
    static String age(String instant) {
        if (instant.isEmpty()) {
            return "-";
        }
        return Ages.text(Duration.between(Instant.parse(instant), Instant.now()));
    }
}
