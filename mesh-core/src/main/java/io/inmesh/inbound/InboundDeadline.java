package io.inmesh.inbound;

import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;

/** Learns how long the caller waits, and refuses work that it has given up already or whose patience cannot be read. */
final class InboundDeadline implements Stage<InboundWork> {

    private static final Verdict<InboundWork> PASS = Verdict.admit();
    private static final int GRPC_INVALID_ARGUMENT = 3;
    private static final int GRPC_DEADLINE_EXCEEDED = 4;

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        InboundCall call = work.call();
        String header = call.protocol() == Call.Protocol.GRPC ? CallerTimeout.GRPC_HEADER : CallerTimeout.HTTP_HEADER;
        String value = call.header(header);
        if (value != null) {
            long timeoutNanos = call.protocol() == Call.Protocol.GRPC
                    ? CallerTimeout.grpcNanos(value)
                    : CallerTimeout.httpNanos(value);
            if (timeoutNanos == CallerTimeout.UNREADABLE) {
                return Verdict.reject(new Outcome.Rejection(
                        Reason.BAD_REQUEST, 400, GRPC_INVALID_ARGUMENT, "header " + header + " is not a timeout"));
            }
            if (timeoutNanos != Long.MAX_VALUE) {
                work.deadlineNanos(
                        earlier(work.startNanos() - work.queuedNanos() + timeoutNanos, work.deadlineNanos()));
            }
        }
        long left = work.deadlineNanos() == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : work.deadlineNanos() - work.startNanos() - work.elapsedNanos();
        if (left <= 0) {
            return Verdict.reject(new Outcome.Rejection(
                    Reason.DEADLINE,
                    504,
                    GRPC_DEADLINE_EXCEEDED,
                    "the caller gave up " + -left / 1_000_000 + " ms ago"));
        }
        InboundTraffic traffic = work.policy().traffic();
        if (traffic != null && left < traffic.minRemainingNanos()) {
            return Verdict.reject(new Outcome.Rejection(
                    Reason.DEADLINE,
                    504,
                    GRPC_DEADLINE_EXCEEDED,
                    "the caller gives up in " + left / 1_000_000 + " ms, and " + traffic.minRemainingNanos() / 1_000_000
                            + " are needed" + traffic.byOrigin()));
        }
        return PASS;
    }

    private static long earlier(long deadlineNanos, long otherNanos) {
        return otherNanos == Long.MAX_VALUE || deadlineNanos - otherNanos < 0 ? deadlineNanos : otherNanos;
    }
}
