package io.inmesh.server.settings;

import io.inmesh.server.time.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One object of a settings file. Reading is strict: no value, a value of another type, or out of range, is an error that names the file,
 * the field and the remedy, and so is, at {@link #end}, every field that nobody has asked for. For one thread.
 */
public final class Section {

    private static final String EMPTY = "is empty; give it a value or leave it out";

    private final String file;
    private final Path folder;
    private final String path;
    private final Map<String, @Nullable Object> fields;
    private final Set<String> asked = new TreeSet<>();
    private final List<Section> parts = new ArrayList<>();

    Section(String file, Path folder, String path, Map<String, @Nullable Object> fields) {
        this.file = file;
        this.folder = folder;
        this.path = path;
        this.fields = fields;
    }

    /** {@return where this is, such as {@code access.users[0]}; empty for the whole file} */
    public String path() {
        return path;
    }

    /** {@return whether the field is there} */
    public boolean has(String name) {
        return value(name) != null;
    }

    /** {@return the names of all fields, for objects whose field names are data; they all count as asked for} */
    public Set<String> names() {
        asked.addAll(fields.keySet());
        return Set.copyOf(fields.keySet());
    }

    /** {@return the text of a field that has to be there} */
    public String text(String name) {
        return optionalText(name).orElseThrow(() -> fault(name, "is missing"));
    }

    /** {@return the text of a field, {@code fallback} without it} */
    public String text(String name, String fallback) {
        return optionalText(name).orElse(fallback);
    }

    /** {@return the text of a field, if it is there; numbers and booleans count as text} */
    public Optional<String> optionalText(String name) {
        Object value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Map || value instanceof List) {
            throw fault(name, "has to be a text");
        }
        String text = value.toString();
        if (text.isBlank()) {
            throw fault(name, EMPTY);
        }
        return Optional.of(text);
    }

    /** {@return the texts of a list; empty without the field} */
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Object item : list(name)) {
            if (item == null
                    || item instanceof Map
                    || item instanceof List
                    || item.toString().isBlank()) {
                throw fault(name + "[" + texts.size() + "]", "has to be a text");
            }
            texts.add(item.toString());
        }
        return List.copyOf(texts);
    }

    /** {@return an object whose values are texts, in the file's order; empty without the field} */
    public Map<String, String> textMap(String name) {
        Section object = section(name);
        Map<String, String> texts = new LinkedHashMap<>();
        object.fields.keySet().forEach(key -> texts.put(key, object.text(key)));
        return texts;
    }

    /** {@return a boolean, {@code fallback} without the field} */
    public boolean flag(String name, boolean fallback) {
        Object value = value(name);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw fault(name, "is \"" + value + "\" but has to be true or false");
    }

    /** {@return a whole number from {@code least} to {@code most}, {@code fallback} without the field} */
    public int number(String name, int fallback, int least, int most) {
        Object value = value(name);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Integer number && number >= least && number <= most) {
            return number;
        }
        throw fault(name, "is \"" + value + "\" but has to be a whole number from " + least + " to " + most);
    }

    /** {@return a positive duration such as {@code 20s} or {@code 1h30m}, {@code fallback} without the field} */
    public Duration duration(String name, Duration fallback) {
        Optional<String> text = optionalText(name);
        if (text.isEmpty()) {
            return fallback;
        }
        return text.flatMap(Durations::parse)
                .filter(duration -> !duration.isNegative() && !duration.isZero())
                .orElseThrow(
                        () -> fault(name, "is \"" + text.get() + "\" but has to be a duration such as 20s, 5m or 24h"));
    }

    /** {@return a path, relative ones from the settings file's folder; empty without the field. It need not exist} */
    public Optional<Path> file(String name) {
        return optionalText(name).map(folder::resolve);
    }

    /** {@return the paths of a list, relative ones from the settings file's folder; empty without the field. They need not exist} */
    public List<Path> files(String name) {
        return texts(name).stream().map(folder::resolve).toList();
    }

    /** {@return one of an enum's constants by its name, in any case, with {@code -} for {@code _}; {@code fallback} without the field} */
    public <E extends Enum<E>> E choice(String name, Class<E> type, E fallback) {
        Optional<String> text = optionalText(name);
        if (text.isEmpty()) {
            return fallback;
        }
        String wanted = text.get().toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> fault(
                        name,
                        "is \"" + text.get() + "\" but has to be one of " + Arrays.toString(type.getEnumConstants())));
    }

    /** {@return an object below this one; one without fields if it is absent, which {@link #has} tells} */
    public Section section(String name) {
        Object value = value(name);
        return value == null ? part(name, Map.of()) : part(name, value);
    }

    /** {@return the objects of a list; empty without the field} */
    public List<Section> sections(String name) {
        List<Section> sections = new ArrayList<>();
        for (Object item : list(name)) {
            sections.add(part(name + "[" + sections.size() + "]", item));
        }
        return List.copyOf(sections);
    }

    /**
     * {@return what to throw about a field of this section}
     *
     * @param name the field
     * @param problem what is wrong and what to do, to stand behind the field's path
     */
    public SettingsException fault(String name, String problem) {
        return new SettingsException(file + ": " + pathOf(name) + " " + problem);
    }

    /**
     * To be called when all parts have read what they know.
     *
     * @throws SettingsException if there is a field here or below that none of them knows
     */
    public void end() {
        for (String name : fields.keySet()) {
            if (!asked.contains(name)) {
                throw fault(name, "is unknown; known here are " + asked);
            }
        }
        parts.forEach(Section::end);
    }

    private @Nullable Object value(String name) {
        asked.add(name);
        Object value = fields.get(name);
        if (value == null && fields.containsKey(name)) {
            // Taken for absent, a section whose fields were lost would turn off what it is there for without a word.
            throw fault(name, EMPTY);
        }
        return value;
    }

    private List<?> list(String name) {
        Object value = value(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw fault(name, "has to be a list");
    }

    private Section part(String name, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw fault(name, "has to be an object with fields");
        }
        Section part = new Section(file, folder, pathOf(name), SettingsFile.named(map));
        parts.add(part);
        return part;
    }

    private String pathOf(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
