package io.inmesh.token;

import io.inmesh.call.RequestEdits;
import org.jspecify.annotations.Nullable;

/**
 * What the tokens of a request come to.
 *
 * @param token the verified token, null if the request has none
 * @param edits what the application sees otherwise
 * @param refusal why the request is refused, for the log and not for the caller; null if it is not
 */
public record TokenResult(
        @Nullable VerifiedToken token,
        RequestEdits edits,
        @Nullable String refusal) {

    static TokenResult refused(String why) {
        return new TokenResult(null, RequestEdits.NONE, why);
    }
}
