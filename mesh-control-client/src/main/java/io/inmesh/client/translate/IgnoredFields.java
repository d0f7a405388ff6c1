package io.inmesh.client.translate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Fields that were received and have no effect here. Collected while a config is translated; bounded. */
public final class IgnoredFields {

    private static final int MAX = 1000;

    private final Set<String> fields = new TreeSet<>();

    /**
     * Notes a field.
     *
     * @param resource name of the resource
     * @param field path of the field inside it
     * @param reason why it has no effect
     */
    public void note(String resource, String field, String reason) {
        if (fields.size() < MAX) {
            fields.add(resource + ": " + field + " (" + reason + ")");
        } else {
            fields.add("… and more: only the first " + MAX + " are listed");
        }
    }

    /** {@return what was noted, in order of resources} */
    public List<String> list() {
        return Collections.unmodifiableList(new ArrayList<>(fields));
    }
}
