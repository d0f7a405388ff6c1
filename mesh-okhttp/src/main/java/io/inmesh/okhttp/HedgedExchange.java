package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.StatusCodes;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.drive.CallbackDriver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import okhttp3.Interceptor;
import org.jspecify.annotations.Nullable;

/**
 * One call of which two attempts may be under way. The caller's thread sends all attempts but hedges, which have a thread of their own, and
 * waits for the end of the call; when one attempt answers, the other is cancelled.
 */
final class HedgedExchange implements CallbackDriver.AsyncSender {

    private static final Runnable WAKE = () -> {};

    private final Hedges hedges;
    private final Interceptor.Chain application;
    private final OkHttpCall call;
    private final Dispatch dispatch;
    private final Function<Interceptor.Chain, Exchange> exchanges;
    private final CallbackDriver driver;
    private final Thread caller = Thread.currentThread();
    private final BlockingQueue<Runnable> forCaller = new LinkedBlockingQueue<>();
    private final List<HedgedAttempt> attempts = new CopyOnWriteArrayList<>();
    private volatile @Nullable Outcome outcome;
    private volatile boolean cancelled;

    HedgedExchange(
            Mesh mesh,
            Hedges hedges,
            Interceptor.Chain application,
            OkHttpCall call,
            Dispatch dispatch,
            Function<Interceptor.Chain, Exchange> exchanges) {
        this.hedges = hedges;
        this.application = application;
        this.call = call;
        this.dispatch = dispatch;
        this.exchanges = exchanges;
        this.driver = new CallbackDriver(mesh.scheduler(), true);
    }

    /**
     * {@return how the call ended}
     *
     * @param first its first attempt, not yet sent
     */
    Outcome run(Attempt first) throws InterruptedException {
        driver.goOn(dispatch, first, this, this::ended);
        Outcome end = outcome;
        while (end == null) {
            forCaller.take().run();
            end = outcome;
        }
        return end;
    }

    /** {@return what received the answer of the call; null if it has none} */
    @Nullable
    Exchange answer() {
        Attempt answered = dispatch.answered();
        for (HedgedAttempt each : attempts) {
            if (each.attempt() == answered) {
                return each.exchange();
            }
        }
        return null;
    }

    /** Ends the call, or the reading of its answer, from any thread. */
    void cancel() {
        cancelled = true;
        driver.cancel();
        attempts.forEach(HedgedAttempt::cancel);
    }

    @Override
    public void send(Attempt attempt, Consumer<Outcome> ended) {
        HedgedAttempt sent = new HedgedAttempt(hedges, attempt, call.request(), application, exchanges);
        attempts.add(sent);
        if (cancelled || outcome != null) {
            // The call ended before this attempt was known to whoever ends attempts.
            sent.cancel();
        }
        if (Thread.currentThread() == caller) {
            ended.accept(sent.send());
        } else if (attempt.hedge()) {
            try {
                hedges.execute(() -> ended.accept(sent.send()));
            } catch (RejectedExecutionException full) {
                ended.accept(new Outcome.Rejection(
                        Outcome.Reason.OVERFLOW,
                        503,
                        StatusCodes.GRPC_UNAVAILABLE,
                        Hedges.MAX_THREADS + " hedges are under way, which is the most"));
            }
        } else {
            // What is no hedge is sent when nothing is under way, so the caller has nothing else to do.
            forCaller.add(() -> ended.accept(sent.send()));
        }
    }

    private void ended(Outcome end) {
        Attempt answered = end instanceof Outcome.Response ? dispatch.answered() : null;
        outcome = end;
        for (HedgedAttempt each : attempts) {
            if (each.attempt() != answered) {
                each.abandon();
            }
        }
        forCaller.add(WAKE);
    }
}
