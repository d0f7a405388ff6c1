package io.inmesh.source;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A value in the file, with its place. Whoever asks it for what it is not gets null or nothing, and the mistake is reported, so that
 * reading goes on and finds the others too.
 */
final class Value {

    private final Reading reading;
    private final Node node;
    private final String path;

    Value(Reading reading, Node node, String path) {
        this.reading = reading;
        this.node = node;
        this.path = path;
    }

    /** {@return where it is, e.g. {@code mesh.yaml line 12}} */
    String place() {
        return reading.place(node);
    }

    void report(String message, String remedy) {
        reading.report(node, path, message, remedy);
    }

    boolean isText() {
        return node instanceof ScalarNode;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    @Nullable
    Section section() {
        if (node instanceof MappingNode mapping) {
            return new Section(this, mapping, reading);
        }
        report("is not a mapping", "write \"key: value\" lines below it");
        return null;
    }

    /**
     * {@return what a reader makes of it as a mapping; null if it is none, or if the reader found a number out of range}
     *
     * <p>Keys that the reader did not ask for are reported.
     */
    <T> @Nullable T read(Function<Section, ? extends @Nullable T> reader) {
        Section section = section();
        if (section == null) {
            return null;
        }
        try {
            T read = reader.apply(section);
            section.end();
            return read;
        } catch (IllegalArgumentException e) {
            report(String.valueOf(e.getMessage()), "correct it");
            return null;
        }
    }

    List<Value> list() {
        List<Value> values = new ArrayList<>();
        if (node instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                values.add(new Value(reading, item, path + "[" + values.size() + "]"));
            }
        } else {
            report("is not a list", "write \"- \" before each entry, or [a, b]");
        }
        return values;
    }

    Value within(Node inner, String key) {
        return new Value(reading, inner, path.isEmpty() ? key : path + "." + key);
    }

    @Nullable
    String text() {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        report("is not a text", "write a single value");
        return null;
    }

    @Nullable
    Long whole() {
        return parse(Long::valueOf, "a whole number");
    }

    @Nullable
    Double decimal() {
        return parse(Double::valueOf, "a number");
    }

    @Nullable
    Boolean flag() {
        return parse(Value::bool, "true or false");
    }

    @Nullable
    Duration duration() {
        return parse(DurationText::parse, "a time such as 250ms, 10s, 1.5s or 1h30m");
    }

    /** {@return the constant whose name this is, in lower case with dashes} */
    <E extends Enum<E>> @Nullable E word(Class<E> type) {
        String known = Arrays.stream(type.getEnumConstants()).map(Value::wordOf).collect(Collectors.joining(", "));
        return parse(text -> constant(type, text), "one of " + known);
    }

    static String wordOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    <T> @Nullable T parse(Function<String, T> parser, String wanted) {
        String text = text();
        if (text == null) {
            return null;
        }
        try {
            return parser.apply(text.strip());
        } catch (IllegalArgumentException e) {
            report("is \"" + text + "\"", "write " + wanted);
            return null;
        }
    }

    private static Boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (wordOf(constant).equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(text);
    }
}
