package io.inmesh.dispatch;

import io.inmesh.call.Call;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;
import io.inmesh.time.Clock;
import io.inmesh.time.Deadlines;
import java.util.concurrent.TimeUnit;

/**
 * Tells the server how long its answer is of use, as time left and not as a time of day, so clocks need not agree.
 *
 * <p>Source: Envoy {@code x-envoy-expected-rq-timeout-ms}. gRPC has {@code grpc-timeout} of its own, which its adapter sets from {@link
 * OutboundAttempt#deadlineNanos}.
 */
final class AnnounceDeadline implements Stage<OutboundAttempt> {

    static final String HEADER = "x-envoy-expected-rq-timeout-ms";

    private static final Verdict<OutboundAttempt> ADMIT = Verdict.admit();

    private final Clock clock;

    AnnounceDeadline(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        if (attempt.deadlineNanos() != Deadlines.NEVER && attempt.call().protocol() == Call.Protocol.HTTP) {
            long leftNanos = Deadlines.remaining(attempt.deadlineNanos(), clock.nanos());
            // At least 1: 0 means no timeout at all.
            attempt.setHeader(HEADER, Long.toString(Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos))));
        }
        return ADMIT;
    }
}
