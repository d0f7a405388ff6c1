package io.inmesh.server.registry;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change that one server wants made in the store. It is made only if the entry is still what the server believes, since another may have
 * been told something newer.
 *
 * @param nodeId the entry
 * @param expected what is there; null for nothing
 * @param claim what is to be there; null for nothing
 */
record Intent(
        String nodeId, byte @Nullable [] expected, @Nullable Claim claim) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Intent that
                && nodeId.equals(that.nodeId)
                && Arrays.equals(expected, that.expected)
                && Objects.equals(claim, that.claim);
    }

    @Override
    public int hashCode() {
        return Objects.hash(nodeId, Arrays.hashCode(expected), claim);
    }
}
