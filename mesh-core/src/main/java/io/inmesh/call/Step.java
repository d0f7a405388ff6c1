package io.inmesh.call;

import org.jspecify.annotations.Nullable;

/**
 * What a driver has to do next: send an {@link Attempt}, wait, leave it to another, or stop.
 *
 * <p>A driver is three branches; see {@code io.inmesh.drive}.
 */
public sealed interface Step permits Attempt, Step.Wait, Step.Await, Step.Done {

    /**
     * Wait, then resume.
     *
     * @param delayNanos how long, positive; {@link Long#MAX_VALUE} for as long as it takes
     * @param wakeup what may end the wait earlier; null if only time does
     */
    record Wait(long delayNanos, @Nullable Wakeup wakeup) implements Step {

        /** A wait that only time ends. */
        public Wait(long delayNanos) {
            this(delayNanos, null);
        }
    }

    /**
     * Nothing for this thread: another attempt of the call is under way, and whoever reports its end goes on. Met only by drivers that
     * {@linkplain io.inmesh.dispatch.Dispatch#hedge hedge}.
     */
    record Await() implements Step {
        /** The only one needed. */
        public static final Await INSTANCE = new Await();
    }

    /**
     * The call is over. Where the outcome is a {@link Outcome.Response}, the native response of the last attempt that was settled is
     * the one to return, with its body untouched; drivers that hedge ask which one {@linkplain io.inmesh.dispatch.Dispatch#answered
     * that is}.
     *
     * @param outcome how it ended
     */
    record Done(Outcome outcome) implements Step {}
}
