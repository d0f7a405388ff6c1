package io.inmesh.route;

import io.inmesh.config.FieldProblems;
import org.jspecify.annotations.Nullable;

/** Finds texts that could not be sent. HTTP clients throw at them, which the application would have to catch at each call. */
final class TextCheck {

    private TextCheck() {}

    /** Reports what cannot stand in a header's value, or would smuggle a second header in; null is fine. */
    static void value(String field, @Nullable String text, FieldProblems problems) {
        if (text != null && !text.chars().allMatch(c -> c == '\t' || c >= ' ' && c <= '~')) {
            problems.report(field, "has a character that a header cannot have", "use ASCII without line breaks");
        }
    }

    /** Reports what is no host, with or without port; null is fine. */
    static void authority(String field, @Nullable String text, FieldProblems problems) {
        if (text == null) {
            return;
        }
        if (text.isBlank()) {
            problems.report(field, "is empty", "name a host, or leave it out");
        } else if (!text.chars().allMatch(c -> c > ' ' && c <= '~' && c != '/')) {
            problems.report(field, "is no host", "use letters, digits, dashes and dots");
        }
    }
}
