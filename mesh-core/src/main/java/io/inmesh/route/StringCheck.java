package io.inmesh.route;

import io.inmesh.config.FieldProblems;
import io.inmesh.config.StringMatch;
import io.inmesh.match.TextTest;

/** Finds what is wrong with the test of a header or query parameter. */
final class StringCheck {

    private static final String USE_PRESENT = "test for presence instead";

    private StringCheck() {}

    static void check(StringMatch match, FieldProblems problems) {
        try {
            TextTest.compile(match);
        } catch (IllegalArgumentException e) {
            problems.report("regex", String.valueOf(e.getMessage()), "write a regular expression in RE2 syntax");
        }
        if (match instanceof StringMatch.Prefix prefix && prefix.value().isEmpty()) {
            problems.report("prefix", "is empty, which everything begins with", USE_PRESENT);
        } else if (match instanceof StringMatch.Suffix suffix && suffix.value().isEmpty()) {
            problems.report("suffix", "is empty, which everything ends with", USE_PRESENT);
        } else if (match instanceof StringMatch.Contains contains
                && contains.value().isEmpty()) {
            problems.report("contains", "is empty, which everything contains", USE_PRESENT);
        }
    }
}
