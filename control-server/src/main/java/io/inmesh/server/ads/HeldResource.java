package io.inmesh.server.ads;

import io.inmesh.server.translate.VersionedResource;
import org.jspecify.annotations.Nullable;

/**
 * One resource that a client was sent, or asked for.
 *
 * @param typeUrl its type
 * @param name its name
 * @param version the version it was last sent; empty if there was nothing to send
 * @param resource what it was sent; null if it brought it from an earlier connection, or was told that there is none
 */
public record HeldResource(
        String typeUrl,
        String name,
        String version,
        @Nullable VersionedResource resource) {}
