package io.inmesh.endpoint;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the changes of who is in rotation among the endpoints of one cluster, so that a balancer learns by one volatile read that
 * what it has prepared is out of date.
 */
public final class Rotation {

    private final AtomicLong changes = new AtomicLong();

    /** Makes a counter at zero. */
    public Rotation() {}

    /** {@return how often an endpoint was ejected or returned so far; read it before reading the endpoints} */
    public long changes() {
        return changes.get();
    }

    void changed() {
        changes.incrementAndGet();
    }
}
