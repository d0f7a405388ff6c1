package io.inmesh.health;

import io.inmesh.check.CheckResult;
import io.inmesh.check.CheckTask;
import io.inmesh.check.Checker;
import io.inmesh.time.Scheduler;
import io.inmesh.time.Scheduler.Cancellable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One question under way: ends once, with the first answer or when it has waited long enough. */
final class CheckRun {

    private final EndpointCheck check;
    private final Consumer<CheckResult> ended;
    private final AtomicBoolean done = new AtomicBoolean();
    private volatile @Nullable Cancellable asking;
    private volatile @Nullable Cancellable timeout;

    CheckRun(EndpointCheck check, Consumer<CheckResult> ended) {
        this.check = check;
        this.ended = ended;
    }

    void start(Checker checker, Scheduler scheduler) {
        CheckTarget target = check.target();
        long timeoutNanos = target.config().timeout().toNanos();
        timeout = scheduler.schedule(this::tooLong, timeoutNanos);
        try {
            asking = checker.start(
                    new CheckTask(
                            check.endpoint(),
                            target.service(),
                            target.security().apply(check.endpoint()),
                            target.config().protocol(),
                            timeoutNanos),
                    this::end);
        } catch (RuntimeException e) {
            end(CheckResult.failed("could not be asked: " + e));
        }
        if (done.get()) {
            // It may have ended before there was anything to cancel.
            cancel(timeout);
            cancel(asking);
        }
    }

    private void tooLong() {
        end(CheckResult.failed("no answer within " + check.config().timeout().toMillis() + " ms"));
        cancel(asking);
    }

    private void end(CheckResult result) {
        if (done.compareAndSet(false, true)) {
            cancel(timeout);
            ended.accept(result);
        }
    }

    private static void cancel(@Nullable Cancellable work) {
        if (work != null) {
            work.cancel();
        }
    }
}
