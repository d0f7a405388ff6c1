package io.inmesh;

import io.inmesh.spi.ControlPlane;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until callers have seen that this process leaves, but not for ever. */
final class Draining {

    private static final Logger LOG = LoggerFactory.getLogger(Draining.class);
    private static final long LIMIT_SECONDS = 5;

    private Draining() {}

    static void await(ControlPlane controlPlane) {
        try {
            controlPlane.drain().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("Not known whether all callers have seen that this process leaves; some may still call it", e);
        }
    }
}
