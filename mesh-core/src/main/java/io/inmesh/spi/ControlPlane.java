package io.inmesh.spi;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Brings config and identity to one mesh, and tells others about this process. Thread-safe. */
public interface ControlPlane extends AutoCloseable {

    /**
     * Begins to keep the mesh up to date, and returns without waiting for it. Called once.
     *
     * @param mesh what it may use; valid until {@link #close}
     */
    void start(MeshLink mesh);

    /**
     * Registers this process as an endpoint that takes requests.
     *
     * @param ports local ports by the name (or number) of the service's port
     */
    void serve(Map<String, Integer> ports);

    /**
     * Takes this process out of rotation without failing a request.
     *
     * @return completes when callers have seen it; exceptionally if that cannot be known
     */
    CompletionStage<Void> drain();

    /** {@return whether it brings identities, so that a mesh is ready only once it has one} */
    default boolean givesIdentity() {
        return true;
    }

    /** {@return what this process is labelled with where it registers; empty if it has no labels} */
    default Map<String, String> labels() {
        return Map.of();
    }

    /** {@return what it knows about itself} */
    ControlPlaneStatus status();

    /** Ends all of it and releases threads and connections; further calls do nothing. */
    @Override
    void close();
}
