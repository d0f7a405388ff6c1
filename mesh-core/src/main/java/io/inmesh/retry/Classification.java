package io.inmesh.retry;

import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.health.ErrorClass;

/**
 * What an outcome means to policies, which therefore never look at status codes.
 *
 * @param result whether the peer did what it was asked
 * @param error what it says about the endpoint; nothing to report where the result is {@link Result#IGNORED}
 * @param conditions retry conditions that hold, one bit per {@link Condition#ordinal()}
 */
public record Classification(Result result, ErrorClass error, int conditions) {

    /** Whether the peer did what it was asked. */
    public enum Result {
        /** It did, or said that the request was wrong. Earns retries. */
        SUCCESS,
        /** It did not. */
        FAILED,
        /** Nothing can be learned: the mesh refused, the application lost interest, or the peer asked for less load. */
        IGNORED
    }

    /** {@return whether a retry condition holds} */
    public boolean holds(Condition condition) {
        return (conditions & bit(condition)) != 0;
    }

    static int bit(Condition condition) {
        return 1 << condition.ordinal();
    }
}
