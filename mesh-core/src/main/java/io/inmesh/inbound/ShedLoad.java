package io.inmesh.inbound;

import io.inmesh.call.Criticality;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.limit.ConcurrencyLimit;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/**
 * Refuses what this process cannot do in time, the least critical first: when a request has waited too long for a thread, or too many
 * are in flight. Nothing of a body has been read by then.
 *
 * <p>Serving the newest first under overload would do better still (Facebook's adaptive LIFO, "Fail at Scale", ACM Queue 2015), but
 * a filter is reached in the order in which the server's own queue hands requests out, so it can only refuse what is late.
 */
final class ShedLoad implements Stage<InboundWork>, Ticket<InboundWork> {

    private static final Verdict<InboundWork> PASS = Verdict.admit();
    private static final int UNAVAILABLE = 503;
    private static final int GRPC_UNAVAILABLE = 14;
    /** What a refused caller is asked to wait: {@code Retry-After} counts in seconds. */
    private static final long RETRY_AFTER_MILLIS = 1000;

    private final Verdict<InboundWork> counted = Verdict.admit(this);

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        InboundTraffic traffic = work.policy().traffic();
        ConcurrencyLimit limit = traffic == null ? null : traffic.concurrency();
        if (traffic == null || limit == null) {
            return PASS;
        }
        InboundCall call = work.call();
        Criticality criticality = BelievedCriticality.of(call, traffic);
        long allowedNanos = limit.maxQueueWaitNanos(criticality);
        long waitedNanos = work.queuedNanos();
        if (allowedNanos > 0 && waitedNanos > allowedNanos) {
            return refuse("it waited " + waitedNanos / 1_000_000 + " ms for a thread, and " + allowedNanos / 1_000_000
                    + " are allowed for " + criticality.text() + " ones" + traffic.byOrigin());
        }
        if (call.streaming()) {
            return PASS;
        }
        if (!limit.tryBegin(criticality)) {
            return refuse(limit.inFlight() + " requests are in flight, and " + limit.limit(criticality)
                    + " are allowed for " + criticality.text() + " ones" + traffic.byOrigin());
        }
        work.concurrency(limit);
        return counted;
    }

    @Override
    public void settle(InboundWork work, Outcome outcome) {
        ConcurrencyLimit limit = work.concurrency();
        if (work.admitted()) {
            long durationNanos = work.elapsedNanos();
            limit.end(work.startNanos() + durationNanos, durationNanos, done(outcome));
        } else {
            limit.end();
        }
    }

    private static boolean done(Outcome outcome) {
        return outcome instanceof Outcome.Response response
                && response.httpStatus() < 400
                && response.grpcStatus() <= 0;
    }

    private static Verdict<InboundWork> refuse(String message) {
        return Verdict.reject(
                new Outcome.Rejection(Reason.OVERLOADED, UNAVAILABLE, GRPC_UNAVAILABLE, message, RETRY_AFTER_MILLIS));
    }
}
