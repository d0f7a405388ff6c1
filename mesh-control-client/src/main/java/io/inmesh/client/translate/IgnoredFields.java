package io.inmesh.client.translate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects the fields of one resource that have no effect; bounded, so that a large resource cannot flood the status. */
final class IgnoredFields {

    private static final int MAX = 100;

    private final String resource;
    private final Set<IgnoredField> fields = new LinkedHashSet<>();

    IgnoredFields(String resource) {
        this.resource = resource;
    }

    /**
     * Notes a field.
     *
     * @param path path of the field
     * @param reason why it has no effect
     */
    void note(String path, String reason) {
        if (fields.size() < MAX) {
            fields.add(new IgnoredField(resource, path, reason));
        } else if (fields.size() == MAX) {
            fields.add(new IgnoredField(resource, "…", "more fields than the " + MAX + " that are listed"));
        }
    }

    /** Notes a field if something is set. */
    void noteIf(boolean set, String path, String reason) {
        if (set) {
            note(path, reason);
        }
    }

    List<IgnoredField> list() {
        return List.copyOf(fields);
    }
}
