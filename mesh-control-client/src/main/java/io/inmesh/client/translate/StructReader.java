package io.inmesh.client.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A struct being read: every member has a type, and those nobody asked for are noted at the end. */
final class StructReader {

    private final ResourceReader reader;
    private final String place;
    private final Struct struct;
    private final Set<String> known = new HashSet<>();

    StructReader(ResourceReader reader, String place, Struct struct) {
        this.reader = reader;
        this.place = place;
        this.struct = struct;
    }

    private @Nullable Value find(String name) {
        known.add(name);
        return struct.getFieldsMap().get(name);
    }

    String text(String name, String otherwise) {
        Value value = find(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.hasStringValue()) {
            throw wrong(name, "is no text");
        }
        return value.getStringValue();
    }

    boolean flag(String name) {
        Value value = find(name);
        if (value != null && !value.hasBoolValue()) {
            throw wrong(name, "is neither true nor false");
        }
        return value != null && value.getBoolValue();
    }

    double number(String name, double otherwise) {
        Value value = find(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.hasNumberValue()) {
            throw wrong(name, "is no number");
        }
        return value.getNumberValue();
    }

    int integer(String name, int otherwise) {
        double number = number(name, otherwise);
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw wrong(name, "is " + number + ", no whole number this client can hold");
        }
        return (int) number;
    }

    /** {@return a time written as seconds with a fraction, such as {@code 0.05s}} */
    Duration duration(String name, Duration otherwise) {
        String text = text(name, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            if (text.endsWith("s") && text.length() < 30) {
                BigDecimal nanos = new BigDecimal(text.substring(0, text.length() - 1)).movePointRight(9);
                return Duration.ofNanos(nanos.longValueExact());
            }
        } catch (ArithmeticException | NumberFormatException unreadable) {
            throw wrong(name, "is \"" + text + "\", no time in seconds such as 0.5s");
        }
        throw wrong(name, "is \"" + text + "\", no time in seconds such as 0.5s");
    }

    /** {@return what is read of a struct inside, null if it is absent} */
    <T> @Nullable T inner(String name, Function<StructReader, T> read) {
        Value value = find(name);
        return value == null ? null : read(place + "." + name, value, read);
    }

    /** {@return what is read of a list of structs, empty if it is absent} */
    <T> List<T> list(String name, Function<StructReader, T> read) {
        List<T> all = new ArrayList<>();
        for (Value value : values(name)) {
            all.add(read(place + "." + name + "[" + all.size() + "]", value, read));
        }
        return all;
    }

    List<String> texts(String name) {
        List<String> all = new ArrayList<>();
        for (Value value : values(name)) {
            if (!value.hasStringValue()) {
                throw wrong(name, "holds something that is no text");
            }
            all.add(value.getStringValue());
        }
        return all;
    }

    Set<String> names() {
        return struct.getFieldsMap().keySet();
    }

    InvalidResourceException wrong(String name, String message) {
        return reader.invalid(name.isEmpty() ? place : place + "." + name, message);
    }

    private List<Value> values(String name) {
        Value value = find(name);
        if (value == null) {
            return List.of();
        }
        if (!value.hasListValue()) {
            throw wrong(name, "is no list");
        }
        return value.getListValue().getValuesList();
    }

    private <T> T read(String where, Value value, Function<StructReader, T> read) {
        if (!value.hasStructValue()) {
            throw reader.invalid(where, "is no object");
        }
        StructReader inner = new StructReader(reader, where, value.getStructValue());
        T result = read.apply(inner);
        inner.end();
        return result;
    }

    /** Notes every member that nobody asked for. */
    void end() {
        for (String name : struct.getFieldsMap().keySet()) {
            reader.ignored().noteIf(!known.contains(name), place + "." + name, "this client does not know it");
        }
    }
}
