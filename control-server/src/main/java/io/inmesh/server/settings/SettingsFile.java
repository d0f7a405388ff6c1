package io.inmesh.server.settings;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the file named by {@code serve --config}: one YAML document with a section for each part of the server. Read once, at start; a
 * server with a wrong file does not start.
 */
public final class SettingsFile {

    private static final int MAX_BYTES = 1 << 20;

    /** What begins with a star or an exclamation mark and is not in quotes is taken for a name, which the parser tells. */
    private static final Pattern QUOTED = Pattern.compile("\\b(alias|tag) \\S.*", Pattern.DOTALL);

    private SettingsFile() {}

    /** {@return the settings of a server without a file: every section is absent} */
    public static Section none() {
        return new Section("settings", Path.of(""), "", Map.of());
    }

    /**
     * {@return what {@code file} holds; call {@link Section#end} when every part has read its section}
     *
     * @throws IOException if it cannot be read
     * @throws SettingsException if it is no YAML document with fields
     */
    public static Section read(Path file) throws IOException {
        return read(file, content -> content);
    }

    /**
     * {@return what a file of other programs holds, where a field without value is the same as no field}
     *
     * @throws IOException if it cannot be read
     * @throws SettingsException if it is no YAML document with fields
     */
    public static Section readOfOthers(Path file) throws IOException {
        return read(file, SettingsFile::withoutEmpty);
    }

    private static Section read(Path file, UnaryOperator<@Nullable Object> form) throws IOException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new SettingsException(file + " has more than " + MAX_BYTES + " bytes; is it the right file?");
            }
            return parse(file, Files.readString(file), form);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file + "; correct its name", e);
        } catch (MalformedInputException e) {
            throw new SettingsException(file + " is no text in UTF-8; is it the right file?");
        } catch (IOException e) {
            throw new IOException(file + " cannot be read (" + why(e) + ")", e);
        }
    }

    /** {@return the reason; some exceptions have only the file for a message} */
    private static String why(IOException e) {
        return e instanceof AccessDeniedException ? "no right to read it" : String.valueOf(e.getMessage());
    }

    private static Section parse(Path file, String text, UnaryOperator<@Nullable Object> form) {
        @Nullable Object content;
        try {
            content = form.apply(new Load(LoadSettings.builder()
                            .setLabel(file.toString())
                            .setAllowDuplicateKeys(false)
                            .build())
                    .loadFromString(text));
        } catch (MarkedYamlEngineException e) {
            throw new SettingsException(file + " is no YAML" + place(e) + ": " + problem(e));
        } catch (YamlEngineException e) {
            throw new SettingsException(file + " is no YAML: " + e.getMessage());
        }
        Path folder = file.toAbsolutePath().getParent();
        Path base = folder == null ? Path.of("/") : folder;
        if (content == null) {
            return new Section(file.toString(), base, "", Map.of());
        }
        if (!(content instanceof Map<?, ?> fields)) {
            throw new SettingsException(file + " has to be a YAML object of sections, not a list or a text");
        }
        return new Section(file.toString(), base, "", named(fields));
    }

    private static String place(MarkedYamlEngineException e) {
        return e.getProblemMark()
                .map(mark -> ", line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1))
                .orElse("");
    }

    /** {@return what is wrong, without what the file says there: its message quotes that, and it may be half of a secret} */
    private static String problem(MarkedYamlEngineException e) {
        return QUOTED.matcher(e.getProblem()).replaceFirst("$1");
    }

    static Map<String, @Nullable Object> named(Map<?, ?> fields) {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        fields.forEach((name, value) -> named.put(String.valueOf(name), value));
        return named;
    }

    private static @Nullable Object withoutEmpty(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(SettingsFile::withoutEmpty).toList();
        }
        if (value instanceof Map<?, ?> fields) {
            Map<Object, Object> full = new LinkedHashMap<>();
            fields.forEach((name, one) -> {
                Object kept = withoutEmpty(one);
                if (kept != null) {
                    full.put(name, kept);
                }
            });
            return full;
        }
        return value;
    }
}
