package io.inmesh.bench.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows of text under headings. */
final class Table {

    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    Table(List<String> headings) {
        this.headings = List.copyOf(headings);
    }

    void row(List<String> cells) {
        if (cells.size() != headings.size()) {
            throw new IllegalArgumentException("a row has " + headings.size() + " cells: " + cells);
        }
        rows.add(List.copyOf(cells));
    }

    List<List<String>> rows() {
        return List.copyOf(rows);
    }

    /** {@return the table in Markdown, its first column to the left and the others to the right} */
    String markdown() {
        String rule = "| --- |" + " ---: |".repeat(headings.size() - 1);
        return line(headings) + "\n" + rule + "\n"
                + rows.stream().map(Table::line).collect(Collectors.joining("\n"));
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }
}
