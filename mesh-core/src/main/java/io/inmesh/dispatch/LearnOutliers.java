package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.call.StatusCodes;
import io.inmesh.health.ErrorClass;
import io.inmesh.retry.Classification;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;
import java.util.Set;

/** Tells outlier detection what each attempt experienced. Choosing endpoints that are not ejected is the balancer's part. */
final class LearnOutliers implements Stage<OutboundAttempt>, Ticket<OutboundAttempt> {

    private final Verdict<OutboundAttempt> admit = Verdict.admit(this);

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        return admit;
    }

    @Override
    public void settle(OutboundAttempt attempt, Outcome outcome) {
        Classification meaning = attempt.meaning();
        Set<Integer> codes = attempt.target().config().outlierDetection().errorCodes();
        if (!codes.isEmpty() && outcome instanceof Outcome.Response response) {
            report(attempt, codes.contains(statusOf(response)) ? ErrorClass.SERVER_ERROR : ErrorClass.NONE);
        } else if (meaning.result() != Classification.Result.IGNORED) {
            report(attempt, meaning.error());
        }
    }

    private static int statusOf(Outcome.Response response) {
        int grpc = response.grpcStatus();
        return grpc > 0 ? StatusCodes.httpOf(grpc) : response.httpStatus();
    }

    private static void report(OutboundAttempt attempt, ErrorClass error) {
        attempt.target().outlierDetection().report(attempt.endpoint(), error);
    }
}
