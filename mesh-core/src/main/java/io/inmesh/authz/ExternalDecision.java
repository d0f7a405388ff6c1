package io.inmesh.authz;

import java.util.Objects;

/**
 * What came of asking an external authorizer about one request.
 *
 * @param authorizer name of the provider
 * @param policy name of the policy that wanted the check
 * @param result what came of it
 * @param durationNanos how long the request waited for it
 */
public record ExternalDecision(String authorizer, String policy, Result result, long durationNanos) {

    /** What becomes of the request. */
    public enum Result {
        /** The authorizer lets it in; policies of this process may still refuse it. */
        ALLOWED,
        /** The authorizer refuses it. */
        DENIED,
        /** There was no answer that counts, and the request goes on unchecked. */
        FAILED_OPEN,
        /** There was no answer that counts, and the request is refused. */
        FAILED_CLOSED
    }

    /** Checks that nothing is missing. */
    public ExternalDecision {
        Objects.requireNonNull(authorizer, "authorizer");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(result, "result");
    }
}
