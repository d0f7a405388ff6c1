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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.ReentrantLock;
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
 * <p>All state is behind one lock that is never held while the application's listener runs. Inner calls are told things under
 * it, which is safe because gRPC never calls back into a call from inside it while holding a lock of its own.
 */
final class MeshClientCall<ReqT, RespT> extends ClientCall<ReqT, RespT> implements CallbackDriver.AsyncSender {

    /** Messages kept for a repetition. A stream that sends more is committed; unary calls never get there. */
    static final int MAX_REPLAY_MESSAGES = 64;

    private final MeshChannel channel;
    private final MethodDescriptor<ReqT, RespT> method;
    private final CallOptions options;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final List<ReqT> messages = new ArrayList<>(1);
    private int requested;
    private boolean halfClosed;
    private boolean cancelled;
    private boolean messageCompression = true;
    private boolean messageCompressionSet;
    private @Nullable ClientCall<ReqT, RespT> inner;
    /** Copies that wait for the message. */
    private List<MirroredCall> copies = List.of();
    /** What is under way beside it in a call that is hedged. */
    private @Nullable ClientCall<ReqT, RespT> beside;

    private @Nullable HedgedAttempts<ReqT, RespT> hedged;
    private boolean over;

    // Written once in start().
    private @Nullable Listener<RespT> listener;
    private @Nullable Metadata headers;
    private @Nullable GrpcCall view;
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
                channel.mesh().clock());
        view = call;
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
        lock.lock();
        try {
            committedView().commit();
            adopt(direct);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void send(Attempt attempt, Consumer<Outcome> ended) {
        AttemptTracer tracer = new AttemptTracer();
        ClientCall<ReqT, RespT> call;
        try {
            call = channel.channels()
                    .of(attempt)
                    .newCall(
                            AttemptOptions.method(method, attempt),
                            AttemptOptions.of(options, attempt, tracer, nowNanos()));
        } catch (IOException noTls) {
            ended.accept(new Outcome.Failure(Outcome.Failure.Kind.TLS, false, noTls));
            return;
        }
        Metadata copy = new Metadata();
        copy.merge(startedHeaders());
        attempt.writeRequestHeaders(new MetadataSink(copy));
        AttemptListener<RespT> hearing = new AttemptListener<>(this, attempt, tracer, ended);
        call.start(hearing, copy);
        lock.lock();
        try {
            if (hedges(attempt)) {
                hedged = hedged == null ? new HedgedAttempts<>() : hedged;
                hedged.add(attempt, call, hearing);
            }
            // The hedge may get here first, while the attempt beside it is still looking for its channel.
            beside = hedges(attempt) ? inner : null;
            adopt(call);
        } finally {
            lock.unlock();
        }
        Dispatch started = dispatch;
        if (started != null) {
            mirror(started.mirrors(attempt));
        }
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
        lock.lock();
        try {
            copies = drawn;
        } finally {
            lock.unlock();
        }
        mirrorWhatIsWhole(false);
    }

    /** Sends the copies that wait if the request is whole; if there is nothing more to come, those that still wait are left out. */
    private void mirrorWhatIsWhole(boolean over) {
        List<MirroredCall> ready;
        ReqT message;
        lock.lock();
        try {
            if (copies.isEmpty() || !(halfClosed || over)) {
                return;
            }
            ready = copies;
            copies = List.of();
            message = halfClosed && messages.size() == 1 ? messages.get(0) : null;
        } finally {
            lock.unlock();
        }
        for (MirroredCall copy : ready) {
            if (message == null) {
                copy.skip(MirrorSkip.CALL_ENDED);
            } else {
                new MirrorCall<>(channel, method, options, startedHeaders(), message).start(copy);
            }
        }
    }

    /** Makes a call the one under way and tells it everything that was done so far. */
    private void adopt(ClientCall<ReqT, RespT> call) {
        if (cancelled || over) {
            call.cancel("the call ended before the attempt began", null);
            return;
        }
        inner = call;
        if (messageCompressionSet) {
            call.setMessageCompression(messageCompression);
        }
        if (requested > 0) {
            call.request(requested);
        }
        for (int i = 0; i < messages.size(); i++) {
            call.sendMessage(messages.get(i));
        }
        if (halfClosed) {
            call.halfClose();
        }
        if (committedView().committed()) {
            messages.clear();
        }
    }

    /** Ends the time in which the call can be repeated. */
    void commit() {
        GrpcCall call = committedView();
        if (call.committed()) {
            return;
        }
        lock.lock();
        try {
            call.commit();
            messages.clear();
        } finally {
            lock.unlock();
        }
    }

    boolean committed() {
        return committedView().committed();
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
        lock.lock();
        try {
            over = true;
            if (hedged == null || dispatch == null) {
                return null;
            }
            Attempt last = dispatch.answered();
            hedged.cancelOthers(last);
            AttemptListener<RespT> listener = hedged.listenerOf(last);
            if (listener == null || outcome instanceof Outcome.Response) {
                return listener;
            }
            lastStatus = listener.endStatus();
            lastTrailers = listener.endTrailers();
            return null;
        } finally {
            lock.unlock();
        }
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
        (executor == null ? ForkJoinPool.commonPool() : executor).execute(end);
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
        lock.lock();
        try {
            if (!committedView().committed()) {
                requested += numMessages;
            }
            if (beside != null) {
                beside.request(numMessages);
            }
            if (inner != null) {
                inner.request(numMessages);
            } else if (committedView().committed()) {
                requested += numMessages;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sendMessage(ReqT message) {
        lock.lock();
        try {
            if (inner == null || !committedView().committed()) {
                messages.add(message);
                if (inner != null && messages.size() > MAX_REPLAY_MESSAGES) {
                    committedView().commit();
                    messages.clear();
                }
            }
            if (inner != null) {
                inner.sendMessage(message);
            }
            if (beside != null) {
                beside.sendMessage(message);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void halfClose() {
        lock.lock();
        try {
            halfClosed = true;
            if (inner != null) {
                inner.halfClose();
            }
            if (beside != null) {
                beside.halfClose();
            }
        } finally {
            lock.unlock();
        }
        mirrorWhatIsWhole(false);
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        Status status = Status.CANCELLED.withDescription(message == null ? "cancelled by the application" : message);
        ClientCall<ReqT, RespT> underWay;
        ClientCall<ReqT, RespT> slow;
        lock.lock();
        try {
            if (cancelled) {
                return;
            }
            cancelled = true;
            slow = beside;
            underWay = inner;
        } finally {
            lock.unlock();
        }
        cancelStatus = cause == null ? status : status.withCause(cause);
        if (underWay != null) {
            underWay.cancel(message, cause);
        }
        if (slow != null) {
            slow.cancel(message, cause);
        }
        CallbackDriver driving = driver;
        if (driving != null) {
            driving.cancel();
        }
    }

    @Override
    public boolean isReady() {
        ClientCall<ReqT, RespT> call = underWay();
        return call != null && call.isReady();
    }

    private @Nullable ClientCall<ReqT, RespT> underWay() {
        lock.lock();
        try {
            return inner;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        lock.lock();
        try {
            messageCompression = enabled;
            messageCompressionSet = true;
            if (inner != null) {
                inner.setMessageCompression(enabled);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Attributes getAttributes() {
        ClientCall<ReqT, RespT> call = underWay();
        return call == null ? Attributes.EMPTY : call.getAttributes();
    }

    private GrpcCall committedView() {
        GrpcCall call = view;
        if (call == null) {
            throw new IllegalStateException("the call was not started");
        }
        return call;
    }

    private Metadata startedHeaders() {
        Metadata given = headers;
        return given == null ? new Metadata() : given;
    }
}
