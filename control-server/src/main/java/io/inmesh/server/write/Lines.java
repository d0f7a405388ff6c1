package io.inmesh.server.write;

import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * In which line of a text each field of one document is. To keep track of that takes time and memory, and most documents have nothing that
 * anybody asks about; so a document is read once more, with its lines, when somebody does. Safe for use by several threads.
 */
final class Lines {

    /** Of JSON, whose parser does not tell. */
    static final Lines UNKNOWN = new Lines("", 0, 0, false);

    private final String text;
    private final int start;
    private final int before;
    private final boolean item;

    /** Not volatile: whoever does not see it makes an equal one. */
    private @Nullable Map<String, Integer> byPath;

    private Lines(String text, int start, int before, boolean item) {
        this.text = text;
        this.start = start;
        this.before = before;
        this.item = item;
    }

    /**
     * {@return the lines of a document}
     *
     * @param text the text it is in
     * @param start where it begins, in characters
     * @param before how many lines are before it
     */
    static Lines of(String text, int start, int before) {
        return new Lines(text, start, before, false);
    }

    /** {@return the lines of what is in a list, or in one in it: it is known where the outermost list is} */
    Lines ofItem() {
        return item || text.isEmpty() ? this : new Lines(text, start, before, true);
    }

    /** {@return line of each field, from 1, by paths such as {@code spec.http[0].route}; the empty path is the document} */
    Map<String, Integer> byPath() {
        Map<String, Integer> known = byPath;
        if (known == null) {
            known = Map.copyOf(item ? Map.of("", read().getOrDefault("items", 1)) : read());
            byPath = known;
        }
        return known;
    }

    private Map<String, Integer> read() {
        Map<String, Integer> lines = new HashMap<>();
        if (text.isEmpty()) {
            return lines;
        }
        try {
            StringReader reader = new StringReader(text);
            reader.skip(start);
            Composer nodes = new Composer(Documents.WITH_MARKS, new ShallowParser(Documents.WITH_MARKS, reader));
            if (nodes.hasNext()) {
                new YamlTree(new HashMap<>(), lines).read(nodes.next());
            }
        } catch (IOException | UnreadableException | YamlEngineException e) {
            // It could be read before, so this does not happen; if it does, places are told by the number of the
            // document.
            return Map.of();
        }
        lines.replaceAll((path, line) -> line + before);
        return lines;
    }
}
