package io.inmesh.server.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.ResourceKey;
import java.util.Map;
import java.util.OptionalInt;

/**
 * One resource as written in a file.
 *
 * @param body what it says
 * @param number place among the documents of its file, from 1
 * @param lines line of each field, from 1, by paths such as {@code spec.http[0].route}; the empty path is the document. Empty if
 *     lines are not known, as for JSON
 */
public record Document(ObjectNode body, int number, Map<String, Integer> lines) {

    /** Copies the lines. */
    public Document {
        lines = Map.copyOf(lines);
    }

    /**
     * {@return the resource it is about, as far as it says so}
     *
     * @param defaultNamespace namespace if it names none
     */
    public ResourceKey key(String defaultNamespace) {
        return Intake.keyOf(body, defaultNamespace);
    }

    /** {@return the line of a field, or of the nearest one around it if it is not there itself} */
    public OptionalInt line(String fieldPath) {
        // Members of maps are written as map[key] by some and as map.key by others.
        String path = fieldPath.replaceAll("\\[([^\\]]*[^\\]\\d][^\\]]*)\\]", ".$1");
        while (!lines.containsKey(path) && !path.isEmpty()) {
            path = path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
        }
        Integer line = lines.get(path);
        return line == null ? OptionalInt.empty() : OptionalInt.of(line);
    }
}
