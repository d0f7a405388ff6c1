package io.inmesh.inbound;

import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.limit.TokenBucket;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;

/**
 * Refuses what comes more often than it may. A request needs a token of every limit that is about it; one that is refused leaves no
 * limit poorer, so that a client over its own limit does not eat up what all share.
 *
 * <p>Source: Envoy {@code envoy.filters.http.local_ratelimit}: 429, and UNAVAILABLE for gRPC, which is what gRPC's own mapping makes of
 * 429.
 */
final class LimitRate implements Stage<InboundWork> {

    private static final Verdict<InboundWork> PASS = Verdict.admit();
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int GRPC_UNAVAILABLE = 14;
    private static final long NANOS_PER_MILLI = 1_000_000;

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        InboundTraffic traffic = work.policy().traffic();
        if (traffic == null || traffic.rateLimits().length == 0) {
            return PASS;
        }
        RateLimit[] limits = traffic.rateLimits();
        // The last one taken never has to be given back.
        TokenBucket[] taken = new TokenBucket[limits.length - 1];
        long now = work.startNanos();
        for (int i = 0; i < limits.length; i++) {
            if (limits[i].isAbout(work)) {
                TokenBucket bucket = limits[i].bucketOf(work);
                long waitNanos = bucket.take(now);
                if (waitNanos > TokenBucket.TAKEN) {
                    giveBack(taken, i);
                    return refuse(limits[i], traffic, waitNanos);
                }
                if (i < taken.length) {
                    taken[i] = bucket;
                }
            }
        }
        return PASS;
    }

    private static void giveBack(TokenBucket[] taken, int count) {
        for (int i = 0; i < count; i++) {
            if (taken[i] != null) {
                taken[i].giveBack();
            }
        }
    }

    private static Verdict<InboundWork> refuse(RateLimit limit, InboundTraffic traffic, long waitNanos) {
        long waitMillis = (waitNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        return Verdict.reject(new Outcome.Rejection(
                Reason.RATE_LIMITED,
                TOO_MANY_REQUESTS,
                GRPC_UNAVAILABLE,
                "rate limit \"" + limit.config().name() + "\"" + traffic.byOrigin() + " is used up: "
                        + limit.config().tokens() + " per "
                        + limit.config().fillInterval().toMillis() + " ms; the next one in " + waitMillis + " ms",
                waitMillis));
    }
}
