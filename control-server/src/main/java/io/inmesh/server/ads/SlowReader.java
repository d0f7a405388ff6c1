package io.inmesh.server.ads;

import io.inmesh.server.time.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Ends a client that leaves unread what it was sent: for as long as it does, the server holds it. Not safe for use by several threads. */
final class SlowReader {
    private final Timer timer;
    private final Duration limit;
    private final Runnable expired;
    private Timer.@Nullable Cancellable pending;

    /**
     * @param limit how long a client may go on like that
     * @param expired runs when it has; on another thread
     */
    SlowReader(Timer timer, Duration limit, Runnable expired) {
        this.timer = timer;
        this.limit = limit;
        this.expired = expired;
    }

    /** Takes note of whether the client has read all but a little of what it was sent. */
    void observe(boolean hasRead) {
        if (!hasRead && pending == null) {
            pending = timer.schedule(limit, expired);
        } else if (hasRead && pending != null) {
            pending.cancel();
            pending = null;
        }
    }
}
