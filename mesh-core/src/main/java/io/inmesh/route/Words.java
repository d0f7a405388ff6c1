package io.inmesh.route;

import io.inmesh.config.StringMatch;

/** Says in words what a test asks for. */
final class Words {

    private Words() {}

    static String of(StringMatch match) {
        if (match instanceof StringMatch.Exact exact) {
            return quoted(exact.value()) + anyCase(exact.ignoreCase());
        } else if (match instanceof StringMatch.Prefix prefix) {
            return "something that begins with " + quoted(prefix.value()) + anyCase(prefix.ignoreCase());
        } else if (match instanceof StringMatch.Suffix suffix) {
            return "something that ends with " + quoted(suffix.value()) + anyCase(suffix.ignoreCase());
        } else if (match instanceof StringMatch.Contains contains) {
            return "something that contains " + quoted(contains.value()) + anyCase(contains.ignoreCase());
        } else if (match instanceof StringMatch.Regex regex) {
            return "something that matches " + quoted(regex.pattern());
        }
        return "present";
    }

    private static String anyCase(boolean ignoreCase) {
        return ignoreCase ? " in any case" : "";
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
