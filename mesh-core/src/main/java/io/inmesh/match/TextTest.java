package io.inmesh.match;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.inmesh.config.StringMatch;
import java.util.ArrayList;
import java.util.List;

/** A compiled {@link StringMatch}. Immutable and thread-safe. */
public sealed interface TextTest {

    /** {@return whether a value passes} */
    boolean test(String value);

    /**
     * {@return the compiled form of a match}
     *
     * @throws IllegalArgumentException if a regular expression is not valid RE2 syntax; the message has the position
     */
    static TextTest compile(StringMatch match) {
        if (match instanceof StringMatch.Exact exact) {
            return new Exact(exact.value(), exact.ignoreCase());
        } else if (match instanceof StringMatch.Prefix prefix) {
            return new Prefix(prefix.value(), prefix.ignoreCase());
        } else if (match instanceof StringMatch.Suffix suffix) {
            return new Suffix(suffix.value(), suffix.ignoreCase());
        } else if (match instanceof StringMatch.Contains contains) {
            return new Contains(contains.value(), contains.ignoreCase());
        } else if (match instanceof StringMatch.Regex regex) {
            Pattern pattern = compileRegex(regex.pattern());
            Glob[] globs = GlobParser.parse(regex.pattern());
            return globs == null ? new Regex(pattern) : new Wildcards(globs, pattern);
        }
        return Present.INSTANCE;
    }

    /** {@return a test that passes what either of two does} */
    static TextTest anyOf(TextTest first, TextTest second) {
        List<TextTest> all = new ArrayList<>();
        for (TextTest test : List.of(first, second)) {
            all.addAll(test instanceof AnyOf any ? List.of(any.tests()) : List.of(test));
        }
        return new AnyOf(all.toArray(new TextTest[0]));
    }

    private static Pattern compileRegex(String pattern) {
        try {
            return Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "\"" + pattern + "\" is not a valid RE2 regular expression: " + e.getMessage(), e);
        }
    }

    /** The whole value. */
    record Exact(String text, boolean ignoreCase) implements TextTest {
        @Override
        public boolean test(String value) {
            return ignoreCase ? text.equalsIgnoreCase(value) : text.equals(value);
        }
    }

    /** The beginning. */
    record Prefix(String text, boolean ignoreCase) implements TextTest {
        @Override
        public boolean test(String value) {
            return value.regionMatches(ignoreCase, 0, text, 0, text.length());
        }
    }

    /** The end. */
    record Suffix(String text, boolean ignoreCase) implements TextTest {
        @Override
        public boolean test(String value) {
            return value.regionMatches(ignoreCase, value.length() - text.length(), text, 0, text.length());
        }
    }

    /** A part. */
    record Contains(String text, boolean ignoreCase) implements TextTest {
        @Override
        public boolean test(String value) {
            if (!ignoreCase) {
                return value.contains(text);
            }
            for (int start = 0; start <= value.length() - text.length(); start++) {
                if (value.regionMatches(true, start, text, 0, text.length())) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A regular expression over the whole value; linear in its length, whatever the pattern. */
    record Regex(Pattern pattern) implements TextTest {
        @Override
        public boolean test(String value) {
            return pattern.matches(value);
        }
    }

    /** Wildcards, which were written as a regular expression. */
    record Wildcards(Glob[] globs, Pattern pattern) implements TextTest {
        @Override
        public boolean test(String value) {
            if (value.indexOf('\n') >= 0) {
                // The only character that a dot does not stand for.
                return pattern.matches(value);
            }
            for (Glob glob : globs) {
                if (glob.matches(value)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Any of several tests. */
    record AnyOf(TextTest[] tests) implements TextTest {
        @Override
        public boolean test(String value) {
            for (TextTest test : tests) {
                if (test.test(value)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Anything. */
    record Present() implements TextTest {
        static final Present INSTANCE = new Present();

        @Override
        public boolean test(String value) {
            return true;
        }
    }
}
