package io.inmesh.server.semantics;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The fields of a kind as the server's schema lists them, and where a document uses them. */
final class KindSchema {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final String FOLDER = "/io/inmesh/server/schema/";

    private final JsonNode root;
    private final JsonNode shapes;
    private final String start;

    private KindSchema(JsonNode file) {
        shapes = file.path("$shapes");
        boolean whole = file.has("$top");
        root = whole ? file.get("$top") : file;
        start = whole ? "" : "spec";
    }

    static KindSchema of(String kind) {
        try (InputStream file = KindSchema.class.getResourceAsStream(FOLDER + kind + ".yaml")) {
            return new KindSchema(YAML.readTree(Objects.requireNonNull(file, kind)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return paths of all fields that hold values, in the order of the schema: {@code spec.http[].timeout}} */
    List<String> fields() {
        List<String> fields = new ArrayList<>();
        Set<String> seen = new TreeSet<>();
        collect(root, start, path -> {
            if (seen.add(path)) {
                fields.add(path);
            }
        });
        return fields;
    }

    private void collect(JsonNode schema, String path, Consumer<String> found) {
        JsonNode shape = resolved(schema);
        if (leaf(shape)) {
            found.accept(path);
        } else if (shape.isArray()) {
            collect(shape.get(0), path + "[]", found);
        } else {
            members(shape, (name, member) -> collect(member, join(path, name), found));
        }
    }

    /** Tells of every value of a document that the schema knows: the field's path, and where the value is. */
    void values(JsonNode document, BiConsumer<String, JsonPointer> found) {
        JsonNode begin = start.isEmpty() ? document : document.path(start);
        JsonPointer pointer =
                start.isEmpty() ? JsonPointer.empty() : JsonPointer.empty().appendProperty(start);
        visit(root, begin, start, pointer, found);
    }

    private void visit(
            JsonNode schema, JsonNode value, String path, JsonPointer at, BiConsumer<String, JsonPointer> found) {
        if (value instanceof MissingNode) {
            return;
        }
        JsonNode shape = resolved(schema);
        if (leaf(shape)) {
            found.accept(path, at);
        } else if (shape.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                visit(shape.get(0), value.get(i), path + "[]", at.appendIndex(i), found);
            }
        } else {
            members(shape, (name, member) -> {
                if (name.equals("*")) {
                    Iterator<String> names = value.fieldNames();
                    while (names.hasNext()) {
                        String own = names.next();
                        visit(member, value.get(own), join(path, "*"), at.appendProperty(own), found);
                    }
                } else {
                    visit(member, value.path(name), join(path, name), at.appendProperty(name), found);
                }
            });
        }
    }

    /** Values, lists of values and maps of values are one field each. */
    private boolean leaf(JsonNode shape) {
        if (shape.isTextual()) {
            return true;
        }
        JsonNode element = shape.isArray() ? shape.get(0) : shape.size() == 1 ? shape.get("*") : null;
        return element != null && resolved(element).isTextual();
    }

    private JsonNode resolved(JsonNode schema) {
        return schema.isTextual() && shapes.has(schema.textValue()) ? resolved(shapes.get(schema.textValue())) : schema;
    }

    private static void members(JsonNode shape, BiConsumer<String, JsonNode> each) {
        for (Map.Entry<String, JsonNode> member : shape.properties()) {
            if (!member.getKey().startsWith("$")) {
                each.accept(member.getKey().replace("!", ""), member.getValue());
            }
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
