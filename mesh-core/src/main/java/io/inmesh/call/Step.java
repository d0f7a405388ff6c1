package io.inmesh.call;

/**
 * What a driver has to do next: send an {@link Attempt}, wait, or stop.
 *
 * <p>A driver is three branches; see {@code io.inmesh.drive}.
 */
public sealed interface Step permits Attempt, Step.Wait, Step.Done {

    /**
     * Wait, then resume.
     *
     * @param delayNanos how long, positive
     */
    record Wait(long delayNanos) implements Step {}

    /**
     * The call is over. Where the outcome is a {@link Outcome.Response}, the native response of the last attempt is the
     * one to return, with its body untouched.
     *
     * @param outcome how it ended
     */
    record Done(Outcome outcome) implements Step {}
}
