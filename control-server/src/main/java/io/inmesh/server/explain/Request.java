package io.inmesh.server.explain;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request as routing sees it.
 *
 * @param method HTTP method
 * @param authority host, and port if one is written
 * @param path path and query
 * @param headers other headers; names in any case
 */
public record Request(String method, String authority, String path, Map<String, String> headers) {
    public Request {
        Map<String, String> lower = new TreeMap<>();
        headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
        headers = Map.copyOf(lower);
    }

    /** The value of a header or pseudo header by its lower-case name; null if there is none. */
    @Nullable
    String header(String name) {
        return switch (name) {
            case ":method" -> method;
            case ":authority", "host" -> authority;
            case ":path" -> path;
            case ":scheme" -> "http";
            default -> headers.get(name);
        };
    }

    /** The path without query. */
    String pathOnly() {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    /** The value of a query parameter (empty if it has none); null if it does not occur. */
    @Nullable
    String queryParameter(String name) {
        int query = path.indexOf('?');
        if (query < 0) {
            return null;
        }
        for (String pair : path.substring(query + 1).split("&")) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (key.equals(name)) {
                return equals < 0 ? "" : pair.substring(equals + 1);
            }
        }
        return null;
    }
}
