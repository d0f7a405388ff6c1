package io.inmesh.client.translate;

/**
 * A field that was received and has no effect here.
 *
 * @param resource name of the resource
 * @param path path of the field inside it
 * @param reason what was set, and why it has no effect
 */
public record IgnoredField(String resource, String path, String reason) {

    /** {@return one line with all three} */
    @Override
    public String toString() {
        return resource + ": " + path + " (" + reason + ")";
    }
}
