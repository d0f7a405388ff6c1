package io.inmesh.server.write;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What differs between two versions of a resource, as YAML in unified form (as {@code diff -u} prints it). What the server sets is left out. */
public final class UnifiedDiff {

    private static final int CONTEXT_LINES = 3;

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    private UnifiedDiff() {}

    /**
     * {@return the differences; empty if there are none}
     *
     * @param before the resource before; null if there is none
     * @param after the resource after; null if there is none
     */
    public static String between(@Nullable Resource before, @Nullable Resource after) {
        Resource named = before == null ? after : before;
        if (named == null) {
            return "";
        }
        String name = named.key().namespace() + "/"
                + Kinds.of(named.key()).reference(named.key().name());
        return between(
                before == null ? "/dev/null" : "before/" + name,
                after == null ? "/dev/null" : "after/" + name,
                lines(before),
                lines(after));
    }

    /** {@return the differences between two texts, line by line; empty if there are none} */
    public static String between(String nameBefore, String nameAfter, List<String> before, List<String> after) {
        List<String> lines = UnifiedDiffUtils.generateUnifiedDiff(
                nameBefore, nameAfter, before, DiffUtils.diff(before, after), CONTEXT_LINES);
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    /** {@return a body as YAML} */
    public static String yaml(JsonNode body) {
        try {
            return YAML.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was read as JSON can be written as YAML", e);
        }
    }

    private static List<String> lines(@Nullable Resource resource) {
        return resource == null
                ? List.of()
                : yaml(ConfigWriter.content(resource)).lines().toList();
    }
}
