package io.inmesh.drive;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.Step;
import io.inmesh.call.Wakeup;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.time.Deadlines;
import io.inmesh.time.Scheduler;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out one call by callbacks; no thread waits. One per call.
 *
 * <p>The next step runs on the thread that reported the end of the last, or on the scheduler's after a wait. A sender that reports while it
 * still sends does not deepen the stack, however many attempts fail at once.
 */
public final class CallbackDriver {

    private static final Logger LOG = LoggerFactory.getLogger(CallbackDriver.class);
    private static final Scheduler.Cancellable NOTHING = () -> {};
    private static final Object LEFT = new Object();

    // Updaters instead of atomic objects: there is a driver for every call, and each atomic would be one more object.
    private static final AtomicIntegerFieldUpdater<CallbackDriver> FINISHED =
            AtomicIntegerFieldUpdater.newUpdater(CallbackDriver.class, "finished");
    private static final AtomicReferenceFieldUpdater<CallbackDriver, Scheduler.Cancellable> TIMER =
            AtomicReferenceFieldUpdater.newUpdater(CallbackDriver.class, Scheduler.Cancellable.class, "timer");
    private static final AtomicReferenceFieldUpdater<Report, @Nullable Object> MEETING =
            AtomicReferenceFieldUpdater.newUpdater(Report.class, Object.class, "meeting");

    /** Sends attempts. */
    public interface AsyncSender {
        /**
         * Sends one attempt without waiting, and sees to it that it ends by {@link Attempt#deadlineNanos()}.
         *
         * @param attempt what to send
         * @param ended told once how it ended, on any thread; later calls are ignored
         */
        void send(Attempt attempt, Consumer<Outcome> ended);
    }

    private final Scheduler scheduler;
    private volatile int finished;
    private volatile Scheduler.Cancellable timer = NOTHING;
    private volatile Scheduler.Cancellable hedgeTimer = NOTHING;
    private final boolean hedges;
    private volatile boolean cancelled;
    private volatile @Nullable Dispatch dispatch;
    private AsyncSender sender = (attempt, ended) -> ended.accept(Outcome.Cancelled.INSTANCE);
    private Consumer<Outcome> done = outcome -> {};

    /**
     * Makes a driver that sends one attempt at a time.
     *
     * @param scheduler runs what comes after waits
     */
    public CallbackDriver(Scheduler scheduler) {
        this(scheduler, false);
    }

    /**
     * Makes a driver.
     *
     * @param scheduler runs what comes after waits
     * @param hedges whether the sender can send two attempts at once; it then also cancels, when told the end of the call, what is not
     *     {@link Dispatch#answered}
     */
    public CallbackDriver(Scheduler scheduler, boolean hedges) {
        this.scheduler = scheduler;
        this.hedges = hedges;
    }

    /**
     * Starts the call on this thread. To be called once.
     *
     * @param call a call not yet started
     * @param attempts sends its attempts
     * @param whenDone told once how the call ended, possibly before this method returns
     */
    public void run(Dispatch call, AsyncSender attempts, Consumer<Outcome> whenDone) {
        if (begin(call, attempts, whenDone)) {
            drive(call, call.start());
        }
    }

    /**
     * Goes on with a call that somebody else has started. To be called once, instead of {@link #run}.
     *
     * @param call a call under way
     * @param next its next step
     * @param attempts sends its attempts
     * @param whenDone told once how the call ended, possibly before this method returns
     */
    public void goOn(Dispatch call, Step next, AsyncSender attempts, Consumer<Outcome> whenDone) {
        if (begin(call, attempts, whenDone)) {
            drive(call, next);
        }
    }

    private boolean begin(Dispatch call, AsyncSender attempts, Consumer<Outcome> whenDone) {
        sender = attempts;
        done = whenDone;
        dispatch = call;
        if (cancelled) {
            finish(call.cancel());
        }
        return !cancelled;
    }

    /**
     * Ends the call from any thread; whoever waits for it is told at once. Ending what is being sent is up to whoever sends it; its
     * outcome is ignored. May come before {@link #run}.
     */
    public void cancel() {
        cancelled = true;
        Dispatch call = dispatch;
        if (call != null) {
            Step end = call.cancel();
            TIMER.getAndSet(this, NOTHING).cancel();
            finish(end);
        }
    }

    private void drive(Dispatch call, Step first) {
        Step step = first;
        while (step instanceof Attempt attempt) {
            Report report = new Report(call, attempt);
            if (hedges && attempt.hedgeDelayNanos() != Deadlines.NEVER) {
                hedgeLater(call, attempt);
            }
            try {
                sender.send(attempt, report);
            } catch (RuntimeException | Error e) {
                broken(call, e);
                return;
            }
            Outcome outcome = report.takeIfHere();
            if (outcome == null) {
                return;
            }
            step = call.settle(attempt, outcome);
        }
        if (step instanceof Step.Wait wait) {
            waitThenResume(call, wait);
        } else if (step instanceof Step.Done) {
            finish(step);
        }
    }

    private void hedgeLater(Dispatch call, Attempt attempt) {
        Scheduler.Cancellable scheduled =
                scheduler.schedule(() -> drive(call, call.hedge(attempt)), attempt.hedgeDelayNanos());
        hedgeTimer = scheduled;
        if (cancelled) {
            scheduled.cancel();
        }
    }

    private void waitThenResume(Dispatch call, Step.Wait wait) {
        Wakeup wakeup = wait.wakeup();
        // Time and wake-up may come at once, and a call is resumed once.
        Runnable resume =
                wakeup == null ? () -> drive(call, call.resume()) : new Once(() -> drive(call, call.resume()));
        Scheduler.Cancellable scheduled =
                wait.delayNanos() == Deadlines.NEVER ? NOTHING : scheduler.schedule(resume, wait.delayNanos());
        timer = scheduled;
        if (cancelled) {
            scheduled.cancel();
        }
        if (wakeup != null) {
            // Not on the thread that wakes, which is in the midst of another call.
            wakeup.whenReady(() -> {
                scheduled.cancel();
                scheduler.schedule(resume, 0);
            });
        }
    }

    /** Runs something the first time it is asked to. */
    private static final class Once extends AtomicBoolean implements Runnable {
        private static final long serialVersionUID = 1;

        private final transient Runnable action;

        Once(Runnable action) {
            this.action = action;
        }

        @Override
        public void run() {
            if (compareAndSet(false, true)) {
                action.run();
            }
        }
    }

    private void finish(Step end) {
        finish(((Step.Done) end).outcome());
    }

    private void finish(Outcome outcome) {
        if (FINISHED.compareAndSet(this, 0, 1)) {
            hedgeTimer.cancel();
            done.accept(outcome);
        }
    }

    private void broken(Dispatch call, Throwable e) {
        LOG.error(
                "Sending to {} failed outside the contract; the call ends",
                call.call().host(),
                e);
        call.cancel();
        finish(new Outcome.Failure(Outcome.Failure.Kind.OTHER, true, e));
    }

    /** Receives the outcome of one attempt, and decides who goes on: the sending thread if it is still here, else the reporting one. */
    private final class Report implements Consumer<Outcome> {

        private final Dispatch call;
        private final Attempt attempt;
        /** Null at first; then the outcome if it came while sending, or {@link #LEFT} once the sending thread has gone. */
        private volatile @Nullable Object meeting;

        Report(Dispatch call, Attempt attempt) {
            this.call = call;
            this.attempt = attempt;
        }

        @Override
        public void accept(Outcome outcome) {
            if (MEETING.compareAndSet(this, null, outcome)) {
                return;
            }
            if (MEETING.compareAndSet(this, LEFT, outcome)) {
                drive(call, call.settle(attempt, outcome));
            }
        }

        @Nullable
        Outcome takeIfHere() {
            return MEETING.compareAndSet(this, null, LEFT) ? null : (Outcome) meeting;
        }
    }
}
