package io.inmesh.server.store;

import io.inmesh.server.time.Timer;

/** Engines in which leases run out when a test says so. */
public final class VirtualEngine {

    /** Transactions that watchers may be behind: more than any test makes. */
    private static final int KEPT = 10_000;

    private VirtualEngine() {}

    /** {@return an engine that keeps nothing on disk} */
    public static Engine on(Timer timer) {
        return EmbeddedEngine.inMemory(timer, KEPT);
    }
}
