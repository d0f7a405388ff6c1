package io.inmesh.grpc;

import io.grpc.ClientCall;
import io.inmesh.call.Attempt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the application did to a call (messages, half-close, requests for messages), passed to the attempts under way and remembered
 * for those to come, until the call is committed. From then on nothing is remembered.
 *
 * <p>All state is behind one lock. Attempts are told things under it, which is safe because gRPC never calls back into a call from
 * inside it while holding a lock of its own.
 */
final class SentRequest<ReqT, RespT> {

    /** Messages kept for a repetition. A stream that sends more is committed; unary calls never get there. */
    static final int MAX_REPLAY_MESSAGES = 64;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final List<ReqT> messages = new ArrayList<>(1);
    private int requested;
    private boolean halfClosed;
    private boolean over;
    private boolean messageCompression = true;
    private boolean messageCompressionSet;
    private @Nullable ClientCall<ReqT, RespT> inner;
    /** What is under way beside it in a call that is hedged. */
    private @Nullable ClientCall<ReqT, RespT> beside;

    private @Nullable HedgedAttempts<ReqT, RespT> hedged;
    /** What was under way has ended, and another may follow; told to nobody until then, things are only remembered. */
    private boolean between;

    private @Nullable AttemptListener<RespT> ended;

    private volatile @Nullable GrpcCall view;

    /** Takes over the view of a call that is being started, which is told when the call is committed. */
    void begin(GrpcCall started) {
        view = started;
    }

    /** Commits a call to what carries all of it. */
    void passTo(ClientCall<ReqT, RespT> direct) {
        lock.lock();
        try {
            started().commit();
            adopt(direct);
        } finally {
            lock.unlock();
        }
    }

    /** Makes an attempt the one under way. */
    void passTo(ClientCall<ReqT, RespT> attempt, @Nullable Attempt hedgeable, AttemptListener<RespT> listener) {
        lock.lock();
        try {
            if (listener == ended) {
                return;
            }
            // The hedge may get here first, while the attempt beside it is still looking for its channel.
            beside = hedgeable == null ? null : inner;
            if (hedgeable != null) {
                hedged = hedged == null ? new HedgedAttempts<>() : hedged;
                hedged.add(hedgeable, attempt, listener);
            }
            adopt(attempt);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells that an attempt with none beside it has ended, maybe before it got here, as its end may be heard while it is being started.
     *
     * @return whether all that was done to the call is remembered for another attempt
     */
    boolean attemptEnded(AttemptListener<RespT> attempt) {
        lock.lock();
        try {
            if (started().committed()) {
                return false;
            }
            ended = attempt;
            between = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Makes a call the one under way and tells it everything that was done so far. */
    private void adopt(ClientCall<ReqT, RespT> call) {
        if (over) {
            call.cancel("the call ended before the attempt began", null);
            return;
        }
        inner = call;
        between = false;
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
        if (started().committed()) {
            messages.clear();
        }
    }

    /** Ends the time in which the call can be repeated. */
    void commit() {
        GrpcCall call = started();
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
        return started().committed();
    }

    void request(int numMessages) {
        lock.lock();
        try {
            if (!started().committed()) {
                requested += numMessages;
            }
            if (beside != null) {
                beside.request(numMessages);
            }
            if (inner != null) {
                inner.request(numMessages);
            } else if (started().committed()) {
                requested += numMessages;
            }
        } finally {
            lock.unlock();
        }
    }

    void sendMessage(ReqT message) {
        lock.lock();
        try {
            ClientCall<ReqT, RespT> going = between ? null : inner;
            if (going == null || !started().committed()) {
                messages.add(message);
                if (going != null && messages.size() > MAX_REPLAY_MESSAGES) {
                    started().commit();
                    messages.clear();
                }
            }
            if (going != null) {
                going.sendMessage(message);
            }
            if (beside != null) {
                beside.sendMessage(message);
            }
        } finally {
            lock.unlock();
        }
    }

    void halfClose() {
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
    }

    void setMessageCompression(boolean enabled) {
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

    /** {@return whether the application has sent all it will send} */
    boolean halfClosed() {
        lock.lock();
        try {
            return halfClosed;
        } finally {
            lock.unlock();
        }
    }

    /** {@return the single message of a request that is whole; null if it is not, or is known no more} */
    @Nullable
    ReqT whole() {
        lock.lock();
        try {
            return halfClosed && messages.size() == 1 ? messages.get(0) : null;
        } finally {
            lock.unlock();
        }
    }

    /** Cancels what is under way, and what is yet to come. */
    void cancel(@Nullable String message, @Nullable Throwable cause) {
        ClientCall<ReqT, RespT> underWay;
        ClientCall<ReqT, RespT> slow;
        lock.lock();
        try {
            over = true;
            slow = beside;
            underWay = inner;
        } finally {
            lock.unlock();
        }
        if (underWay != null) {
            underWay.cancel(message, cause);
        }
        if (slow != null) {
            slow.cancel(message, cause);
        }
    }

    /**
     * Ends a call; attempts that may be under way beside the one that answered are cancelled.
     *
     * @param answered the attempt whose outcome is the call's; null if none is
     * @return what heard it, if it held back what it heard; else null
     */
    @Nullable
    AttemptListener<RespT> end(@Nullable Attempt answered) {
        lock.lock();
        try {
            over = true;
            if (hedged == null) {
                return null;
            }
            hedged.cancelOthers(answered);
            return hedged.listenerOf(answered);
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    ClientCall<ReqT, RespT> underWay() {
        lock.lock();
        try {
            return inner;
        } finally {
            lock.unlock();
        }
    }

    private GrpcCall started() {
        GrpcCall call = view;
        if (call == null) {
            throw new IllegalStateException("the call was not started");
        }
        return call;
    }
}
