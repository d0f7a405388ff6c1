package io.inmesh.inbound;

import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.ExternalAuthorizer;
import io.inmesh.time.Scheduler;
import io.inmesh.time.Scheduler.Cancellable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request whose way through the ring goes on when an external authorizer has answered, or has had its time. */
final class PendingCheck {

    private static final Logger LOG = LoggerFactory.getLogger(PendingCheck.class);
    private static final Cancellable NOTHING = () -> {};

    private final InboundWork work;
    private final ExternalAuthorizerConfig authorizer;
    private final String policy;
    private final AtomicBoolean over = new AtomicBoolean();
    // Written before anything could answer.
    private long begunNanos;
    private final Object lock = new Object();
    // The following are guarded by the lock.
    private Cancellable timer = NOTHING;
    private Cancellable asking = NOTHING;
    private boolean decided;
    private @Nullable Runnable listener;

    /**
     * Makes a check that has not begun.
     *
     * @param policy name of the policy that wants it
     */
    PendingCheck(InboundWork work, ExternalAuthorizerConfig authorizer, String policy) {
        this.work = work;
        this.authorizer = authorizer;
        this.policy = policy;
    }

    void start(ExternalAuthorizer external, Scheduler scheduler, long epochMillis) {
        begunNanos = work.elapsedNanos();
        keep(scheduler.schedule(this::expire, authorizer.timeout().toNanos()), true);
        try {
            keep(external.ask(CheckedRequest.of(work, authorizer, epochMillis), this::answer), false);
        } catch (RuntimeException e) {
            answer(new ExternalAnswer.Failed("it could not be asked: " + e));
        }
    }

    /** What is begun after the end is called off at once. */
    private void keep(Cancellable begun, boolean isTimer) {
        synchronized (lock) {
            if (isTimer) {
                timer = begun;
            } else {
                asking = begun;
            }
        }
        if (over.get()) {
            begun.cancel();
        }
    }

    private void expire() {
        answer(new ExternalAnswer.Failed(
                "no answer within " + authorizer.timeout().toMillis() + " ms"));
    }

    private void answer(ExternalAnswer answer) {
        if (!end()) {
            return;
        }
        try {
            work.resume(judged(answer));
        } finally {
            Runnable told;
            synchronized (lock) {
                decided = true;
                told = listener;
            }
            if (told != null) {
                told.run();
            }
        }
    }

    private @Nullable Outcome judged(ExternalAnswer answer) {
        try {
            return new CheckJudge(work, authorizer, policy, work.elapsedNanos() - begunNanos).judge(answer);
        } catch (RuntimeException e) {
            // A check that cannot be made has not been passed.
            LOG.error("The answer of an external authorizer could not be judged; the request is refused", e);
            return new Outcome.Rejection(Reason.INTERNAL, 500, 13, "the answer could not be judged: " + e);
        }
    }

    /** Calls the check off, since nobody waits for the request any more. */
    boolean abandon() {
        return end();
    }

    private boolean end() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        Cancellable running;
        Cancellable timing;
        synchronized (lock) {
            running = asking;
            timing = timer;
        }
        timing.cancel();
        running.cancel();
        return true;
    }

    /** Calls a listener when a request has been decided about, at once if it needs no check. */
    static void whenDecided(@Nullable PendingCheck check, Runnable listener) {
        if (check == null) {
            listener.run();
        } else {
            check.whenDecided(listener);
        }
    }

    /** Calls a listener when the request has been decided about, at once if it has. There is one listener. */
    private void whenDecided(Runnable listener) {
        synchronized (lock) {
            if (!decided) {
                this.listener = listener;
                return;
            }
        }
        listener.run();
    }
}
