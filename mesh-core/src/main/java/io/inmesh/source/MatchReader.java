package io.inmesh.source;

import io.inmesh.config.HeaderMatch;
import io.inmesh.config.PathMatch;
import io.inmesh.config.PathMatch.Kind;
import io.inmesh.config.QueryMatch;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.StringMatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Reads {@code match}, and the tests of texts that occur elsewhere too. */
final class MatchReader {

    private static final Map<String, Kind> PATHS = new LinkedHashMap<>();
    private static final Map<String, BiFunction<String, Boolean, StringMatch>> TEXTS = new LinkedHashMap<>();

    static {
        PATHS.put("exact", Kind.EXACT);
        PATHS.put("prefix", Kind.PREFIX);
        PATHS.put("segmentPrefix", Kind.SEGMENT_PREFIX);
        PATHS.put("regex", Kind.REGEX);
        TEXTS.put("exact", StringMatch.Exact::new);
        TEXTS.put("prefix", StringMatch.Prefix::new);
        TEXTS.put("suffix", StringMatch.Suffix::new);
        TEXTS.put("contains", StringMatch.Contains::new);
        TEXTS.put("regex", (text, ignoreCase) -> new StringMatch.Regex(text));
    }

    private MatchReader() {}

    static RouteMatch read(Section match) {
        return new RouteMatch(
                match.section("path", MatchReader::path, PathMatch.ANY),
                MeshConfigYaml.all(match.list("headers"), MatchReader::header),
                MeshConfigYaml.all(match.list("query"), MatchReader::query));
    }

    private static @Nullable PathMatch path(Section path) {
        boolean ignoreCase = path.flag("ignoreCase", false);
        PathMatch found = null;
        for (Map.Entry<String, Kind> kind : PATHS.entrySet()) {
            String text = path.text(kind.getKey());
            found = text == null ? found : new PathMatch(kind.getValue(), text, ignoreCase);
        }
        return one(path, List.copyOf(PATHS.keySet())) ? found : null;
    }

    static @Nullable HeaderMatch header(Section header) {
        String name = header.required("name");
        boolean invert = header.flag("invert", false);
        boolean missingAsEmpty = header.flag("missingAsEmpty", false);
        StringMatch match = textWithin(header);
        return match == null ? null : new HeaderMatch(name, match, invert, missingAsEmpty);
    }

    private static @Nullable QueryMatch query(Section query) {
        String name = query.required("name");
        StringMatch match = textWithin(query);
        return match == null ? null : new QueryMatch(name, match);
    }

    /** {@return the test of a text that is a mapping of its own, such as {@code {prefix: a}}} */
    static @Nullable StringMatch text(Value value) {
        return value.<StringMatch>read(MatchReader::textWithin);
    }

    /** {@return the test of a text among the keys of a mapping} */
    static @Nullable StringMatch textWithin(Section section) {
        boolean ignoreCase = section.flag("ignoreCase", false);
        StringMatch found = null;
        for (Map.Entry<String, BiFunction<String, Boolean, StringMatch>> kind : TEXTS.entrySet()) {
            String text = section.text(kind.getKey());
            found = text == null ? found : kind.getValue().apply(text, ignoreCase);
        }
        if (section.flag("present", false)) {
            found = StringMatch.present();
        }
        return one(section, List.of("exact", "prefix", "suffix", "contains", "regex", "present")) ? found : null;
    }

    private static boolean one(Section section, List<String> kinds) {
        long given = kinds.stream().filter(section.keys()::contains).count();
        if (given != 1) {
            section.value().report("has " + given + " tests", "give exactly one of " + String.join(", ", kinds));
        }
        return given == 1;
    }
}
