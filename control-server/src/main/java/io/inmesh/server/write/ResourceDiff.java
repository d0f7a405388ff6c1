package io.inmesh.server.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two versions of a resource, a line for each field: {@code + path: value} for a new one, {@code - path: value} for
 * one that is gone, {@code ~ path: old -> new} for another value. What the server sets is left out.
 */
public final class ResourceDiff {

    private static final int LONGEST_VALUE = 500;

    private final StringBuilder lines = new StringBuilder();
    private final int most;
    private int leftOut;

    private ResourceDiff(int most) {
        this.most = most;
    }

    /**
     * {@return the differences}
     *
     * @param most characters of the result at most; what does not fit is left out, and the number of lines told
     */
    public static String between(ChangeLog.Changed changed, int most) {
        ResourceDiff diff = new ResourceDiff(most);
        diff.compare("", body(changed.before()), body(changed.after()));
        if (diff.leftOut > 0) {
            diff.lines.append("... and ").append(diff.leftOut).append(" lines more\n");
        }
        return diff.lines.toString();
    }

    private static JsonNode body(io.inmesh.server.model.@Nullable Resource resource) {
        return resource == null ? MissingNode.getInstance() : ConfigWriter.content(resource);
    }

    private void compare(String path, JsonNode before, JsonNode after) {
        if (before.equals(after)) {
            return;
        }
        if (before instanceof ObjectNode old && after instanceof ObjectNode now) {
            TreeSet<String> names = new TreeSet<>();
            old.fieldNames().forEachRemaining(names::add);
            now.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(path.isEmpty() ? name : path + "." + name, old.path(name), now.path(name)));
        } else if (before instanceof ArrayNode old && after instanceof ArrayNode now) {
            for (int i = 0; i < Math.max(old.size(), now.size()); i++) {
                compare(path + "[" + i + "]", old.path(i), now.path(i));
            }
        } else if (before.isMissingNode()) {
            line("+ " + path + (path.isEmpty() ? "" : ": ") + value(after));
        } else if (after.isMissingNode()) {
            line("- " + path + (path.isEmpty() ? "" : ": ") + value(before));
        } else {
            line("~ " + path + ": " + value(before) + " -> " + value(after));
        }
    }

    private void line(String line) {
        if (lines.length() + line.length() + 1 > most) {
            leftOut++;
        } else {
            lines.append(line).append('\n');
        }
    }

    private String value(JsonNode node) {
        int longest = Math.min(LONGEST_VALUE, most / 2);
        String text = node.toString();
        return text.length() <= longest ? text : text.substring(0, longest) + "... (" + text.length() + " characters)";
    }
}
