package io.inmesh.server.explain;

import com.google.re2j.Pattern;
import io.inmesh.xds.type.matcher.StringMatcher;
import java.util.Locale;

/** Evaluates string matchers. */
final class StringMatching {
    private StringMatching() {}

    static boolean matches(StringMatcher matcher, String text) {
        boolean ignoreCase = matcher.getIgnoreCase();
        String value = ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
        return switch (matcher.getMatchPatternCase()) {
            case EXACT -> value.equals(fold(matcher.getExact(), ignoreCase));
            case PREFIX -> value.startsWith(fold(matcher.getPrefix(), ignoreCase));
            case SUFFIX -> value.endsWith(fold(matcher.getSuffix(), ignoreCase));
            case CONTAINS -> value.contains(fold(matcher.getContains(), ignoreCase));
            case SAFE_REGEX -> Pattern.matches(matcher.getSafeRegex().getRegex(), text);
            case MATCHPATTERN_NOT_SET -> false;
        };
    }

    /** For people: {@code exact "jason"}. */
    static String describe(StringMatcher matcher) {
        return switch (matcher.getMatchPatternCase()) {
            case EXACT -> "exact \"" + matcher.getExact() + "\"";
            case PREFIX -> "prefix \"" + matcher.getPrefix() + "\"";
            case SUFFIX -> "suffix \"" + matcher.getSuffix() + "\"";
            case CONTAINS -> "containing \"" + matcher.getContains() + "\"";
            case SAFE_REGEX -> "regex \"" + matcher.getSafeRegex().getRegex() + "\"";
            case MATCHPATTERN_NOT_SET -> "nothing";
        };
    }

    private static String fold(String text, boolean ignoreCase) {
        return ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
    }
}
