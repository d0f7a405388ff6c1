package io.inmesh.identity;

import java.util.Objects;

/**
 * A SPIFFE identity: {@code spiffe://trust-domain/path}.
 *
 * <p>Source: SPIFFE-ID standard, sections 2.1 to 2.4. Parsing is strict: scheme in lower case, trust domain of {@code
 * [a-z0-9.-_]}, no port or user info, path segments of {@code [a-zA-Z0-9.-_]} that are not empty, {@code .} or {@code ..},
 * no trailing slash, no percent-encoding, at most 2048 bytes.
 *
 * @param trustDomain trust domain, lower case
 * @param path path with its leading slash, or empty for the trust domain itself
 */
public record SpiffeId(String trustDomain, String path) {

    private static final String SCHEME = "spiffe://";
    private static final int MAX_LENGTH = 2048;

    /** Checks both parts. */
    public SpiffeId {
        Objects.requireNonNull(trustDomain, "trustDomain");
        Objects.requireNonNull(path, "path");
        if (SCHEME.length() + trustDomain.length() + path.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("SPIFFE id is longer than " + MAX_LENGTH + " bytes");
        }
        if (trustDomain.isEmpty() || !allIn(trustDomain, 0, trustDomain.length(), false)) {
            throw new IllegalArgumentException(
                    "SPIFFE trust domain must be lower case letters, digits, dots, dashes and underscores: "
                            + trustDomain);
        }
        checkPath(path);
    }

    /**
     * {@return the identity written in a URI}
     *
     * @param uri text such as {@code spiffe://inmesh.local/ns/default/sa/reviews}
     * @throws IllegalArgumentException if it is not a valid SPIFFE id; the message says which rule it breaks
     */
    public static SpiffeId parse(String uri) {
        if (!uri.startsWith(SCHEME)) {
            throw new IllegalArgumentException("SPIFFE id must start with " + SCHEME + ": " + uri);
        }
        int slash = uri.indexOf('/', SCHEME.length());
        return slash < 0
                ? new SpiffeId(uri.substring(SCHEME.length()), "")
                : new SpiffeId(uri.substring(SCHEME.length(), slash), uri.substring(slash));
    }

    /** {@return the identity of a service account, in the form Istio uses} */
    public static SpiffeId of(String trustDomain, String namespace, String serviceAccount) {
        return new SpiffeId(trustDomain, "/ns/" + namespace + "/sa/" + serviceAccount);
    }

    /** {@return the identity as a URI} */
    @Override
    public String toString() {
        return SCHEME + trustDomain + path;
    }

    private static void checkPath(String path) {
        if (path.isEmpty()) {
            return;
        }
        int start = 0;
        while (start < path.length()) {
            if (path.charAt(start) != '/') {
                throw new IllegalArgumentException("SPIFFE path must start with a slash: " + path);
            }
            int end = path.indexOf('/', start + 1);
            end = end < 0 ? path.length() : end;
            String segment = path.substring(start + 1, end);
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw new IllegalArgumentException("SPIFFE path must not have empty, . or .. segments: " + path);
            }
            if (!allIn(segment, 0, segment.length(), true)) {
                throw new IllegalArgumentException(
                        "SPIFFE path segments are letters, digits, dots, dashes and underscores: " + path);
            }
            start = end;
        }
    }

    private static boolean allIn(String text, int from, int to, boolean upperCase) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            boolean fine = (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '-'
                    || c == '_'
                    || (upperCase && c >= 'A' && c <= 'Z');
            if (!fine) {
                return false;
            }
        }
        return true;
    }
}
