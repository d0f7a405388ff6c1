package io.inmesh.grpc;

import io.grpc.CallOptions;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.inmesh.call.Attempt;
import java.util.concurrent.TimeUnit;

/** The call options of one attempt: the application's, with the attempt's own end and ears. */
final class AttemptOptions {

    private AttemptOptions() {}

    /** {@return the method an attempt calls: another one if the route rewrites the path} */
    static <ReqT, RespT> MethodDescriptor<ReqT, RespT> method(MethodDescriptor<ReqT, RespT> given, Attempt attempt) {
        String path = attempt.rewrittenPath();
        return path == null
                ? given
                : given.toBuilder().setFullMethodName(path.substring(1)).build();
    }

    static CallOptions of(CallOptions given, Attempt attempt, AttemptTracer tracer, long nowNanos) {
        // An attempt fails fast even where the call waits, so that another endpoint gets its chance.
        CallOptions own = given.withStreamTracerFactory(new AttemptTracer.Factory(tracer));
        if (own.isWaitForReady()) {
            own = own.withoutWaitForReady();
        }
        String authority = attempt.rewrittenAuthority();
        if (authority != null) {
            own = own.withAuthority(authority);
        }
        if (attempt.deadlineNanos() == Long.MAX_VALUE) {
            return own;
        }
        Deadline deadline = Deadline.after(attempt.deadlineNanos() - nowNanos, TimeUnit.NANOSECONDS);
        Deadline before = given.getDeadline();
        return own.withDeadline(before == null ? deadline : before.minimum(deadline));
    }
}
