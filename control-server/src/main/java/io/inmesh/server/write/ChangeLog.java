package io.inmesh.server.write;

import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Is told of every change of configuration, in order. */
@FunctionalInterface
public interface ChangeLog {

    /** Keeps nothing. */
    ChangeLog NONE = (author, revision, changed) -> CompletableFuture.completedFuture(null);

    /**
     * One resource before and after a change.
     *
     * @param key which
     * @param before as it was; null if it is new
     * @param after as it is; null if it is gone
     */
    record Changed(
            ResourceKey key,
            @Nullable Resource before,
            @Nullable Resource after) {}

    /**
     * Takes note of a change that has just been made. Must return at once.
     *
     * @param author who asked for it
     * @param revision revision of the configuration that it made
     * @param changed what it changed, at least one resource
     * @return ends when the note is durable
     */
    CompletableFuture<?> written(Author author, long revision, List<Changed> changed);
}
