package io.inmesh.endpoint;

import org.jspecify.annotations.Nullable;

/** Uses what endpoints say about their load. Implemented by balancers; called from any thread, must not block. */
public interface LoadSink {

    /** Takes a sample. */
    void reported(Endpoint endpoint, LoadSample sample);

    /** {@return the next endpoint to ask for its load; null if there is none to ask now} */
    @Nullable
    Endpoint toProbe();
}
