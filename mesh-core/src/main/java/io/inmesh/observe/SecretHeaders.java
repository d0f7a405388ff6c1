package io.inmesh.observe;

import java.util.Set;

/** Headers that prove who somebody is: their values have no place in logs and spans, whoever asks for them. */
final class SecretHeaders {

    private static final Set<String> NAMES =
            Set.of("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key");

    private SecretHeaders() {}

    /** {@return whether a header, in lower case, is one of them} */
    static boolean contains(String name) {
        return NAMES.contains(name);
    }
}
