package io.inmesh.server.peer;

import io.inmesh.server.peer.rpc.Batch;
import io.inmesh.server.peer.rpc.Report;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What one other server has still to be told, oldest first. At most one batch is on its way; it is kept, under its number, until it is known
 * to have been taken, so that it can be sent again. Bounded: beyond {@link #MOST_BYTES} what came first is dropped. For one thread at a time.
 */
final class ReportQueue {

    /** Bytes that wait for one server: reports of a thousand processes in some minutes. */
    static final long MOST_BYTES = 16L << 20;

    /** Bytes of a batch, unless one report alone has more. */
    static final long BATCH_BYTES = 256L << 10;

    private final String sender;
    private final LongSupplier numbers;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private List<Waiting> sent = List.of();
    private long sentNumber;
    private long bytes;

    private record Waiting(Report report, long sinceNanos, int bytes) {}

    /**
     * Has nothing to tell.
     *
     * @param sender id of this server
     * @param numbers numbers for batches, each greater than those before, also of earlier queues for the same server
     */
    ReportQueue(String sender, LongSupplier numbers) {
        this.sender = sender;
        this.numbers = numbers;
    }

    /** {@return how many reports were dropped to make room} */
    int add(Report report, long nowNanos) {
        Waiting last = new Waiting(report, nowNanos, report.getSerializedSize());
        waiting.add(last);
        bytes += last.bytes();
        int dropped = 0;
        while (bytes > MOST_BYTES && waiting.size() > 1) {
            bytes -= waiting.remove().bytes();
            dropped++;
        }
        return dropped;
    }

    /** {@return what to send next; empty if there is nothing, or a batch is on its way} */
    Optional<Batch> next(long nowNanos) {
        if (sentNumber != 0 || waiting.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(begin(nowNanos));
    }

    /** {@return what to send first on a new stream: what was on its way on the one before, or what there is, which may be nothing} */
    Batch first(long nowNanos) {
        return sentNumber == 0 ? begin(nowNanos) : message(nowNanos);
    }

    private Batch begin(long nowNanos) {
        List<Waiting> batch = new ArrayList<>();
        long size = 0;
        while (!waiting.isEmpty()
                && (batch.isEmpty() || size + waiting.element().bytes() <= BATCH_BYTES)) {
            Waiting one = waiting.remove();
            size += one.bytes();
            batch.add(one);
        }
        sent = List.copyOf(batch);
        sentNumber = numbers.getAsLong();
        return message(nowNanos);
    }

    private Batch message(long nowNanos) {
        Batch.Builder batch = Batch.newBuilder().setSender(sender).setNumber(sentNumber);
        sent.forEach(one -> batch.addReports(ReportMessages.aged(one.report(), nowNanos - one.sinceNanos())));
        return batch.build();
    }

    /** The other server has counted a batch. */
    void taken(long number) {
        if (number == sentNumber) {
            forget();
        }
    }

    /** {@return how many reports are lost because the other server cannot take the batch that is on its way} */
    int giveUp() {
        int lost = sent.size();
        forget();
        return lost;
    }

    /** {@return how many reports are lost because the other server will not be told any more} */
    int clear() {
        int lost = giveUp() + waiting.size();
        waiting.clear();
        bytes = 0;
        return lost;
    }

    private void forget() {
        sent.forEach(one -> bytes -= one.bytes());
        sent = List.of();
        sentNumber = 0;
    }
}
