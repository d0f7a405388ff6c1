package io.inmesh.server.model;

import java.util.Locale;
import java.util.Set;

/** Headers that prove who somebody is: their values have no place in logs, spans or dumps, whoever asks for them. */
public final class SecretHeaders {

    private static final Set<String> NAMES =
            Set.of("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key");

    private SecretHeaders() {}

    /** {@return whether a header is one of them; names are compared without regard to case} */
    public static boolean contains(String name) {
        return NAMES.contains(name.toLowerCase(Locale.ROOT));
    }
}
