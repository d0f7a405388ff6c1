package io.inmesh.client;

import com.google.protobuf.Duration;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.inmesh.spi.MeshLink;
import io.inmesh.time.Scheduler;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.load.LoadReportingServiceGrpc;
import io.inmesh.xds.load.LoadStatsRequest;
import io.inmesh.xds.load.LoadStatsResponse;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports load (LRS) while the discovery stream is open, on a stream of its own over the same connection, as often as the server
 * asks for, from once a second to once a day. All methods on the control thread.
 */
final class LoadReporter {

    private static final Logger LOG = LoggerFactory.getLogger(LoadReporter.class);
    private static final long SHORTEST_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Whoever asks for reports at a longer interval, maybe by mistake, gets one a day. */
    private static final long LONGEST_INTERVAL_SECONDS = TimeUnit.DAYS.toSeconds(1);

    private final Link link;
    private final MeshLink mesh;
    private final ControlThread thread;
    private final Supplier<Node> node;
    private final Backoff backoff;
    private final StreamStart start;
    private @Nullable StreamObserver<LoadStatsRequest> requests;
    private Scheduler.Cancellable next = () -> {};
    private int streamNumber;
    /** What the server asked for on the stream of now, 0 if nothing yet. */
    private long intervalNanos;

    LoadReporter(Link link, MeshLink mesh, ControlThread thread, Supplier<Node> node, Backoff backoff) {
        this.link = link;
        this.mesh = mesh;
        this.thread = thread;
        this.node = node;
        this.backoff = backoff;
        this.start = new StreamStart(link, thread, "load is not reported");
    }

    void open() {
        int mine = ++streamNumber;
        intervalNanos = 0;
        start.asked();
        StreamObserver<LoadStatsRequest> stream = LoadReportingServiceGrpc.newStub(link.channel())
                .streamLoadStats(new ClientResponseObserver<LoadStatsRequest, LoadStatsResponse>() {
                    @Override
                    public void beforeStart(ClientCallStreamObserver<LoadStatsRequest> call) {
                        call.setOnReadyHandler(() -> thread.execute(() -> begun(mine)));
                    }

                    @Override
                    public void onNext(LoadStatsResponse response) {
                        thread.execute(() -> asked(mine, response.getLoadReportingInterval()));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        thread.execute(() -> ended(mine, Status.fromThrowable(failure)));
                    }

                    @Override
                    public void onCompleted() {
                        thread.execute(() -> ended(mine, Status.OK));
                    }
                });
        requests = stream;
        stream.onNext(LoadStatsRequest.newBuilder().setNode(node.get()).build());
    }

    private void begun(int which) {
        if (which == streamNumber) {
            start.over();
        }
    }

    private void asked(int which, Duration interval) {
        if (which != streamNumber) {
            return;
        }
        long asked = nanos(interval);
        if (asked == intervalNanos) {
            // Who asks for the same more often than that would never get a report.
            return;
        }
        intervalNanos = asked;
        // The last that was asked for counts.
        next.cancel();
        reportLater(which);
    }

    private static long nanos(Duration interval) {
        long seconds = Math.min(LONGEST_INTERVAL_SECONDS, Math.max(0, interval.getSeconds()));
        return Math.max(SHORTEST_INTERVAL_NANOS, TimeUnit.SECONDS.toNanos(seconds) + interval.getNanos());
    }

    private void reportLater(int which) {
        next = thread.schedule(
                () -> {
                    StreamObserver<LoadStatsRequest> stream = requests;
                    if (which == streamNumber && stream != null) {
                        report(stream);
                        // Not before: a server that answers and ends the stream at once would be tried for ever at the
                        // shortest wait.
                        backoff.reset();
                        reportLater(which);
                    }
                },
                intervalNanos);
    }

    private void report(StreamObserver<LoadStatsRequest> stream) {
        stream.onNext(LoadStatsRequest.newBuilder()
                .addAllClusterStats(LoadMessages.of(mesh.takeLoadReport()))
                .build());
    }

    private void ended(int which, Status status) {
        if (which != streamNumber) {
            return;
        }
        requests = null;
        start.over();
        next.cancel();
        if (status.getCode() == Status.Code.UNIMPLEMENTED) {
            LOG.info("the control server {} takes no load reports", link.server());
            return;
        }
        long waitNanos = backoff.nextNanos();
        LOG.debug("load is not reported: {}; next try in {} ms", status, waitNanos / 1_000_000);
        next = thread.schedule(
                () -> {
                    if (which == streamNumber) {
                        open();
                    }
                },
                waitNanos);
    }

    /** Ends the stream; it is opened anew with the next discovery stream. */
    void close() {
        streamNumber++;
        start.over();
        next.cancel();
        StreamObserver<LoadStatsRequest> stream = requests;
        requests = null;
        if (stream != null) {
            stream.onCompleted();
        }
    }
}
