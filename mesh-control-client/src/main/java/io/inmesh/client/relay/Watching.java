package io.inmesh.client.relay;

import io.inmesh.live.SeenRequest;
import io.inmesh.time.Scheduler;
import io.inmesh.xds.relay.Answer;
import io.inmesh.xds.relay.Ended;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One tap and what it has still to send. Requests come from whatever thread they end on, and go into a queue that never grows beyond {@link
 * #QUEUED}: what does not fit is counted, not sent. The rest is on the control thread.
 */
final class Watching implements Consumer<SeenRequest> {

    /** Requests that wait to be sent. */
    static final int QUEUED = 256;

    private final long number;
    private final Timers timers;
    private final Outlet outlet;
    private final Consumer<Watching> atEnd;
    private final Queue<SeenRequest> waiting = new ArrayBlockingQueue<>(QUEUED);
    private final AtomicBoolean flushing = new AtomicBoolean();
    private final AtomicLong dropped = new AtomicLong();
    private io.inmesh.live.@Nullable Tap tap;
    private Scheduler.Cancellable end = () -> {};
    private long left;
    private boolean ended;

    /**
     * @param most requests to send before it ends
     * @param atEnd is told that it has ended
     */
    Watching(long number, long most, Timers timers, Outlet outlet, Consumer<Watching> atEnd) {
        this.number = number;
        this.left = most;
        this.timers = timers;
        this.outlet = outlet;
        this.atEnd = atEnd;
    }

    long number() {
        return number;
    }

    void begin(io.inmesh.live.Tap begun, long durationNanos) {
        tap = begun;
        end = timers.schedule(this::end, durationNanos);
    }

    @Override
    public void accept(SeenRequest seen) {
        if (!waiting.offer(seen)) {
            dropped.incrementAndGet();
        } else if (flushing.compareAndSet(false, true)) {
            timers.execute(this::flush);
        }
    }

    /** Sends what waits, as far as it can be sent. */
    void flush() {
        flushing.set(false);
        while (!ended && outlet.ready()) {
            SeenRequest seen = waiting.poll();
            if (seen == null) {
                return;
            }
            outlet.send(Answer.newBuilder()
                    .setNumber(number)
                    .setSeen(SeenMessages.of(seen))
                    .build());
            if (--left == 0) {
                end();
            }
        }
    }

    /** Ends it and says so. */
    void end() {
        if (!ended) {
            flush();
        }
        if (stop()) {
            long skipped = dropped.get() + waiting.size() + (tap == null ? 0 : tap.skipped());
            outlet.send(Answer.newBuilder()
                    .setNumber(number)
                    .setEnded(Ended.newBuilder().setSkipped(skipped))
                    .build());
        }
    }

    /** Ends it without a word. */
    boolean stop() {
        if (ended) {
            return false;
        }
        ended = true;
        end.cancel();
        if (tap != null) {
            tap.close();
        }
        atEnd.accept(this);
        return true;
    }
}
