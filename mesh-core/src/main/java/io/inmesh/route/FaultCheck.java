package io.inmesh.route;

import io.inmesh.config.Durations;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.FieldProblems;

/** Finds what is wrong with injected faults. */
final class FaultCheck {

    private static final int WHOLE = 1_000_000;
    private static final int LAST_GRPC_STATUS = 16;

    private FaultCheck() {}

    static void check(FaultConfig fault, FieldProblems problems) {
        FaultConfig.Delay delay = fault.delay();
        if (delay != null) {
            Durations.checkPositive("delay.duration", delay.duration(), problems);
            share("delay.percent", delay.millionths(), problems);
        }
        FaultConfig.Abort abort = fault.abort();
        if (abort != null) {
            share("abort.percent", abort.millionths(), problems);
            status(abort, problems);
        }
    }

    private static void share(String field, int millionths, FieldProblems problems) {
        if (millionths < 0 || millionths > WHOLE) {
            problems.report(field, "is " + millionths / 10_000.0 + " percent", "use 0 to 100");
        }
    }

    private static void status(FaultConfig.Abort abort, FieldProblems problems) {
        boolean http = abort.httpStatus() >= 200 && abort.httpStatus() <= 599;
        boolean grpc = abort.grpcStatus() >= 0 && abort.grpcStatus() <= LAST_GRPC_STATUS;
        boolean one = http && abort.grpcStatus() == -1 || grpc && abort.httpStatus() == -1;
        if (!one) {
            problems.report(
                    "abort",
                    "has HTTP status " + abort.httpStatus() + " and gRPC status " + abort.grpcStatus(),
                    "give either an HTTP status from 200 to 599 or a gRPC status from 0 to 16");
        }
    }
}
