package io.inmesh.client;

import io.inmesh.time.Scheduler;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says so when a stream does not begin: gRPC keeps it waiting, without a word and without end, while the server takes no more streams on the
 * connection (RFC 9113, {@code SETTINGS_MAX_CONCURRENT_STREAMS}). All methods on the control thread.
 */
final class StreamStart {

    /** Long after the slowest handshake, and early enough to be found beside what came of it. */
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final Logger LOG = LoggerFactory.getLogger(StreamStart.class);

    private final Link link;
    private final ControlThread thread;
    private final String effect;
    private Scheduler.Cancellable waiting = () -> {};

    /**
     * Waits for nothing yet.
     *
     * @param effect what is not done while the stream waits, in words
     */
    StreamStart(Link link, ControlThread thread, String effect) {
        this.link = link;
        this.thread = thread;
        this.effect = effect;
    }

    /** A stream was asked for. */
    void asked() {
        waiting.cancel();
        waiting = thread.schedule(this::late, PATIENCE_NANOS);
    }

    /** It has begun, or will not. */
    void over() {
        waiting.cancel();
    }

    private void late() {
        LOG.info(
                "the control server {} takes no more streams on this connection, so {}; have it take 3 for each process"
                        + " at least (MAX_CONCURRENT_STREAMS of HTTP/2)",
                link.server(),
                effect);
    }
}
