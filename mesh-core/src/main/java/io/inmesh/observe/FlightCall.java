package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes the events of one call, which began while a recording wanted some of them. */
final class FlightCall implements CallObserver {

    private final String virtualHost;
    private final @Nullable String route;

    FlightCall(String virtualHost, @Nullable String route) {
        this.virtualHost = virtualHost;
        this.route = route;
    }

    @Override
    public void attemptEnded(Attempt attempt, Outcome outcome, long durationNanos) {
        FlightEvents.AttemptEnded event = new FlightEvents.AttemptEnded();
        if (event.isEnabled()) {
            event.virtualHost = virtualHost;
            event.route = route;
            event.cluster = attempt.cluster();
            event.endpoint = attempt.endpoint().toString();
            event.number = attempt.number();
            event.outcome = word(attempt.call(), outcome);
            event.taken = durationNanos;
            event.commit();
        }
    }

    @Override
    public void retryRefused(Attempt ended, RetryRefusal why) {
        FlightEvents.RetryRefused event = new FlightEvents.RetryRefused();
        if (event.isEnabled()) {
            event.cluster = ended.cluster();
            event.endpoint = ended.endpoint().toString();
            event.reason = why.name().toLowerCase(Locale.ROOT);
            event.commit();
        }
    }

    @Override
    public void callEnded(Call call, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {
        FlightEvents.CallEnded event = new FlightEvents.CallEnded();
        if (event.isEnabled()) {
            event.virtualHost = virtualHost;
            event.route = route;
            event.attempts = attempts;
            event.outcome = word(call, outcome);
            event.taken = durationNanos;
            event.commit();
        }
    }

    private static String word(Call call, Outcome outcome) {
        int code = OutcomeCode.of(call.protocol(), outcome);
        String status = OutcomeCode.status(code);
        return status == null ? OutcomeCode.summary(code) : status;
    }
}
