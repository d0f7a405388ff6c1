package io.inmesh.token;

import io.inmesh.call.RequestEdits;
import org.jspecify.annotations.Nullable;

/**
 * What the tokens of a request come to.
 *
 * @param token the verified token, null if the request has none
 * @param edits what the application sees otherwise
 * @param refusal why the request is refused, for the log and not for the caller; null if it is not
 * @param evicted what had to be forgotten to remember the token, null if nothing had to
 */
public record TokenResult(
        @Nullable VerifiedToken token,
        RequestEdits edits,
        @Nullable String refusal,
        @Nullable Evicted evicted) {

    /**
     * Verified tokens that will have to be verified again.
     *
     * @param issuer whose they are, from config: a bounded set
     * @param tokens how many
     */
    public record Evicted(String issuer, int tokens) {}

    static TokenResult refused(String why) {
        return new TokenResult(null, RequestEdits.NONE, why, null);
    }
}
