package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Kinds.Kind.Use;
import io.inmesh.server.model.StatusWords;
import io.inmesh.server.write.Origin;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Resources in the form that is asked for: all at once, or one after the other as something happens to them. */
final class ResourcePrinter {

    private static final YAMLMapper YAML = new YAMLMapper();

    private final PrintWriter out;
    private final String form;
    private final boolean events;
    private @Nullable Table table;

    /**
     * Prepares to print.
     *
     * @param form one of {@link Listing#FORMS}
     * @param events whether to say what has happened to each
     */
    ResourcePrinter(PrintWriter out, String form, boolean events) {
        this.out = out;
        this.form = form;
        this.events = events;
    }

    /**
     * Prints resources.
     *
     * @param alone whether it is one that was asked for by name. One is printed as it is, several as Kubernetes' List, so that either can
     *     be applied again
     */
    void print(ArrayNode items, boolean alone) throws IOException {
        switch (form) {
            case "json" -> out.println(MeshCommand.json(alone ? items.get(0) : list(items)));
            case "yaml" -> out.print(YAML.writeValueAsString(alone ? items.get(0) : list(items)));
            default -> items.forEach(item -> line("", item));
        }
        flush();
    }

    /** Prints resources that were there before anything happened to them. */
    void begin(JsonNode items) throws IOException {
        if (form.equals("json") || form.equals("yaml")) {
            for (JsonNode item : items) {
                event("ADDED", item);
            }
        } else {
            items.forEach(item -> line("ADDED", item));
            flush();
        }
    }

    /** {@return whether nobody reads any more} */
    boolean unread() {
        return out.checkError();
    }

    /** Prints what has happened to a resource. */
    void event(String type, JsonNode item) throws IOException {
        JsonNode shown = events ? Api.JSON.createObjectNode().put("type", type).set("object", item) : item;
        switch (form) {
            case "json" -> out.println(MeshCommand.json(shown));
            case "yaml" -> out.print(YAML.writeValueAsString(shown));
            default -> line(type, item);
        }
        flush();
    }

    private static ObjectNode list(ArrayNode items) {
        ObjectNode list = Api.JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
        list.set("items", items);
        return list;
    }

    private void flush() {
        if (table != null) {
            table.print(out);
        }
        out.flush();
    }

    private void line(String event, JsonNode item) {
        if (form.equals("name")) {
            out.println((events ? event + " " : "") + reference(item));
            return;
        }
        if (table == null) {
            table = new Table(header());
        }
        JsonNode metadata = item.path("metadata");
        List<String> cells = new ArrayList<>();
        if (events) {
            cells.add(event);
        }
        cells.addAll(List.of(
                reference(item),
                metadata.path("namespace").asText(),
                metadata.path("generation").asText(),
                StatusWords.of(item),
                Table.age(metadata.path("creationTimestamp").asText())));
        if (form.equals("wide")) {
            cells.add(item.path("apiVersion").asText());
            cells.add(metadata.path("resourceVersion").asText());
            cells.add(metadata.path("annotations").path(Origin.ANNOTATION).asText("api"));
            cells.add(kind(item).use() == Use.ENFORCED ? "yes" : "no");
        }
        table.row(cells);
    }

    private List<String> header() {
        List<String> header = new ArrayList<>(events ? List.of("EVENT") : List.of());
        header.addAll(List.of("NAME", "NAMESPACE", "GENERATION", "STATUS", "AGE"));
        if (form.equals("wide")) {
            header.addAll(List.of("VERSION", "REVISION", "SOURCE", "ENFORCED"));
        }
        return header;
    }

    private static String reference(JsonNode item) {
        return kind(item).reference(item.path("metadata").path("name").asText());
    }

    private static Kinds.Kind kind(JsonNode item) {
        return Kinds.of(item.path("apiVersion").asText(), item.path("kind").asText())
                .orElseThrow(() -> new IllegalStateException("a server tells of kinds it knows only"));
    }
}
