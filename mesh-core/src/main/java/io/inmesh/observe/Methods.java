package io.inmesh.observe;

/** HTTP methods as small numbers. Unknown ones count as one, since clients can invent any (OpenTelemetry: {@code _OTHER}). */
final class Methods {

    private static final String[] NAMES = {
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "QUERY", "_OTHER"
    };
    private static final int OTHER = NAMES.length - 1;

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
        return path.startsWith("/") ? path.substring(1) : path;
    }

    static String known(String method) {
        return NAMES[index(method)];
    }
}
