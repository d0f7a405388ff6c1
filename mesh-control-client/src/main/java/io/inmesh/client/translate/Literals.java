package io.inmesh.client.translate;

import org.jspecify.annotations.Nullable;

/** Regular expressions that stand for one text, which is quicker to compare as such. */
final class Literals {

    private static final String SPECIAL = ".+*?()|[]{}^$";

    private Literals() {}

    /** {@return the only text that an RE2 pattern matches; null if it may match others} */
    static @Nullable String literal(String pattern) {
        StringBuilder text = new StringBuilder(pattern.length());
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
                // An escaped letter or digit means something; an escaped sign means itself.
                if (i == pattern.length() || Character.isLetterOrDigit(pattern.charAt(i))) {
                    return null;
                }
                text.append(pattern.charAt(i));
            } else if (SPECIAL.indexOf(c) >= 0) {
                return null;
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
