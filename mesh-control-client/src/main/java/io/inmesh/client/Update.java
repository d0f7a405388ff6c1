package io.inmesh.client;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one response says, whichever variant of the protocol it came by.
 *
 * @param typeUrl type of the resources
 * @param version version of the whole, for state-of-the-world requests and for show
 * @param nonce answered by the ACK or NACK
 * @param resources new or changed resources
 * @param removed names that are gone
 * @param complete whether {@code resources} is everything there is of what was asked for, so that what is missing is gone
 */
record Update(
        String typeUrl, String version, String nonce, List<Item> resources, List<String> removed, boolean complete) {

    /**
     * One resource.
     *
     * @param name its name, null if it must be read from the resource (state-of-the-world)
     * @param version its version, empty if unknown
     * @param bytes its serialized form
     */
    record Item(@Nullable String name, String version, ByteString bytes) {}
}
