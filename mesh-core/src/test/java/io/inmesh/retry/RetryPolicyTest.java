package io.inmesh.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.Outcome.Failure.Kind;
import io.inmesh.call.Outcome.Response;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.testkit.FakeCall;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final Call GET = FakeCall.get("/");
    private static final Call POST = FakeCall.get("/").method("POST");

    @Test
    void theDefaultRepeatsWhatWasNotProcessed() {
        RetryPolicy policy = new RetryPolicy(RetryConfig.DEFAULT);

        assertThat(repeats(policy, POST, failure(Kind.CONNECT, false))).isTrue();
        assertThat(repeats(policy, POST, failure(Kind.REFUSED_STREAM, true))).isTrue();
        assertThat(repeats(policy, GET, Response.grpc(14))).isTrue();
    }

    @Test
    void theDefaultDoesNotRepeatANonIdempotentCallThatMayHaveBeenProcessed() {
        RetryPolicy policy = new RetryPolicy(RetryConfig.DEFAULT);

        assertThat(repeats(policy, POST, Response.grpc(14))).isFalse();
        assertThat(repeats(policy, POST, failure(Kind.RESET, true))).isFalse();
        assertThat(repeats(policy, POST, Response.http(503))).isFalse();
    }

    @Test
    void aConnectionThatBreaksUnderAnIdempotentCallIsRepeatedWhereFailedConnectionsAre() {
        assertThat(repeats(new RetryPolicy(RetryConfig.DEFAULT), GET, failure(Kind.RESET, true)))
                .isTrue();
        assertThat(repeats(policy(Set.of(), Condition.CONNECT_FAILURE), GET, failure(Kind.RESET, true)))
                .isTrue();
        assertThat(repeats(policy(Set.of(), Condition.CONNECT_FAILURE), GET, failure(Kind.TIMEOUT, true)))
                .isFalse();
        assertThat(repeats(policy(Set.of(), Condition.CONNECT_FAILURE), POST, failure(Kind.RESET, true)))
                .isFalse();
    }

    @Test
    void aRouteThatNamesAConditionRepeatsNonIdempotentCallsToo() {
        RetryPolicy policy = policy(Set.of(), Condition.SERVER_ERROR);

        assertThat(repeats(policy, POST, Response.http(500))).isTrue();
        assertThat(repeats(policy, POST, failure(Kind.RESET, true))).isTrue();
        assertThat(repeats(policy, POST, Response.http(404))).isFalse();
    }

    @Test
    void aBodyThatCannotBeSentAgainIsNeverRepeated() {
        RetryPolicy policy = policy(Set.of(), Condition.SERVER_ERROR, Condition.CONNECT_FAILURE);
        Call oneShot = FakeCall.get("/").replayable(false);

        assertThat(repeats(policy, oneShot, Response.http(500))).isFalse();
        assertThat(repeats(policy, oneShot, failure(Kind.CONNECT, false))).isFalse();
    }

    @Test
    void listedStatusCodesAreRepeatedOnlyIfTheConditionIsOn() {
        RetryPolicy on = policy(Set.of(404, 503), Condition.RETRIABLE_STATUS_CODES);
        assertThat(repeats(on, POST, Response.http(404))).isTrue();
        assertThat(repeats(on, POST, Response.http(503))).isTrue();
        assertThat(repeats(on, POST, Response.http(500))).isFalse();

        RetryPolicy off = policy(Set.of(404), Condition.RESET);
        assertThat(repeats(off, GET, Response.http(404))).isFalse();
    }

    @Test
    void aRepeatedConflictIsAConditionOfItsOwn() {
        assertThat(repeats(policy(Set.of(), Condition.RETRIABLE_4XX), GET, Response.http(409)))
                .isTrue();
        assertThat(repeats(policy(Set.of(), Condition.SERVER_ERROR), GET, Response.http(409)))
                .isFalse();
    }

    @Test
    void refusalsOfTheMeshAreNotRepeated() {
        RetryPolicy policy = policy(Set.of(503), EnumSet.allOf(Condition.class).toArray(new Condition[0]));
        assertThat(repeats(policy, GET, new Outcome.Rejection(Outcome.Reason.OVERFLOW, 503, 14, "full")))
                .isFalse();
    }

    @Test
    void zeroRetriesRepeatNothing() {
        RetryPolicy none = new RetryPolicy(RetryConfig.DEFAULT.withRetries(0));
        assertThat(repeats(none, GET, failure(Kind.CONNECT, false))).isFalse();
    }

    private static RetryPolicy policy(Set<Integer> codes, Condition... conditions) {
        return new RetryPolicy(new RetryConfig(
                2,
                Set.of(conditions),
                codes,
                null,
                RetryConfig.DEFAULT_BACKOFF_BASE,
                RetryConfig.DEFAULT_BACKOFF_MAX,
                true));
    }

    private static Failure failure(Kind kind, boolean sent) {
        return new Failure(kind, sent, new IOException("test"));
    }

    private static boolean repeats(RetryPolicy policy, Call call, Outcome outcome) {
        return policy.repeats(call, outcome, Classifier.classify(outcome));
    }
}
