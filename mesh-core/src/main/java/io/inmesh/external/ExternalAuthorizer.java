package io.inmesh.external;

import io.inmesh.time.Scheduler.Cancellable;
import java.util.function.Consumer;

/** Asks an external authorizer, over the mesh. Implemented by adapters; thread-safe. */
public interface ExternalAuthorizer extends AutoCloseable {

    /**
     * Asks about one request and returns without waiting for the answer.
     *
     * @param check whom and what to ask
     * @param answer told once, on any thread, possibly before this returns; whatever goes wrong is an {@link ExternalAnswer.Failed}
     * @return ends the asking if nobody waits for the answer any more
     */
    Cancellable ask(ExternalCheck check, Consumer<ExternalAnswer> answer);

    /** Releases connections. */
    @Override
    void close();
}
