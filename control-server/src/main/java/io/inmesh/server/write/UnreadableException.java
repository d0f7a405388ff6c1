package io.inmesh.server.write;

import java.util.Objects;

/** A text that is not YAML, or not of resources. The message says where and what to do. */
public final class UnreadableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message);
    }

    /** {@return where and what to do} */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
