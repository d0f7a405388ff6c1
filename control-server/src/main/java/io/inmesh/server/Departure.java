package io.inmesh.server;

import io.inmesh.server.ads.StreamHub;
import io.inmesh.server.ads.XdsServer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets clients go to other servers before this one ends: it says that it is not ready, takes no new connections, and ends the streams it
 * has one after the other. Where there are no other servers there is nowhere to go, and nothing is waited for.
 *
 * @param xds what takes connections
 * @param plaintext what takes connections without TLS, null if nothing does
 * @param hub the streams
 * @param others whether there are other servers
 * @param random when each stream ends
 */
record Departure(
        XdsServer xds, @Nullable XdsServer plaintext, StreamHub hub, BooleanSupplier others, RandomGenerator random) {

    /** How long it takes: longer than clients need to connect elsewhere, shorter than service managers wait. */
    static final Duration SPREAD = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

    /** Returns when all clients have been told. */
    void go() {
        if (!others.getAsBoolean()) {
            return;
        }
        LOG.info(
                "{} clients are sent to other servers within {} s",
                hub.processes().size(),
                SPREAD.toSeconds());
        xds.leave();
        if (plaintext != null) {
            plaintext.leave();
        }
        try {
            hub.leave(SPREAD, random).get(2 * SPREAD.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("not all clients could be told to go elsewhere; they find out when their connections end", e);
        }
    }
}
