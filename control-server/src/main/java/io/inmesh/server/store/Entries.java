package io.inmesh.server.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Bodies;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.Engine.Listing;
import io.inmesh.server.store.Engine.Transaction;
import io.inmesh.server.store.Engine.Write;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** How configuration is written down: a table of resources, and the counter that every change of them moves on. */
final class Entries {

    /** The table of resources. */
    static final String RESOURCES = "resources";

    /** The table of the counter. */
    static final String META = "meta";

    /** The counter. */
    static final String REVISION = "revision";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Entries() {}

    /** {@return the name of a resource's entry} */
    static String key(ResourceKey key) {
        return key.group() + "/" + key.kind() + "/" + key.namespace() + "/" + key.name();
    }

    /** {@return whose entry has a name} */
    static ResourceKey key(String entry) {
        String[] parts = entry.split("/", -1);
        return new ResourceKey(parts[0], parts[1], parts[2], parts[3]);
    }

    /** {@return the revision that a transaction has made; empty if it is not about resources} */
    static OptionalLong revision(Transaction transaction) {
        return transaction.writes().stream()
                .filter(write -> write.table().equals(META) && write.key().equals(REVISION))
                .map(Write::value)
                .mapToLong(Entries::number)
                .findFirst();
    }

    /** {@return the last revision that a listing knows of} */
    static long revision(Listing listing) {
        return number(listing.table(META).get(REVISION));
    }

    /** {@return all resources of a listing} */
    static List<Resource> resources(Listing listing) {
        List<Resource> resources = new ArrayList<>();
        listing.table(RESOURCES).forEach((key, bytes) -> resources.add(read(key, bytes)));
        return resources;
    }

    /** {@return a counter as it is written; 0 if it is not} */
    static long number(byte @org.jspecify.annotations.Nullable [] bytes) {
        return bytes == null ? 0 : ByteBuffer.wrap(bytes).getLong();
    }

    static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    static byte[] bytes(Resource resource) {
        try {
            return JSON.writeValueAsBytes(resource.raw());
        } catch (IOException e) {
            throw new UncheckedIOException("what was read as JSON can be written as JSON", e);
        }
    }

    static Resource read(String key, byte[] bytes) {
        try {
            return Bodies.read((ObjectNode) JSON.readTree(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("the store holds " + key + " in a form that cannot be read", e);
        }
    }
}
