package io.inmesh.bench.macro;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.inmesh.bench.Echo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stream on which something is said ten times a second, opened again if it ends; it tells how long each lived, and the longest silence. */
final class LongStream implements AutoCloseable {

    private static final long PERIOD_MILLIS = 100;

    private final ManagedChannel channel;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "long-stream");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Long> livesMillis = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private @Nullable StreamObserver<byte[]> out;
    private long beganNanos;
    private long heardNanos = System.nanoTime();
    private long silenceNanos;
    private long answers;

    /**
     * What became of it.
     *
     * @param answers messages that came back
     * @param longestSilenceMillis longest time between two of them, over all streams
     * @param livesMillis how long each stream lived, the one that lives now last
     * @param ends the status of each stream that has ended
     */
    record Life(long answers, long longestSilenceMillis, List<Long> livesMillis, List<String> ends) {}

    LongStream(ManagedChannel channel) {
        this.channel = channel;
        timer.scheduleAtFixedRate(this::say, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized void say() {
        StreamObserver<byte[]> stream = out;
        if (stream == null) {
            beganNanos = System.nanoTime();
            stream = ClientCalls.asyncBidiStreamingCall(
                    channel.newCall(Echo.STREAM, CallOptions.DEFAULT), new Hearing());
            out = stream;
        }
        stream.onNext(new byte[64]);
    }

    private synchronized void heard() {
        long now = System.nanoTime();
        silenceNanos = Math.max(silenceNanos, now - heardNanos);
        heardNanos = now;
        answers++;
    }

    private synchronized void ended(Status status) {
        livesMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos));
        ends.add(status.getCode().name());
        out = null;
    }

    synchronized Life life() {
        List<Long> lives = new ArrayList<>(livesMillis);
        if (out != null) {
            lives.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos));
        }
        return new Life(answers, TimeUnit.NANOSECONDS.toMillis(silenceNanos), lives, List.copyOf(ends));
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private final class Hearing implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] value) {
            heard();
        }

        @Override
        public void onError(Throwable failure) {
            ended(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            ended(Status.OK);
        }
    }
}
