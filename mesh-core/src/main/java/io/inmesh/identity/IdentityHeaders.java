package io.inmesh.identity;

import java.util.List;
import java.util.Locale;

/**
 * Headers that claim an identity, or something that only the infrastructure could know. A client can write anything into them, so
 * adapters hide them from the application on every request, and policies cannot test them; who the peer is comes from its certificate
 * alone.
 *
 * <p>What is left to the application, as claims of whoever sent them: {@code forwarded}, the other {@code x-forwarded-*}, and the
 * {@code x-envoy-*} headers by which callers announce their timeout and try.
 *
 * <p>Source: Envoy {@code forward_client_cert_details: SANITIZE} and the headers it removes from external requests; the lesson of
 * CVE-2023-27487.
 */
public final class IdentityHeaders {

    /** Exact lower case names. */
    public static final List<String> NAMES = List.of(
            "x-forwarded-client-cert",
            "x-envoy-decorator-operation",
            "x-envoy-downstream-service-cluster",
            "x-envoy-downstream-service-node",
            "x-envoy-external-address",
            "x-envoy-internal",
            "x-envoy-original-host",
            "x-envoy-original-path",
            "x-envoy-peer-metadata",
            "x-envoy-peer-metadata-id");

    /** Lower case prefix of every other name of this kind. */
    public static final String PREFIX = "x-inmesh-";

    private static final int PREFIX_LENGTH = PREFIX.length();

    private IdentityHeaders() {}

    /**
     * {@return whether a header must be hidden, whatever the case of its name}
     *
     * <p>An underscore counts as a dash, since some readers of headers make no difference (CGI, RFC 3875 4.1.18).
     */
    public static boolean hides(String name) {
        if (name.length() < PREFIX_LENGTH || (name.charAt(0) | ' ') != 'x' || !isDash(name.charAt(1))) {
            return false;
        }
        String plain = name.toLowerCase(Locale.ROOT).replace('_', '-');
        return plain.startsWith(PREFIX) || NAMES.contains(plain);
    }

    private static boolean isDash(char c) {
        return c == '-' || c == '_';
    }
}
