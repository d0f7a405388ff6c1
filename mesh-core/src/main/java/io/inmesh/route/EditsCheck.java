package io.inmesh.route;

import io.inmesh.config.FieldProblems;
import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.HeaderEditsConfig.Header;
import java.util.List;

/** Finds what is wrong with header edits: what could not be sent, or would smuggle a second header in. */
final class EditsCheck {

    private EditsCheck() {}

    static void check(HeaderEditsConfig edits, FieldProblems problems) {
        headers("set", edits.set(), problems);
        headers("add", edits.add(), problems);
        for (int i = 0; i < edits.remove().size(); i++) {
            name("remove[" + i + "]", edits.remove().get(i), problems);
        }
    }

    private static void headers(String field, List<Header> headers, FieldProblems problems) {
        for (Header header : headers) {
            String place = field + "[" + header.name() + "]";
            name(place, header.name(), problems);
            TextCheck.value(place, header.value(), problems);
        }
    }

    private static void name(String field, String name, FieldProblems problems) {
        if (name.startsWith(":") || name.equalsIgnoreCase("host")) {
            problems.report(field, "cannot be edited as a header", "rewrite the path or the authority instead");
        } else if (name.isEmpty() || !name.chars().allMatch(EditsCheck::isLowerToken)) {
            problems.report(
                    field, "\"" + name + "\" is not a lower case header name", "use a-z, 0-9 and !#$%&'*+-.^_`|~");
        }
    }

    /** Source: RFC 9110 5.6.2. */
    private static boolean isLowerToken(int c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
