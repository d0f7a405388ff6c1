package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.observe.InboundObserver.Scope;
import org.jspecify.annotations.Nullable;

/** Tells two observers of one call; more are pairs of pairs. */
record ManyCallObservers(CallObserver first, CallObserver second) implements CallObserver {

    static CallObserver both(CallObserver first, CallObserver second) {
        if (first == NONE) {
            return second;
        }
        if (second == NONE) {
            return first;
        }
        return first instanceof SharedCallObserver known && second instanceof SharedCallObserver other
                ? other.after(known)
                : new ManyCallObservers(first, second);
    }

    @Override
    public Scope enterCall() {
        return ManyInboundObservers.both(first.enterCall(), second.enterCall());
    }

    @Override
    public String callTraceId() {
        String id = first.callTraceId();
        return id.isEmpty() ? second.callTraceId() : id;
    }

    @Override
    public void delayed(long delayNanos) {
        try {
            first.delayed(delayNanos);
        } catch (RuntimeException e) {
            ManyObservers.failed(first, e);
        }
        second.delayed(delayNanos);
    }

    @Override
    public void attemptStarted(Attempt attempt) {
        try {
            first.attemptStarted(attempt);
        } catch (RuntimeException e) {
            ManyObservers.failed(first, e);
        }
        second.attemptStarted(attempt);
    }

    @Override
    public void attemptEnded(Attempt attempt, Outcome outcome, long durationNanos) {
        try {
            first.attemptEnded(attempt, outcome, durationNanos);
        } catch (RuntimeException e) {
            ManyObservers.failed(first, e);
        }
        second.attemptEnded(attempt, outcome, durationNanos);
    }

    @Override
    public void retrying(Attempt ended, long delayNanos) {
        try {
            first.retrying(ended, delayNanos);
        } catch (RuntimeException e) {
            ManyObservers.failed(first, e);
        }
        second.retrying(ended, delayNanos);
    }

    @Override
    public void retryRefused(Attempt ended, RetryRefusal why) {
        try {
            first.retryRefused(ended, why);
        } catch (RuntimeException e) {
            ManyObservers.failed(first, e);
        }
        second.retryRefused(ended, why);
    }

    @Override
    public void callEnded(Call call, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {
        try {
            first.callEnded(call, last, outcome, attempts, durationNanos);
        } catch (RuntimeException e) {
            ManyObservers.failed(first, e);
        }
        second.callEnded(call, last, outcome, attempts, durationNanos);
    }
}
