package io.inmesh.client;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.inmesh.client.relay.Desk;
import io.inmesh.client.relay.Outlet;
import io.inmesh.time.Scheduler;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.relay.Answer;
import io.inmesh.xds.relay.Question;
import io.inmesh.xds.relay.RelayGrpc;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for questions of operators while the discovery stream is open, on a stream of its own over the same connection. All methods on the
 * control thread.
 */
final class Attendance {

    private static final Logger LOG = LoggerFactory.getLogger(Attendance.class);

    private final Link link;
    private final ControlThread thread;
    private final Supplier<Node> node;
    private final Desk desk;
    private final Backoff backoff;
    private final StreamStart start;
    private @Nullable Stream stream;
    private Scheduler.Cancellable next = () -> {};

    Attendance(Link link, ControlThread thread, Supplier<Node> node, Desk desk, Backoff backoff) {
        this.link = link;
        this.thread = thread;
        this.node = node;
        this.desk = desk;
        this.backoff = backoff;
        this.start = new StreamStart(link, thread, "operators can ask this process nothing");
    }

    void open() {
        Stream opened = new Stream();
        stream = opened;
        start.asked();
        RelayGrpc.newStub(link.channel()).attend(opened);
        opened.send(Answer.newBuilder().setNode(node.get()).build());
    }

    /** One stream: what comes is handed to the control thread, unless another stream has taken its place. */
    private final class Stream implements ClientResponseObserver<Answer, Question>, Outlet {
        private @Nullable ClientCallStreamObserver<Answer> answers;

        @Override
        public void beforeStart(ClientCallStreamObserver<Answer> call) {
            answers = call;
            call.setOnReadyHandler(() -> thread.execute(() -> {
                if (stream == this) {
                    start.over();
                    desk.ready();
                }
            }));
        }

        @Override
        public void onNext(Question question) {
            thread.execute(() -> {
                if (stream == this) {
                    backoff.reset();
                    desk.ask(question, this);
                }
            });
        }

        @Override
        public void onError(Throwable failure) {
            thread.execute(() -> ended(this, Status.fromThrowable(failure)));
        }

        @Override
        public void onCompleted() {
            thread.execute(() -> ended(this, Status.OK));
        }

        @Override
        public boolean ready() {
            ClientCallStreamObserver<Answer> call = answers;
            return stream == this && call != null && call.isReady();
        }

        @Override
        public void send(Answer part) {
            ClientCallStreamObserver<Answer> call = answers;
            if (stream == this && call != null) {
                call.onNext(part);
            }
        }

        void complete() {
            ClientCallStreamObserver<Answer> call = answers;
            if (call != null) {
                call.onCompleted();
            }
        }
    }

    private void ended(Stream which, Status status) {
        if (which != stream) {
            return;
        }
        stream = null;
        start.over();
        desk.disconnected();
        if (status.getCode() == Status.Code.UNIMPLEMENTED) {
            LOG.debug("the control server {} relays no questions", link.server());
            return;
        }
        long waitNanos = backoff.nextNanos();
        LOG.debug("nobody can ask this process anything: {}; next try in {} ms", status, waitNanos / 1_000_000);
        next = thread.schedule(this::open, waitNanos);
    }

    /** Ends the stream; it is opened anew with the next discovery stream. */
    void close() {
        next.cancel();
        start.over();
        Stream before = stream;
        stream = null;
        desk.disconnected();
        if (before != null) {
            before.complete();
        }
    }
}
