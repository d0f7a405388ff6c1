package io.inmesh.server.write;

import java.util.Map;

/**
 * Who asked for a change, for whoever keeps a record of changes.
 *
 * @param name who, such as a user name, or {@code folder}
 * @param facts what else is known: how that was proved, from where it came
 */
public record Author(String name, Map<String, String> facts) {

    /** Copies the facts. */
    public Author {
        facts = Map.copyOf(facts);
    }

    /** {@return who asks where nothing is known but where the resources are kept} */
    public static Author of(Origin origin) {
        if (origin.isCluster()) {
            return new Author("kubernetes", Map.of("source", origin.cluster()));
        }
        return origin.isFile() ? new Author("folder", Map.of("file", origin.file())) : new Author("api", Map.of());
    }
}
