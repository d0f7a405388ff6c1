package io.inmesh.drive;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.Step;
import io.inmesh.call.Wakeup;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.time.Deadlines;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Carries out one call on the thread of the caller. One per call.
 *
 * <p>Waits are the only blocking done here; they hold no lock, so virtual threads unmount.
 */
public final class BlockingDriver {

    /** Sends attempts. */
    public interface Sender {
        /**
         * Sends one attempt and waits for its end, at the latest until {@link Attempt#deadlineNanos()}.
         *
         * <p>If the outcome is repeated, there will be another attempt, and the native response of this one is not asked for again;
         * if it is not, the driver returns the outcome, and the native response is the one to give to the application.
         *
         * @return how it ended; failures to send are outcomes, not exceptions
         */
        Outcome send(Attempt attempt);

        /**
         * Takes over the rest of a call whose first attempt may be {@linkplain Dispatch#hedge hedged}.
         *
         * @param call the call under way
         * @param first its attempt, not yet sent
         * @return how the call ended; null if this sender sends one attempt at a time, and the call goes on without hedges
         * @throws InterruptedException if the thread was interrupted while waiting; the call is then cancelled
         */
        default @Nullable Outcome hedge(Dispatch call, Attempt first) throws InterruptedException {
            return null;
        }
    }

    /** Waits between attempts. */
    public interface Sleeper {
        /**
         * Waits the whole time, also where a {@link Wakeup} may come earlier.
         *
         * @param delayNanos how long, positive
         * @throws InterruptedException if the thread is interrupted
         */
        void sleep(long delayNanos) throws InterruptedException;
    }

    private final @Nullable Sleeper sleeper;
    // Made by the first wait, since most calls have none.
    private volatile @Nullable CountDownLatch waiting;
    private volatile @Nullable Dispatch running;
    private volatile boolean cancelled;

    /** Makes a driver that waits in real time. */
    public BlockingDriver() {
        this(null);
    }

    /**
     * Makes a driver that waits in another way, for tests in virtual time.
     *
     * @param sleeper how to wait; null for real time
     */
    public BlockingDriver(@Nullable Sleeper sleeper) {
        this.sleeper = sleeper;
    }

    /**
     * {@return how the call ended}
     *
     * @param dispatch a call not yet started
     * @param sender sends its attempts
     * @throws InterruptedException if the thread was interrupted while waiting between attempts; the call has ended as cancelled
     */
    public Outcome run(Dispatch dispatch, Sender sender) throws InterruptedException {
        running = dispatch;
        if (cancelled) {
            dispatch.cancel();
        }
        boolean finished = false;
        try {
            Step step = dispatch.start();
            while (!(step instanceof Step.Done)) {
                if (step instanceof Attempt attempt) {
                    Outcome end = attempt.hedgeDelayNanos() == Deadlines.NEVER ? null : sender.hedge(dispatch, attempt);
                    if (end != null) {
                        finished = true;
                        return end;
                    }
                    step = dispatch.settle(attempt, sender.send(attempt));
                } else {
                    sleep((Step.Wait) step);
                    step = dispatch.resume();
                }
            }
            finished = true;
            return ((Step.Done) step).outcome();
        } finally {
            if (!finished) {
                // The sender threw or the wait was interrupted: nobody will settle what is open.
                dispatch.cancel();
            }
        }
    }

    /**
     * Ends the call from another thread: a wait ends at once. Ending what is being sent is up to whoever sends it; its outcome is
     * ignored. May come before {@link #run}.
     */
    public void cancel() {
        cancelled = true;
        Dispatch call = running;
        if (call != null) {
            call.cancel();
        }
        CountDownLatch wait = waiting;
        if (wait != null) {
            wait.countDown();
        }
    }

    private void sleep(Step.Wait step) throws InterruptedException {
        if (sleeper != null) {
            sleeper.sleep(step.delayNanos());
            return;
        }
        CountDownLatch wait = new CountDownLatch(1);
        waiting = wait;
        Wakeup wakeup = step.wakeup();
        if (wakeup != null) {
            wakeup.whenReady(wait::countDown);
        }
        // Looked at after the latch is known, so that a cancellation either sees the latch or is seen here.
        if (!cancelled) {
            boolean woken = wait.await(step.delayNanos(), TimeUnit.NANOSECONDS);
            assert !woken || cancelled || wakeup != null : "nothing else wakes a wait";
        }
        waiting = null;
    }
}
