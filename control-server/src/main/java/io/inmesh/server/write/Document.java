package io.inmesh.server.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.ResourceKey;
import java.util.Map;
import java.util.OptionalInt;

/** One resource as written in a file. */
public final class Document {

    private final ObjectNode body;
    private final int number;
    private final Lines lines;

    /** One of a text; its lines are looked for when somebody asks for one. */
    Document(ObjectNode body, int number, Lines lines) {
        this.body = body;
        this.number = number;
        this.lines = lines;
    }

    /** {@return what it says} */
    public ObjectNode body() {
        return body;
    }

    /** {@return its place among the documents of its text, from 1} */
    public int number() {
        return number;
    }

    /**
     * {@return the resource it is about, as far as it says so}
     *
     * @param defaultNamespace namespace if it names none
     */
    public ResourceKey key(String defaultNamespace) {
        return Intake.keyOf(body, defaultNamespace);
    }

    /** {@return where its lines are looked for; one for all of a list} */
    Lines lines() {
        return lines;
    }

    /** {@return the line of a field, from 1, or of the nearest one around it if it is not there itself; empty for JSON} */
    public OptionalInt line(String fieldPath) {
        // Members of maps are written as map[key] by some and as map.key by others.
        String path = fieldPath.replaceAll("\\[([^\\]]*[^\\]\\d][^\\]]*)\\]", ".$1");
        Map<String, Integer> known = lines.byPath();
        while (!known.containsKey(path) && !path.isEmpty()) {
            path = path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
        }
        Integer line = known.get(path);
        return line == null ? OptionalInt.empty() : OptionalInt.of(line);
    }
}
