package io.inmesh.server.rest;

import java.util.Map;

/** Label selectors of equality: {@code a=b,c!=d,e,!f}. */
final class Selectors {

    private Selectors() {}

    static boolean matches(String selector, Map<String, String> labels) {
        for (String part : selector.split(",")) {
            String term = part.strip();
            if (!term.isEmpty() && !holds(term, labels)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(String term, Map<String, String> labels) {
        int unequal = term.indexOf("!=");
        if (unequal > 0) {
            return !term.substring(unequal + 2)
                    .strip()
                    .equals(labels.get(term.substring(0, unequal).strip()));
        }
        int equals = term.indexOf('=');
        if (equals > 0) {
            String value = term.substring(equals + 1).strip();
            return (value.startsWith("=") ? value.substring(1).strip() : value)
                    .equals(labels.get(term.substring(0, equals).strip()));
        }
        return term.startsWith("!") ? !labels.containsKey(term.substring(1).strip()) : labels.containsKey(term);
    }
}
