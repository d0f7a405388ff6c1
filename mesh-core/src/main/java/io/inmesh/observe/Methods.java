package io.inmesh.observe;

import org.jspecify.annotations.Nullable;

/** HTTP methods as small numbers. Unknown ones count as one, since clients can invent any (OpenTelemetry: {@code _OTHER}). */
final class Methods {

    private static final String[] NAMES = {
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "QUERY", "_OTHER"
    };
    private static final int OTHER = NAMES.length - 1;

    private static final int KEPT = 256;
    private static final int PLACES = KEPT - 1;
    /** Clients choose paths, so of those no longer than methods are, the last ones are kept and no more. */
    private static final int LONGEST_KEPT = 200;

    private static final @Nullable Named[] RECENT = new @Nullable Named[KEPT];

    /** A path and what is called by it. */
    private record Named(String path, String method) {}

    private Methods() {}

    static int index(String method) {
        for (int i = 0; i < OTHER; i++) {
            if (NAMES[i].equals(method)) {
                return i;
            }
        }
        return OTHER;
    }

    static String name(int index) {
        return NAMES[index];
    }

    /** {@return the name of a gRPC method: its path without the first slash} */
    static String grpc(String path) {
        int place = path.hashCode() & PLACES;
        Named known = RECENT[place];
        if (known != null && known.path.equals(path)) {
            return known.method;
        }
        String method = path.startsWith("/") ? path.substring(1) : path;
        if (path.length() <= LONGEST_KEPT) {
            // No lock: what is lost by a race is made again.
            RECENT[place] = new Named(path, method);
        }
        return method;
    }

    static String known(String method) {
        return NAMES[index(method)];
    }
}
