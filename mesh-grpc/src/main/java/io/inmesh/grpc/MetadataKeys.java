package io.inmesh.grpc;

import io.grpc.Metadata;
import java.util.concurrent.ConcurrentHashMap;

/** Keys of headers by lower case name, kept, since making one copies its name. */
final class MetadataKeys {

    /** Names come from config and code; should there be more, keys of the further ones are made each time. */
    private static final int MAX_KEYS = 1000;

    private static final ConcurrentHashMap<String, Metadata.Key<String>> KEYS = new ConcurrentHashMap<>();

    private MetadataKeys() {}

    /** {@return the key of a text header that config or code names} */
    static Metadata.Key<String> of(String name) {
        Metadata.Key<String> known = KEYS.get(name);
        if (known != null) {
            return known;
        }
        Metadata.Key<String> made = made(name);
        if (KEYS.size() < MAX_KEYS) {
            KEYS.put(name, made);
        }
        return made;
    }

    /** {@return the key of a text header that a client may have named, which takes no room} */
    static Metadata.Key<String> ofAnybody(String name) {
        Metadata.Key<String> known = KEYS.get(name);
        return known == null ? made(name) : known;
    }

    private static Metadata.Key<String> made(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
