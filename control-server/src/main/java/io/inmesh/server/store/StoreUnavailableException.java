package io.inmesh.server.store;

import org.jspecify.annotations.Nullable;

/** The store cannot do now what is asked. What is held in memory is not affected. The message says what is wrong and what to do. */
public final class StoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean outcomeUnknown;

    private StoreUnavailableException(String message, boolean outcomeUnknown, @Nullable Throwable cause) {
        super(message, cause);
        this.outcomeUnknown = outcomeUnknown;
    }

    /** Nothing has been changed. */
    public static StoreUnavailableException nothingChanged(String message, @Nullable Throwable cause) {
        return new StoreUnavailableException(message, false, cause);
    }

    /** Whether something has been changed, or may still be, cannot be told. */
    public static StoreUnavailableException outcomeUnknown(String message, @Nullable Throwable cause) {
        return new StoreUnavailableException(message, true, cause);
    }

    /** {@return whether the change asked for may have happened nevertheless, or may still happen} */
    public boolean isOutcomeUnknown() {
        return outcomeUnknown;
    }
}
