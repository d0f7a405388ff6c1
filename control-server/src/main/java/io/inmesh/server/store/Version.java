package io.inmesh.server.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A resource as it was at one time, and who made it so.
 *
 * @param version revision of the change, which is the resource's version from then on
 * @param time when; null for what was written before versions were kept
 * @param author who asked for it; empty if that is not known
 * @param body the whole body from then on; null if the change removed the resource
 */
public record Version(
        long version,
        @Nullable Instant time,
        String author,
        @Nullable ObjectNode body) {}
