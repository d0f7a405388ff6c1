package io.inmesh.server.rule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.inmesh.server.model.Resource;
import io.inmesh.server.time.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A place in a resource's JSON body, and the path that leads to it, so that whoever reads a value can also say where it stands
 * ({@code spec.http[0].route[1].weight}).
 *
 * <p>Reading never throws: an absent or mistyped value reads as absent. The schema validator reports wrong types; readers here only
 * need a safe answer.
 */
public final class Field {
    private static final int NO_ITEM = -1;

    /** A place where nothing stands. */
    public static final Field ABSENT = new Field(MissingNode.getInstance(), null, "", NO_ITEM);

    private final JsonNode node;
    private final @Nullable Field holder;
    private final String name;
    private final int index;

    /** A path is written out only when somebody asks for it: most fields are read, and few have to be spoken about. */
    private Field(JsonNode node, @Nullable Field holder, String name, int index) {
        this.node = node;
        this.holder = holder;
        this.name = name;
        this.index = index;
    }

    /** The place called {@code path} holding {@code node}. */
    public static Field of(JsonNode node, String path) {
        return new Field(node, null, path, NO_ITEM);
    }

    /** The {@code spec} of a resource. */
    public static Field spec(Resource resource) {
        return of(resource.spec(), "spec");
    }

    /** Where this is, from the resource's top: {@code spec.hosts[0]}. */
    public String path() {
        if (holder == null) {
            return name;
        }
        String before = holder.path();
        if (index != NO_ITEM) {
            return before + "[" + index + "]";
        }
        return before.isEmpty() ? name : before + "." + name;
    }

    /** The JSON value; a missing node if absent. */
    public JsonNode node() {
        return node;
    }

    /** Whether a value (other than null) stands here. */
    public boolean present() {
        return !node.isMissingNode() && !node.isNull();
    }

    /** Whether nothing stands here. */
    public boolean absent() {
        return !present();
    }

    /** The member {@code name} of this object; an absent field if there is none. */
    public Field get(String name) {
        JsonNode child = node.isObject() ? node.path(name) : MissingNode.getInstance();
        return new Field(child, this, name, NO_ITEM);
    }

    /** The elements of this list, in order; empty if this is no list. */
    public List<Field> items() {
        if (!node.isArray()) {
            return List.of();
        }
        List<Field> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            items.add(new Field(node.get(i), this, "", i));
        }
        return items;
    }

    /** The members of this object sorted by name, so that what is derived from them does not depend on the order of a file. */
    public Map<String, Field> members() {
        if (!node.isObject()) {
            return Map.of();
        }
        Map<String, Field> members = new TreeMap<>();
        node.properties().forEach(e -> members.put(e.getKey(), new Field(e.getValue(), this, e.getKey(), NO_ITEM)));
        return members;
    }

    /** This object as a map of texts in file order; members that are no scalars are left out. */
    public Map<String, String> textMap() {
        Map<String, String> texts = new LinkedHashMap<>();
        if (node.isObject()) {
            node.properties().forEach(e -> {
                if (e.getValue().isValueNode() && !e.getValue().isNull()) {
                    texts.put(e.getKey(), e.getValue().asText());
                }
            });
        }
        return texts;
    }

    /** The list of texts here; empty if this is no list. */
    public List<String> texts() {
        return items().stream().map(Field::text).toList();
    }

    /** The text here, or the empty string. */
    public String text() {
        return node.isValueNode() && !node.isNull() ? node.asText() : "";
    }

    /** The text here, or {@code fallback} if absent. */
    public String text(String fallback) {
        return present() ? text() : fallback;
    }

    /** The number here, if there is a whole number. */
    public OptionalInt integer() {
        if (node.canConvertToInt() && node.isNumber()) {
            return OptionalInt.of(node.intValue());
        }
        return OptionalInt.empty();
    }

    /** The number here, or {@code fallback}. */
    public int integer(int fallback) {
        return integer().orElse(fallback);
    }

    /** The number here, if any, with fractions. */
    public OptionalDouble decimal() {
        return node.isNumber() ? OptionalDouble.of(node.doubleValue()) : OptionalDouble.empty();
    }

    /** The truth value here, or {@code fallback}. */
    public boolean flag(boolean fallback) {
        return node.isBoolean() ? node.booleanValue() : fallback;
    }

    /** The duration here; empty if absent or not a duration (see {@link Durations}). */
    public Optional<Duration> duration() {
        return Durations.parse(text());
    }

    @Override
    public String toString() {
        return path() + " = " + node;
    }
}
