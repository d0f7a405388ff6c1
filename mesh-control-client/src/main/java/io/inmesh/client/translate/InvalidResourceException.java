package io.inmesh.client.translate;

/** A resource that cannot be used. The message names the resource, the field and what would be right; it goes into the NACK. */
public final class InvalidResourceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param resource name of the resource
     * @param field path of the field inside it, empty if it is all of it
     * @param message what is wrong and what would be right
     */
    public InvalidResourceException(String resource, String field, String message) {
        super("resource \"" + resource + "\"" + (field.isEmpty() ? "" : ", field " + field) + ": " + message);
    }

    /**
     * Makes one for something that has no field of its own to blame.
     *
     * @param resource name of the resource
     * @param message what is wrong and what would be right
     * @param cause what came of trying
     */
    InvalidResourceException(String resource, String message, Throwable cause) {
        super("resource \"" + resource + "\": " + message, cause);
    }
}
