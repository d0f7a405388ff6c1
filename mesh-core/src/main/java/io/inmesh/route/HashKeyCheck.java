package io.inmesh.route;

import io.inmesh.config.FieldProblems;
import io.inmesh.config.HashKeyConfig;
import java.util.List;

/** Finds what is wrong with the keys of a route. */
final class HashKeyCheck {

    private HashKeyCheck() {}

    static void check(List<HashKeyConfig> keys, FieldProblems problems) {
        for (int i = 0; i < keys.size(); i++) {
            HashKeyConfig key = keys.get(i);
            String field = "hashOn[" + i + "]";
            if (key instanceof HashKeyConfig.Cookie cookie) {
                name(cookie.name(), field, problems);
                if (!safe(cookie.path())
                        || !cookie.attributes().stream()
                                .allMatch(attribute -> safe(attribute.name()) && safe(attribute.value()))) {
                    problems.report(field, "would end the cookie early", "leave out semicolons and control characters");
                }
                if (cookie.ttl() != null && cookie.ttl().isNegative()) {
                    problems.report(field + ".ttl", "is negative", "use 0s for a cookie of the session");
                }
            } else if (key instanceof HashKeyConfig.Header header) {
                name(header.name(), field, problems);
            } else if (key instanceof HashKeyConfig.QueryParameter parameter
                    && parameter.name().isEmpty()) {
                problems.report(field, "has no name", "name the query parameter");
            }
        }
    }

    private static void name(String name, String field, FieldProblems problems) {
        if (name.isEmpty() || !safe(name) || name.indexOf('=') >= 0 || name.indexOf(' ') >= 0) {
            problems.report(field, "has no usable name: \"" + name + "\"", "give the name of a header or cookie");
        }
    }

    private static boolean safe(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != ';');
    }
}
