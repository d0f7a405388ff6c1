package io.inmesh.spi;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a control plane knows about itself.
 *
 * @param connected whether it hears from a server now
 * @param since when that became so
 * @param server which server, or which were tried
 * @param versions last accepted version by type of resource
 * @param lastRejection the last resource that was refused and why, null if none was
 * @param ignoredFields fields that were received and have no effect here, each with resource and path
 * @param certificateExpiry when the certificate ends, null without one
 * @param stateSavedAt when the state on disk was written last, null if there is none
 */
public record ControlPlaneStatus(
        boolean connected,
        Instant since,
        String server,
        Map<String, String> versions,
        @Nullable String lastRejection,
        List<String> ignoredFields,
        @Nullable Instant certificateExpiry,
        @Nullable Instant stateSavedAt) {

    /** Copies the collections. */
    public ControlPlaneStatus {
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(server, "server");
        versions = Map.copyOf(versions);
        ignoredFields = List.copyOf(ignoredFields);
    }
}
