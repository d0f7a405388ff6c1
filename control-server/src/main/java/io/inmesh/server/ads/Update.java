package io.inmesh.server.ads;

import io.inmesh.server.translate.VersionedResource;
import java.util.List;

/**
 * What to tell a client about one type.
 *
 * @param changed resources it does not have, or has in another version
 * @param removed names it has or asked for that do not exist
 */
record Update(List<VersionedResource> changed, List<String> removed) {
    /** Room for tags and lengths around a resource. */
    private static final int OVERHEAD_BYTES = 32;

    private static final int NAME_OVERHEAD_BYTES = 8;

    /** Nothing to tell. */
    static final Update NOTHING = new Update(List.of(), List.of());

    /** Only names that are gone. */
    static Update removing(List<String> names) {
        return new Update(List.of(), names);
    }

    boolean isEmpty() {
        return changed.isEmpty() && removed.isEmpty();
    }

    /** {@return the names of what comes or changes} */
    List<String> names() {
        return changed.stream().map(VersionedResource::name).toList();
    }

    /** As many of the removed names, and then of the changed resources, as fit into {@code maxBytes}; at least one. */
    Update limitedTo(int maxBytes) {
        long bytes = 0;
        int gone = 0;
        for (String name : removed) {
            bytes += name.length() + NAME_OVERHEAD_BYTES;
            if (bytes > maxBytes && gone > 0) {
                return new Update(List.of(), removed.subList(0, gone));
            }
            gone++;
        }
        int count = 0;
        for (VersionedResource resource : changed) {
            bytes += resource.any().getSerializedSize()
                    + resource.name().length()
                    + resource.version().length()
                    + OVERHEAD_BYTES;
            if (bytes > maxBytes && count + gone > 0) {
                return new Update(changed.subList(0, count), removed);
            }
            count++;
        }
        return this;
    }
}
