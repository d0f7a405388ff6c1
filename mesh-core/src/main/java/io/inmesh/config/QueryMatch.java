package io.inmesh.config;

import java.util.Objects;

/**
 * A test of one query parameter. The first occurrence counts; its percent-decoded value is tested.
 *
 * <p>Source: Envoy {@code QueryParameterMatcher}; Istio {@code HTTPMatchRequest.queryParams}.
 *
 * @param name parameter name, case-sensitive
 * @param match the test of its value
 */
public record QueryMatch(String name, StringMatch match) {
    /** Checks that nothing is missing. */
    public QueryMatch {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(match, "match");
    }
}
