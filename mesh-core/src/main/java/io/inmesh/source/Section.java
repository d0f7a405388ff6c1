package io.inmesh.source;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A mapping in the file. Remembers which keys were asked for, so that {@link #end} can report those nobody understands. */
final class Section {

    private final Value value;
    private final Reading reading;
    private final Map<String, Node> entries = new LinkedHashMap<>();
    private final Map<String, Node> keys = new LinkedHashMap<>();
    private final Set<String> known = new TreeSet<>();

    Section(Value value, MappingNode mapping, Reading reading) {
        this.value = value;
        this.reading = reading;
        for (NodeTuple entry : mapping.getValue()) {
            add(entry.getKeyNode(), entry.getValueNode());
        }
    }

    private void add(Node key, Node content) {
        if (!(key instanceof ScalarNode scalar)) {
            reading.report(key, "", "has a key that is not a text", "write a plain key");
        } else if (keys.putIfAbsent(scalar.getValue(), key) != null) {
            reading.report(key, scalar.getValue(), "is given twice", "keep one");
        } else if (content.getTag().equals(Tag.NULL)) {
            reading.report(key, scalar.getValue(), "has no value", "give one, or remove the key");
        } else {
            entries.put(scalar.getValue(), content);
        }
    }

    /** {@return what it stands in} */
    Value value() {
        return value;
    }

    /** {@return the keys that are there, whether asked for or not} */
    Set<String> keys() {
        return entries.keySet();
    }

    /** {@return what belongs to a key, null if it is absent} */
    @Nullable
    Value get(String key) {
        known.add(key);
        Node node = entries.get(key);
        return node == null ? null : value.within(node, key);
    }

    /** {@return what a reader makes of the value of a key; null if it is absent or wrong} */
    <T> @Nullable T find(String key, Function<Value, ? extends @Nullable T> reader) {
        Value found = get(key);
        return found == null ? null : reader.apply(found);
    }

    /** {@return what a reader makes of the value of a key; the default if it is absent or wrong} */
    <T> T get(String key, Function<Value, ? extends @Nullable T> reader, T otherwise) {
        T read = find(key, reader);
        return read == null ? otherwise : read;
    }

    /** {@return what a reader makes of the mapping of a key; null if it is absent or wrong} */
    <T> @Nullable T findSection(String key, Function<Section, ? extends @Nullable T> reader) {
        Value found = get(key);
        return found == null ? null : found.read(reader);
    }

    /** {@return what a reader makes of the mapping of a key; the default if it is absent or wrong} */
    <T> T section(String key, Function<Section, ? extends @Nullable T> reader, T otherwise) {
        T read = findSection(key, reader);
        return read == null ? otherwise : read;
    }

    String text(String key, String otherwise) {
        return get(key, Value::text, otherwise);
    }

    @Nullable
    String text(String key) {
        return find(key, Value::text);
    }

    /** {@return a text that must be there; empty, and reported, if it is not} */
    String required(String key) {
        if (!keys.containsKey(key)) {
            value.report("has no " + key, "add \"" + key + ": ...\"");
        }
        return text(key, "");
    }

    int integer(String key, int otherwise) {
        Value found = get(key);
        if (found == null) {
            return otherwise;
        }
        Long number = found.whole();
        if (number == null) {
            return otherwise;
        }
        if (number != number.intValue()) {
            found.report("is " + number, "write a number below 2147483648");
            return otherwise;
        }
        return number.intValue();
    }

    boolean flag(String key, boolean otherwise) {
        return get(key, Value::flag, otherwise);
    }

    Duration duration(String key, Duration otherwise) {
        return get(key, Value::duration, otherwise);
    }

    @Nullable
    Duration duration(String key) {
        return find(key, Value::duration);
    }

    List<Value> list(String key) {
        Value found = get(key);
        return found == null ? List.of() : found.list();
    }

    List<String> texts(String key) {
        return list(key).stream()
                .map(Value::text)
                .map(text -> text == null ? "" : text)
                .toList();
    }

    /** {@return a mapping of texts to texts, in the order of the file} */
    Map<String, String> textMap(String key) {
        Map<String, String> map = new LinkedHashMap<>();
        Value found = get(key);
        Section inner = found == null ? null : found.section();
        if (inner != null) {
            for (String name : inner.keys()) {
                map.put(name, inner.text(name, ""));
            }
        }
        return map;
    }

    /** Reports every key that nobody has asked for. */
    void end() {
        for (Map.Entry<String, Node> key : keys.entrySet()) {
            if (!known.contains(key.getKey())) {
                reading.report(
                        key.getValue(), key.getKey(), "is not known here", "use one of " + String.join(", ", known));
            }
        }
    }
}
