package io.inmesh.server.ads;

import io.inmesh.server.time.Timer;
import java.time.Duration;

/**
 * Ends the connection of a client whose stream has been ended so that it goes to another server. One that would open its next stream over the
 * same connection, as through a load balancer, would never leave.
 *
 * @param timer waits
 * @param hangUp ends the connection at once
 */
record Farewell(Timer timer, Runnable hangUp) {

    /** How long a client has to read why its stream has ended, and to close the connection itself. */
    static final Duration WAIT = Duration.ofSeconds(1);

    void begin() {
        timer.schedule(WAIT, hangUp);
    }
}
