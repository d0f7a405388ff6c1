package io.inmesh.call;

/** Sends probes over the connections that calls of one kind use. Implemented by adapters. */
public interface Prober {

    /**
     * Asks an endpoint for its load and has the probe answered, or failed, within {@link Probe#timeoutNanos()}, by any thread. Must not
     * block.
     */
    void probe(Probe probe);
}
