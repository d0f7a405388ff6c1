package io.inmesh.config;

import java.util.Objects;

/**
 * A test of one string value.
 *
 * <p>Source: Istio {@code StringMatch}, Envoy {@code type.matcher.v3.StringMatcher}. Regular expressions use RE2 syntax
 * and must match the whole value.
 */
public sealed interface StringMatch {

    /**
     * Equal to {@code value}.
     *
     * @param value what the value must be
     * @param ignoreCase whether ASCII case is ignored
     */
    record Exact(String value, boolean ignoreCase) implements StringMatch {
        public Exact {
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * Starts with {@code value}, compared as raw characters.
     *
     * @param value the prefix; may be empty, which matches everything
     * @param ignoreCase whether ASCII case is ignored
     */
    record Prefix(String value, boolean ignoreCase) implements StringMatch {
        public Prefix {
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * Ends with {@code value}.
     *
     * @param value the suffix
     * @param ignoreCase whether ASCII case is ignored
     */
    record Suffix(String value, boolean ignoreCase) implements StringMatch {
        public Suffix {
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * Contains {@code value}.
     *
     * @param value the part looked for
     * @param ignoreCase whether ASCII case is ignored
     */
    record Contains(String value, boolean ignoreCase) implements StringMatch {
        public Contains {
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * Matches an RE2 regular expression as a whole.
     *
     * @param pattern RE2 syntax; an invalid one is a problem found by the snapshot compiler
     */
    record Regex(String pattern) implements StringMatch {
        public Regex {
            Objects.requireNonNull(pattern, "pattern");
        }
    }

    /** Any value, as long as there is one. */
    record Present() implements StringMatch {}

    /** {@return a case-sensitive exact match} */
    static StringMatch exact(String value) {
        return new Exact(value, false);
    }

    /** {@return a case-sensitive prefix match} */
    static StringMatch prefix(String value) {
        return new Prefix(value, false);
    }

    /** {@return a case-sensitive suffix match} */
    static StringMatch suffix(String value) {
        return new Suffix(value, false);
    }

    /** {@return a whole-value RE2 match} */
    static StringMatch regex(String pattern) {
        return new Regex(pattern);
    }

    /** {@return a match of every value that is there} */
    static StringMatch present() {
        return new Present();
    }
}
