package io.inmesh.tally;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import io.inmesh.tally.CallTally.Count;
import io.inmesh.tally.CallTally.Counted;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallTallyTest {

    private final CallTally tally = new CallTally();

    @Test
    void everyDurationIsInTheBucketWhoseBoundsEncloseIt() {
        for (double tried = 1; tried < Long.MAX_VALUE; tried *= 1.05) {
            long nanos = (long) tried;
            int index = LatencyBuckets.indexOf(nanos);
            assertThat(LatencyBuckets.lowerNanos(index)).isLessThanOrEqualTo(nanos);
            if (index < LatencyBuckets.COUNT - 1) {
                assertThat(LatencyBuckets.lowerNanos(index + 1)).isGreaterThan(nanos);
            }
        }
        assertThat(LatencyBuckets.indexOf(Long.MAX_VALUE)).isEqualTo(LatencyBuckets.COUNT - 1);
        assertThat(LatencyBuckets.indexOf(0)).isZero();
        assertThat(LatencyBuckets.indexOf(-1)).isZero();
    }

    @Test
    void theMiddleOfABucketIsAtMostAnEighthOffBetweenTheBounds() {
        for (int index = 1; index < LatencyBuckets.COUNT - 1; index++) {
            double lower = LatencyBuckets.lowerNanos(index);
            double upper = LatencyBuckets.lowerNanos(index + 1);
            assertThat((upper - lower) / 2 / lower).isLessThanOrEqualTo(0.125);
            assertThat(LatencyBuckets.indexOf((long) lower)).isEqualTo(index);
        }
    }

    @Test
    void eachResultIsCountedByItsName() {
        assertThat(resultsOf(Outcome.Response.http(200))).containsExactly("ok");
        assertThat(resultsOf(Outcome.Response.http(404))).containsExactly("ok", "http_4xx");
        assertThat(resultsOf(Outcome.Response.http(500))).containsExactly("failed", "http_5xx");
        assertThat(resultsOf(new Outcome.Response(200, 0, Outcome.Response.NO_PUSHBACK)))
                .containsExactly("ok");
        assertThat(resultsOf(new Outcome.Response(200, 14, Outcome.Response.NO_PUSHBACK)))
                .containsExactly("failed", "grpc_14");
        assertThat(resultsOf(new Outcome.Response(200, 99, Outcome.Response.NO_PUSHBACK)))
                .as("a code that gRPC does not have")
                .containsExactly("failed", "grpc_16");
        assertThat(resultsOf(new Outcome.Failure(Outcome.Failure.Kind.CONNECT, false, new Exception())))
                .containsExactly("failed", "transport_connect");
        assertThat(resultsOf(Outcome.Cancelled.INSTANCE)).containsExactly("cancelled");
        assertThat(resultsOf(new Outcome.Rejection(Outcome.Reason.OVERFLOW, 503, 14, "")))
                .containsExactly("rejected_overflow");
        assertThat(resultsOf(new Outcome.LocalReply(Outcome.Reason.FAULT, 500, 13, null, null)))
                .containsExactly("rejected_fault");
        assertThat(resultsOf(new Outcome.LocalReply(Outcome.Reason.REDIRECT, 301, 2, null, "/")))
                .containsExactly("answered_redirect");
    }

    @Test
    void whatIsTakenIsNotTakenAgain() {
        add(Counted.ONCE, 1);
        add(Counted.ONCE, 1);
        assertThat(tally.take().once()).isEqualTo(2);
        assertThat(tally.take().isEmpty()).isTrue();
        add(Counted.ONCE, 5);
        assertThat(tally.take().counts())
                .containsExactly(new Count(Counted.ONCE, "ok", LatencyBuckets.lowerNanos(at(5)), 1));
    }

    @Test
    void attemptsAndCallsAreCountedApart() {
        add(Counted.ATTEMPT, 1);
        add(Counted.ATTEMPT, 1);
        add(Counted.CALL, 1);
        CallTally.Taken taken = tally.take();
        assertThat(taken.once()).isZero();
        assertThat(taken.counts())
                .containsExactly(
                        new Count(Counted.ATTEMPT, "ok", LatencyBuckets.lowerNanos(at(1)), 2),
                        new Count(Counted.CALL, "ok", LatencyBuckets.lowerNanos(at(1)), 1));
    }

    private void add(Counted what, int millis) {
        tally.add(what, Outcome.Response.http(200), TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static int at(int millis) {
        return LatencyBuckets.indexOf(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private List<String> resultsOf(Outcome outcome) {
        tally.add(Counted.ONCE, outcome, 1);
        return tally.take().counts().stream().map(Count::result).toList();
    }
}
