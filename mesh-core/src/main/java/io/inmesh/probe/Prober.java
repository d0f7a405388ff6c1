package io.inmesh.probe;

/** Sends probes over the connections of one kind of client. Implemented by adapters. */
public interface Prober {

    /**
     * Asks an endpoint for its load and has the probe answered, or failed, within {@link Probe#timeoutNanos()}, by any thread. Must not
     * block or throw.
     */
    void probe(Probe probe);
}
