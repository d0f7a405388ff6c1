package io.inmesh.server.translate;

import io.inmesh.server.rule.Field;
import io.inmesh.xds.type.matcher.RegexMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;

/** Istio's {@code StringMatch} (exact, prefix or regex; empty means "present"). */
final class StringMatchers {
    /** Any text; Istio keeps a lone star as a regex from older releases. */
    private static final String LEGACY_ANY = "*";

    private StringMatchers() {}

    /** Whether {@code match} asks only for presence: {@code {}}, or the regex {@code *} of old. */
    static boolean presence(Field match) {
        return (match.get("exact").absent()
                        && match.get("prefix").absent()
                        && match.get("regex").absent())
                || match.get("regex").text().equals(LEGACY_ANY);
    }

    static StringMatcher of(Field match) {
        if (match.get("exact").present()) {
            return StringMatcher.newBuilder()
                    .setExact(match.get("exact").text())
                    .build();
        }
        if (match.get("prefix").present()) {
            return StringMatcher.newBuilder()
                    .setPrefix(match.get("prefix").text())
                    .build();
        }
        return StringMatcher.newBuilder()
                .setSafeRegex(regex(match.get("regex").text()))
                .build();
    }

    /** A regular expression in RE2 syntax; it has to match the whole text. */
    static RegexMatcher regex(String regex) {
        return RegexMatcher.newBuilder().setRegex(regex).build();
    }
}
