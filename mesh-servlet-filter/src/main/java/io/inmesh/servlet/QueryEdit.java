package io.inmesh.servlet;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Leaves parameters out of queries, however their names are written. */
final class QueryEdit {

    private final Set<String> hidden;

    QueryEdit(Set<String> hidden) {
        this.hidden = hidden;
    }

    /** {@return a query without the parameters, null if nothing is left} */
    @Nullable
    String shown(@Nullable String query) {
        if (query == null || hidden.isEmpty()) {
            return query;
        }
        List<String> kept = new ArrayList<>();
        for (String pair : query.split("&", -1)) {
            if (!hidden.contains(nameOf(pair))) {
                kept.add(pair);
            }
        }
        return kept.isEmpty() ? null : String.join("&", kept);
    }

    /** {@return how often a parameter is left out of a query} */
    int count(@Nullable String query, String name) {
        int count = 0;
        if (query != null && hidden.contains(name)) {
            for (String pair : query.split("&", -1)) {
                count += name.equals(nameOf(pair)) ? 1 : 0;
            }
        }
        return count;
    }

    private static String nameOf(String pair) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return name;
        }
    }
}
