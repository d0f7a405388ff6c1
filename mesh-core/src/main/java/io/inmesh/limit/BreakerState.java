package io.inmesh.limit;

/** What a breaker does with calls. */
public enum BreakerState {
    /** Lets them through. */
    CLOSED,
    /** Refuses them. */
    OPEN,
    /** Lets a few through, to decide whether to close. */
    HALF_OPEN
}
