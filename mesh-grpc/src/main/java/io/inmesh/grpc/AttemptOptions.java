package io.inmesh.grpc;

import io.grpc.CallOptions;
import io.grpc.Deadline;
import io.inmesh.call.Attempt;
import java.util.concurrent.TimeUnit;

/** The call options of one attempt: the application's, with the attempt's own end and ears. */
final class AttemptOptions {

    private AttemptOptions() {}

    static CallOptions of(CallOptions given, Attempt attempt, AttemptTracer tracer, long nowNanos) {
        // An attempt fails fast even where the call waits, so that another endpoint gets its chance.
        CallOptions own = given.withStreamTracerFactory(new AttemptTracer.Factory(tracer));
        if (own.isWaitForReady()) {
            own = own.withoutWaitForReady();
        }
        if (attempt.deadlineNanos() == Long.MAX_VALUE) {
            return own;
        }
        Deadline deadline = Deadline.after(attempt.deadlineNanos() - nowNanos, TimeUnit.NANOSECONDS);
        Deadline before = given.getDeadline();
        return own.withDeadline(before == null ? deadline : before.minimum(deadline));
    }
}
