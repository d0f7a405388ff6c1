package io.inmesh.server.translate;

import java.util.Locale;
import java.util.Set;

/** Keys of {@code when} conditions, and which clients can evaluate them. */
public final class AuthorizationKeys {
    private static final String HEADER = "request.headers[";
    private static final Set<String> PLAIN = Set.of(
            "source.ip",
            "remote.ip",
            "source.namespace",
            "source.principal",
            "source.serviceAccount",
            "source.trustDomain",
            "destination.ip",
            "destination.port",
            "connection.sni");

    private AuthorizationKeys() {}

    /** Whether clients of this personality can evaluate {@code key}. */
    public static boolean evaluable(String key, Personality personality) {
        String header = headerName(key);
        if (personality == Personality.GRPC_SAFE) {
            // gRFC A41: the server name is not known there, and these headers make the whole filter invalid.
            return !key.equals("connection.sni")
                    && !header.startsWith("grpc-")
                    && !header.equals(":scheme")
                    && (!header.isEmpty() || PLAIN.contains(key));
        }
        return !header.isEmpty() || PLAIN.contains(key);
    }

    /** Whether {@code key} is one that Istio defines at all. */
    public static boolean known(String key) {
        return PLAIN.contains(key)
                || !headerName(key).isEmpty()
                || key.startsWith("request.auth.")
                || key.startsWith("experimental.envoy.filters.");
    }

    /** The header a key names, in lower case; empty if it names none. */
    static String headerName(String key) {
        return key.startsWith(HEADER) && key.endsWith("]")
                ? key.substring(HEADER.length(), key.length() - 1).toLowerCase(Locale.ROOT)
                : "";
    }
}
