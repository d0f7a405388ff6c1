package io.inmesh.config;

import java.util.Locale;
import java.util.Objects;

/**
 * A test of one request header. The pseudo headers {@code :method}, {@code :authority} and {@code :scheme} are valid names.
 *
 * <p>Source: Envoy {@code HeaderMatcher}; Istio {@code HTTPMatchRequest.headers} and {@code withoutHeaders}.
 *
 * @param name lower case header name
 * @param match the test of the value; several values of one header are joined with a comma first (RFC 9110 5.3)
 * @param invert whether the result is negated
 * @param missingAsEmpty whether an absent header is tested as the empty string; when false an absent header never
 *     matches, and with {@code invert} always matches
 */
public record HeaderMatch(String name, StringMatch match, boolean invert, boolean missingAsEmpty) {

    /** Lower-cases the name and checks that nothing is missing. */
    public HeaderMatch {
        name = name.toLowerCase(Locale.ROOT);
        Objects.requireNonNull(match, "match");
    }

    /** {@return a plain test of a header that must be there} */
    public static HeaderMatch of(String name, StringMatch match) {
        return new HeaderMatch(name, match, false, false);
    }
}
