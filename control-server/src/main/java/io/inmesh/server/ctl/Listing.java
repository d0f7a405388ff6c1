package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * How one kind of things is listed: columns for people, the answer as it is for programs, names for scripts.
 *
 * @param items member of the answer that has the things
 * @param name member of a thing by which other commands know it
 * @param columns what is shown of each
 */
record Listing(String items, String name, List<Column> columns) {

    /** Forms of output. */
    static final List<String> FORMS = List.of("table", "wide", "json", "yaml", "name");

    private static final YAMLMapper YAML = new YAMLMapper();

    /**
     * A column.
     *
     * @param title its head
     * @param wide whether it is only in the wide form
     * @param cell what stands in it
     */
    record Column(String title, boolean wide, Function<JsonNode, String> cell) {

        static Column of(String title, String member) {
            return new Column(title, false, thing -> thing.path(member).asText());
        }

        static Column of(String title, Function<JsonNode, String> cell) {
            return new Column(title, false, cell);
        }

        static Column wide(String title, String member) {
            return new Column(title, true, thing -> thing.path(member).asText());
        }
    }

    static Listing of(String items, String name, Column... columns) {
        return new Listing(items, name, List.of(columns));
    }

    /**
     * Writes an answer.
     *
     * @param form one of {@link #FORMS}
     */
    void print(PrintWriter out, String form, JsonNode answer) throws IOException {
        switch (form) {
            case "json" -> out.println(MeshCommand.json(answer));
            case "yaml" -> out.print(YAML.writeValueAsString(answer));
            case "name" ->
                answer.path(items).forEach(thing -> out.println(thing.path(name).asText()));
            default -> table(out, form.equals("wide"), answer);
        }
    }

    private void table(PrintWriter out, boolean wide, JsonNode answer) {
        List<Column> shown =
                columns.stream().filter(column -> wide || !column.wide()).toList();
        Table table = new Table(shown.stream().map(Column::title).toList());
        for (JsonNode thing : answer.path(items)) {
            List<String> cells = new ArrayList<>();
            shown.forEach(column -> cells.add(column.cell().apply(thing)));
            table.row(cells);
        }
        table.print(out);
    }
}
