package io.inmesh.config;

import java.util.Objects;

/**
 * A test of the request path, without query and fragment.
 *
 * <p>Source: Envoy {@code RouteMatch.path_specifier}; Istio {@code HTTPMatchRequest.uri}; Gateway API {@code HTTPPathMatch}.
 *
 * @param kind how {@code value} is compared
 * @param value path text, or an RE2 pattern for {@link Kind#REGEX}
 * @param ignoreCase whether ASCII case is ignored; has no meaning for {@link Kind#REGEX}
 */
public record PathMatch(Kind kind, String value, boolean ignoreCase) {

    /** How a path is compared. */
    public enum Kind {
        /** The whole path equals the value. */
        EXACT,
        /** The path starts with the value as raw characters: {@code /v2} matches {@code /v2x} (Istio VirtualService). */
        PREFIX,
        /** The path equals the value or continues it after a slash: {@code /v2} matches {@code /v2/x} only (Gateway API). */
        SEGMENT_PREFIX,
        /** The whole path matches an RE2 pattern. */
        REGEX
    }

    /** Every path. */
    public static final PathMatch ANY = new PathMatch(Kind.PREFIX, "/", false);

    /** Checks that nothing is missing. */
    public PathMatch {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(value, "value");
    }

    /** {@return a match of exactly this path} */
    public static PathMatch exact(String path) {
        return new PathMatch(Kind.EXACT, path, false);
    }

    /** {@return a raw character prefix match} */
    public static PathMatch prefix(String prefix) {
        return new PathMatch(Kind.PREFIX, prefix, false);
    }

    /** {@return a whole-path RE2 match} */
    public static PathMatch regex(String pattern) {
        return new PathMatch(Kind.REGEX, pattern, false);
    }
}
