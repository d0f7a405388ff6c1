package io.inmesh.route;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;

/**
 * Replaces every match of a regular expression. Source: RE2 {@code GlobalReplace}, Envoy {@code RegexMatchAndSubstitute}: {@code \0} is
 * the whole match, {@code \1} to {@code \9} its groups, {@code \\} a backslash; nothing else may be escaped.
 */
final class Substitution {

    private final Pattern pattern;
    /** Literal text as strings, groups as integers. */
    private final List<Object> parts = new ArrayList<>();

    /**
     * Compiles a substitution.
     *
     * @throws IllegalArgumentException if the pattern is not valid, an escape is unknown or a group does not exist
     */
    Substitution(String regex, String substitution) {
        try {
            pattern = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("\"" + regex + "\" is not valid: " + e.getMessage(), e);
        }
        StringBuilder literal = new StringBuilder();
        for (int i = 0; i < substitution.length(); i++) {
            char c = substitution.charAt(i);
            if (c != '\\') {
                literal.append(c);
                continue;
            }
            i++;
            char escaped = i < substitution.length() ? substitution.charAt(i) : ' ';
            if (escaped == '\\') {
                literal.append('\\');
            } else if (escaped >= '0' && escaped <= '9') {
                parts.add(literal.toString());
                parts.add(group(escaped - '0'));
                literal.setLength(0);
            } else {
                throw new IllegalArgumentException("\"" + substitution
                        + "\" has a backslash that is followed neither by a digit nor by another one");
            }
        }
        parts.add(literal.toString());
    }

    private int group(int number) {
        if (number > pattern.groupCount()) {
            throw new IllegalArgumentException("\\" + number + " is not a group of \"" + pattern.pattern()
                    + "\", which has " + pattern.groupCount());
        }
        return number;
    }

    String apply(String text) {
        Matcher matcher = pattern.matcher(text);
        StringBuilder result = new StringBuilder(text.length() + 16);
        int end = 0;
        while (matcher.find()) {
            result.append(text, end, matcher.start());
            for (Object part : parts) {
                String group = part instanceof Integer number ? matcher.group(number) : (String) part;
                result.append(group == null ? "" : group);
            }
            end = matcher.end();
        }
        return result.append(text, end, text.length()).toString();
    }
}
