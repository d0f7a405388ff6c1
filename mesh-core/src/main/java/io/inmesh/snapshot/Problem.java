package io.inmesh.snapshot;

import java.util.Objects;

/**
 * Something wrong with a config.
 *
 * @param resource what it is in, e.g. {@code VirtualService default/reviews}
 * @param field path of the field
 * @param message what is wrong
 * @param remedy what to write instead
 */
public record Problem(String resource, String field, String message, String remedy) {

    /** Checks that nothing is missing. */
    public Problem {
        Objects.requireNonNull(resource, "resource");
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(remedy, "remedy");
    }

    /** {@return one line with all four} */
    @Override
    public String toString() {
        return resource + ": " + field + ": " + message + "; " + remedy;
    }
}
