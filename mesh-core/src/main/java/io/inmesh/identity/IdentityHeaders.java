package io.inmesh.identity;

import java.util.List;
import java.util.Locale;

/**
 * Headers that claim an identity. A client can write anything into them, so adapters hide them from the application on every
 * request; who the peer is comes from its certificate alone.
 *
 * <p>Source: Envoy {@code forward_client_cert_details: SANITIZE}; the lesson of CVE-2023-27487.
 */
public final class IdentityHeaders {

    /** Exact lower case names. */
    public static final List<String> NAMES = List.of("x-forwarded-client-cert");

    /** Lower case prefix of every other name of this kind. */
    public static final String PREFIX = "x-inmesh-";

    private IdentityHeaders() {}

    /** {@return whether a header must be hidden, whatever the case of its name} */
    public static boolean hides(String name) {
        return startsWithIgnoreCase(name, PREFIX) || NAMES.contains(name.toLowerCase(Locale.ROOT));
    }

    private static boolean startsWithIgnoreCase(String name, String prefix) {
        return name.regionMatches(true, 0, prefix, 0, prefix.length());
    }
}
