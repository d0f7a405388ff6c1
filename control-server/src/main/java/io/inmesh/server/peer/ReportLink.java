package io.inmesh.server.peer;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.peer.rpc.Batch;
import io.inmesh.server.peer.rpc.Report;
import io.inmesh.server.peer.rpc.Taken;
import io.inmesh.server.time.Timer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes reports on to one other server, over a stream that is opened again whenever it ends, after a wait by chance that grows from a
 * second to {@link #LONGEST_WAIT}. Nothing waits for the other server: what it cannot be told yet is queued. Safe for use by several threads.
 */
final class ReportLink implements AutoCloseable {

    static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
    static final Duration LONGEST_WAIT = Duration.ofSeconds(16);

    /** The problem of a server that there has been no stream to. */
    static final String NOT_YET = "it has not been reached yet";

    /** How a stream ends to a server that has not seen what was sent last, or will not see it before something else is mended. */
    private static final Set<Status.Code> AWAY = EnumSet.of(
            Status.Code.UNAVAILABLE,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.UNAUTHENTICATED,
            Status.Code.PERMISSION_DENIED,
            Status.Code.UNIMPLEMENTED);

    private static final Logger LOG = LoggerFactory.getLogger(ReportLink.class);

    private final String name;
    private final Function<StreamObserver<Taken>, StreamObserver<Batch>> opening;
    private final ReportQueue queue;
    private final Timer timer;
    private final DoubleSupplier chance;
    private final IntConsumer dropped;
    private @Nullable Stream current;
    private Duration wait = SHORTEST_WAIT;
    private Optional<String> problem = Optional.of(NOT_YET);
    private boolean complained;
    private boolean closed;

    /**
     * Is not connected before {@link #open}.
     *
     * @param name what the other server is called, for logs
     * @param opening begins a stream
     * @param queue what is to be told, empty
     * @param timer waits
     * @param chance from 0 to 1, how long a wait is within its bounds
     * @param dropped is told how many reports are lost
     */
    ReportLink(
            String name,
            Function<StreamObserver<Taken>, StreamObserver<Batch>> opening,
            ReportQueue queue,
            Timer timer,
            DoubleSupplier chance,
            IntConsumer dropped) {
        this.name = name;
        this.opening = opening;
        this.queue = queue;
        this.timer = timer;
        this.chance = chance;
        this.dropped = dropped;
    }

    /** Connects, if it is not connected. */
    synchronized void open() {
        if (closed || current != null) {
            return;
        }
        Stream next = new Stream();
        current = next;
        next.begin(opening.apply(next));
    }

    /** Tells the other server, as soon as that is possible. */
    synchronized void pass(Report report) {
        if (closed) {
            return;
        }
        int lost = queue.add(report, timer.nanoTime());
        if (lost > 0) {
            dropped.accept(lost);
        }
        sendNext();
    }

    /** {@return why the other server is not told at present; empty if it is} */
    synchronized Optional<String> problem() {
        return problem;
    }

    private void sendNext() {
        Stream stream = current;
        if (stream != null && stream.begun) {
            queue.next(timer.nanoTime()).ifPresent(stream::send);
        }
    }

    private synchronized void taken(Stream stream, long number) {
        if (stream != current) {
            return;
        }
        if (complained) {
            LOG.info("control server {} is told again what processes report here", name);
        }
        complained = false;
        problem = Optional.empty();
        wait = SHORTEST_WAIT;
        queue.taken(number);
        sendNext();
    }

    private synchronized void ended(Stream stream, Status status) {
        if (stream != current || closed) {
            return;
        }
        current = null;
        Status.Code code = status.getCode();
        if (!AWAY.contains(code)) {
            // It was reached and could not take what it was sent, such as a report beyond its limits; nor will it when
            // it is sent again.
            int lost = queue.giveUp();
            if (lost > 0) {
                dropped.accept(lost);
            }
        }
        String why = code + (status.getDescription() == null ? "" : ": " + status.getDescription());
        // Connections end in order, too, when they have become old; only one that cannot be opened again is worth a
        // word.
        if (!complained && wait.compareTo(SHORTEST_WAIT) > 0) {
            complained = true;
            LOG.warn(
                    "control server {} is not told what processes report here, until it can be reached: {}", name, why);
        }
        problem = Optional.of(why);
        Duration half = wait.dividedBy(2);
        timer.schedule(half.plusNanos((long) (half.toNanos() * chance.getAsDouble())), this::open);
        Duration longer = wait.multipliedBy(2);
        wait = longer.compareTo(LONGEST_WAIT) < 0 ? longer : LONGEST_WAIT;
    }

    /** Ends the stream; what has not been told is lost, and counted. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        int lost = queue.clear();
        if (lost > 0) {
            dropped.accept(lost);
        }
        closed = true;
        Stream last = current;
        current = null;
        if (last != null) {
            last.end();
        }
    }

    private final class Stream implements StreamObserver<Taken> {
        private @Nullable StreamObserver<Batch> batches;
        private boolean begun;

        void begin(StreamObserver<Batch> opened) {
            batches = opened;
            send(queue.first(timer.nanoTime()));
            begun = true;
        }

        void send(Batch batch) {
            if (batches != null) {
                batches.onNext(batch);
            }
        }

        void end() {
            if (batches != null) {
                batches.onCompleted();
            }
        }

        @Override
        public void onNext(Taken taken) {
            taken(this, taken.getNumber());
        }

        @Override
        public void onError(Throwable cause) {
            ended(this, Status.fromThrowable(cause));
        }

        @Override
        public void onCompleted() {
            ended(this, Status.UNAVAILABLE.withDescription("it has ended the stream"));
        }
    }
}
