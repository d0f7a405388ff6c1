package io.inmesh.grpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.dispatch.MirroredCall;
import io.inmesh.drive.CallbackDriver;
import io.inmesh.observe.MeshObserver.MirrorSkip;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One gRPC call that may take several attempts.
 *
 * <p>What the application does to the call (messages, half-close, requests for messages) is passed to the attempt under way and
 * remembered, until the call is <em>committed</em>: something of an answer has reached the application, or more messages were
 * sent than are worth remembering. Until then a failed attempt can be followed by another, which is told everything again. From
 * then on nothing is remembered and nothing is repeated.
 *
 * <p>Unary calls of idempotent methods may have two attempts under way at once; what they hear is held back until it is known which one
 * answers.
 */
final class MeshClientCall<ReqT, RespT> extends ClientCall<ReqT, RespT> implements CallbackDriver.AsyncSender {

    private final MeshChannel channel;
    private final MethodDescriptor<ReqT, RespT> method;
    private final CallOptions options;
    private final SentRequest<ReqT, RespT> request = new SentRequest<>();
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private boolean sentAgain;
    /** Copies that wait for the message. */
    private final AtomicReference<List<MirroredCall>> copies = new AtomicReference<>(List.of());

    // Written once in start().
    private @Nullable Listener<RespT> listener;
    private @Nullable Metadata headers;
    private @Nullable CallbackDriver driver;
    private @Nullable Dispatch dispatch;

    private volatile @Nullable Status lastStatus;
    private volatile @Nullable Metadata lastTrailers;
    private volatile @Nullable Status cancelStatus;
    private volatile @Nullable Thread onExecutor;

    MeshClientCall(MeshChannel channel, MethodDescriptor<ReqT, RespT> method, CallOptions options) {
        this.channel = channel;
        this.method = method;
        this.options = options;
    }

    @Override
    public void start(Listener<RespT> responseListener, Metadata requestHeaders) {
        listener = responseListener;
        headers = requestHeaders;
        if (channel.isShutdown()) {
            close(
                    Status.UNAVAILABLE.withDescription("the channel to " + channel.authority() + " is shut down"),
                    new Metadata());
            return;
        }
        GrpcCall call = new GrpcCall(
                method,
                channel.pathOf(method),
                channel.target(),
                requestHeaders,
                options.getDeadline(),
                channel.mesh().clock(),
                channel.prober());
        request.begin(call);
        Dispatch decided = channel.mesh().outbound(call);
        if (decided == null) {
            passThrough(responseListener, requestHeaders);
            return;
        }
        dispatch = decided;
        CallbackDriver fresh = new CallbackDriver(channel.mesh().scheduler(), holdsHeaders());
        driver = fresh;
        fresh.run(decided, this, this::finished);
    }

    private void passThrough(Listener<RespT> responseListener, Metadata requestHeaders) {
        ClientCall<ReqT, RespT> direct = channel.direct().newCall(method, options);
        direct.start(responseListener, requestHeaders);
        request.passTo(direct);
    }

    @Override
    public void send(Attempt attempt, Consumer<Outcome> ended) {
        Dispatch started = dispatch;
        if (begin(attempt, ended) && started != null) {
            mirror(started.mirrors(attempt));
        }
    }

    /** {@return whether the attempt is under way; if not, its end has been told} */
    private boolean begin(Attempt attempt, Consumer<Outcome> ended) {
        AttemptTracer tracer = channel.mesh().wantsSizes() ? new CountingTracer() : new AttemptTracer();
        ClientCall<ReqT, RespT> call;
        try {
            call = channel.channels()
                    .of(attempt)
                    .newCall(
                            AttemptOptions.method(method, attempt),
                            AttemptOptions.of(options, attempt, tracer, nowNanos()));
        } catch (IOException noTls) {
            ended.accept(new Outcome.Failure(Outcome.Failure.Kind.TLS, false, noTls));
            return false;
        }
        Metadata copy = new Metadata();
        copy.merge(startedHeaders());
        attempt.writeRequestHeaders(new MetadataSink(copy));
        AttemptListener<RespT> hearing = new AttemptListener<>(this, attempt, tracer, ended);
        call.start(hearing, copy);
        request.passTo(call, hedges(attempt) ? attempt : null, hearing);
        return true;
    }

    /**
     * Sends an attempt once more, on another connection, that never left because the peer was taking leave of the one it was meant for.
     * That tells nothing about the endpoint and is no retry of the route (gRFC A6 calls it transparent); gRPC itself would do it, but for
     * its retries being off. Once in a call, so that no peer can keep a call going round.
     *
     * @return whether that was done; if not, the attempt has ended
     */
    boolean sendAgain(Attempt attempt, Consumer<Outcome> ended) {
        if (sentAgain || cancelled.get()) {
            return false;
        }
        sentAgain = true;
        begin(attempt, ended);
        return true;
    }

    /**
     * Sends copies for mirrors, as soon as the message is known. Streams are not mirrored: what they send would have to be kept, and what
     * they answer may never end.
     */
    private void mirror(List<MirroredCall> drawn) {
        if (drawn.isEmpty()) {
            return;
        }
        if (method.getType() != MethodDescriptor.MethodType.UNARY) {
            drawn.forEach(copy -> copy.skip(MirrorSkip.STREAMING));
            return;
        }
        copies.set(drawn);
        mirrorWhatIsWhole(false);
    }

    /** Sends the copies that wait if the request is whole; if there is nothing more to come, those that still wait are left out. */
    private void mirrorWhatIsWhole(boolean over) {
        if (Objects.requireNonNull(copies.get()).isEmpty() || !(over || request.halfClosed())) {
            return;
        }
        List<MirroredCall> ready = Objects.requireNonNull(copies.getAndSet(List.of()));
        @Nullable ReqT message = request.whole();
        for (MirroredCall copy : ready) {
            if (message == null) {
                copy.skip(MirrorSkip.CALL_ENDED);
            } else {
                new MirrorCall<>(channel, method, options, startedHeaders(), message).start(copy);
            }
        }
    }

    /** Ends the time in which the call can be repeated. */
    void commit() {
        request.commit();
    }

    boolean committed() {
        return request.committed();
    }

    /** {@return whether another attempt can take the place of one that has ended; those of hedged calls have others beside them} */
    boolean ended(Attempt attempt, AttemptListener<RespT> listener) {
        return !hedges(attempt) && request.attemptEnded(listener);
    }

    /** {@return whether this call's single answer may be held back until it is known to be one} */
    boolean holdsHeaders() {
        return method.getType() == MethodDescriptor.MethodType.UNARY;
    }

    Listener<RespT> applicationListener() {
        Listener<RespT> started = listener;
        if (started == null) {
            throw new IllegalStateException("the call was not started");
        }
        return started;
    }

    long nowNanos() {
        return channel.mesh().clock().nanos();
    }

    /** Remembers how the last attempt ended, for the case that it is the call's end. */
    void attemptClosed(Status status, Metadata trailers) {
        lastStatus = status;
        lastTrailers = trailers;
    }

    /** {@return whether an attempt may have another beside it, so that what it hears is held back} */
    boolean hedges(Attempt attempt) {
        return holdsHeaders() && (attempt.hedge() || attempt.hedgeDelayNanos() != Long.MAX_VALUE);
    }

    private void finished(Outcome outcome) {
        AttemptListener<RespT> answer = endHedging(outcome);
        if (answer != null && cancelStatus == null) {
            mirrorWhatIsWhole(true);
            commit();
            tell(() -> {
                answer.release();
                applicationListener().onClose(answer.endStatus(), answer.endTrailers());
            });
            return;
        }
        Status cancelledAs = cancelStatus;
        Metadata trailers = lastTrailers;
        Status status = lastStatus;
        if (cancelledAs != null) {
            status = cancelledAs;
        } else if (!(outcome instanceof Outcome.Response) || status == null) {
            status = GrpcOutcomes.statusOf(outcome, status);
        }
        Metadata sent = trailers == null ? new Metadata() : trailers;
        Dispatch ended = dispatch;
        if (outcome instanceof Outcome.LocalReply reply && ended != null) {
            ended.writeReplyHeaders(reply, new MetadataSink(sent));
        }
        mirrorWhatIsWhole(true);
        close(status, sent);
    }

    /** {@return what heard the answer of a hedged call; null if the call ends otherwise} */
    private @Nullable AttemptListener<RespT> endHedging(Outcome outcome) {
        Dispatch ended = dispatch;
        AttemptListener<RespT> listener = request.end(ended == null ? null : ended.answered());
        if (listener == null || outcome instanceof Outcome.Response) {
            return listener;
        }
        lastStatus = listener.endStatus();
        lastTrailers = listener.endTrailers();
        return null;
    }

    /**
     * Tells the application the end where it wants to hear things: on the call's executor. A blocking stub waits for a task
     * there and would never wake otherwise; and a timer's thread is no place for an application's code.
     */
    private void close(Status status, Metadata trailers) {
        tell(() -> applicationListener().onClose(status, trailers));
    }

    private void tell(Runnable end) {
        if (onExecutor == Thread.currentThread()) {
            end.run();
            return;
        }
        Executor executor = options.getExecutor();
        (executor == null ? ApplicationThreads.ENDS : executor).execute(end);
    }

    /** Notes that this thread is the call's executor, where an inner call tells things. */
    void enterExecutor() {
        onExecutor = Thread.currentThread();
    }

    /** Ends what {@link #enterExecutor} began. */
    void leaveExecutor() {
        onExecutor = null;
    }

    @Override
    public void request(int numMessages) {
        request.request(numMessages);
    }

    @Override
    public void sendMessage(ReqT message) {
        request.sendMessage(message);
    }

    @Override
    public void halfClose() {
        request.halfClose();
        mirrorWhatIsWhole(false);
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        if (!cancelled.compareAndSet(false, true)) {
            return;
        }
        Status status = Status.CANCELLED.withDescription(message == null ? "cancelled by the application" : message);
        cancelStatus = cause == null ? status : status.withCause(cause);
        request.cancel(message, cause);
        CallbackDriver driving = driver;
        if (driving != null) {
            driving.cancel();
        }
    }

    @Override
    public boolean isReady() {
        ClientCall<ReqT, RespT> call = request.underWay();
        return call != null && call.isReady();
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        request.setMessageCompression(enabled);
    }

    @Override
    public Attributes getAttributes() {
        ClientCall<ReqT, RespT> call = request.underWay();
        return call == null ? Attributes.EMPTY : call.getAttributes();
    }

    private Metadata startedHeaders() {
        Metadata given = headers;
        return given == null ? new Metadata() : given;
    }
}
