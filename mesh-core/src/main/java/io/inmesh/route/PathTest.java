package io.inmesh.route;

import com.google.re2j.Pattern;
import io.inmesh.config.PathMatch;
import io.inmesh.config.PathMatch.Kind;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A compiled {@link PathMatch}. */
final class PathTest {

    private final PathMatch match;
    private final Kind kind;
    private final String value;
    private final boolean ignoreCase;
    private final @Nullable Pattern pattern;

    PathTest(PathMatch match) {
        this.match = match;
        this.kind = match.kind();
        this.value = match.value();
        this.ignoreCase = match.ignoreCase();
        this.pattern = kind == Kind.REGEX ? Pattern.compile(match.value()) : null;
    }

    boolean test(String path) {
        return switch (kind) {
            case EXACT -> ignoreCase ? path.equalsIgnoreCase(value) : path.equals(value);
            case PREFIX -> startsWith(path);
            case SEGMENT_PREFIX -> startsWith(path) && endsSegment(path);
            case REGEX -> Objects.requireNonNull(pattern).matches(path);
        };
    }

    /** {@return whether a path passes of which it is known that it equals, or begins with, the text asked for} */
    boolean testFiled(String path) {
        return kind != Kind.SEGMENT_PREFIX || endsSegment(path);
    }

    private boolean startsWith(String path) {
        return !ignoreCase ? path.startsWith(value) : path.regionMatches(ignoreCase, 0, value, 0, value.length());
    }

    private boolean endsSegment(String path) {
        return path.length() == value.length() || value.endsWith("/") || path.charAt(value.length()) == '/';
    }

    /** {@return how many characters of a path that passes a rewrite replaces} */
    int replaced(String path) {
        return kind == Kind.EXACT || kind == Kind.REGEX ? path.length() : value.length();
    }

    /** {@return whether a rewrite must keep whole segments} */
    boolean bySegment() {
        return kind == Kind.SEGMENT_PREFIX;
    }

    /** {@return what it asks for, e.g. {@code begins with "/v2"}} */
    @Override
    public String toString() {
        String words = switch (kind) {
            case EXACT -> "is";
            case PREFIX -> "begins with";
            case SEGMENT_PREFIX -> "is in or below";
            case REGEX -> "matches";
        };
        return words + " \"" + match.value() + "\"" + (ignoreCase ? " in any case" : "");
    }
}
