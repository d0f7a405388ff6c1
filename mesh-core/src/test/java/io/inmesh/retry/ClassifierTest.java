package io.inmesh.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.Outcome.Response;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.health.ErrorClass;
import io.inmesh.retry.Classification.Result;
import io.inmesh.testkit.FakeCall;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ClassifierTest {

    @ParameterizedTest
    @CsvSource({
        "200, SUCCESS, NONE",
        "101, SUCCESS, NONE",
        "404, SUCCESS, NONE",
        "409, SUCCESS, NONE",
        "429, IGNORED, NONE",
        "499, IGNORED, NONE",
        "500, FAILED, SERVER_ERROR",
        "501, FAILED, SERVER_ERROR",
        "502, FAILED, GATEWAY_ERROR",
        "503, FAILED, GATEWAY_ERROR",
        "504, FAILED, GATEWAY_ERROR",
        "599, FAILED, SERVER_ERROR",
        "700, FAILED, SERVER_ERROR"
    })
    void readsHttpStatuses(int status, Result result, ErrorClass error) {
        Classification classification = Classifier.classify(Response.http(status));
        assertThat(classification.result()).isEqualTo(result);
        assertThat(classification.error()).isEqualTo(error);
    }

    @Test
    void whatARateLimitRefusedIsRepeatedForNoOtherReason() {
        Response refused = new Response(503, -1, Response.NO_PUSHBACK, true);
        Classification classification = Classifier.classify(refused);
        assertThat(classification.conditions()).isEqualTo(Classification.bit(Condition.ENVOY_RATELIMITED));
        assertThat(classification.result())
                .isEqualTo(Classifier.classify(Response.http(503)).result());
        assertThat(new RetryPolicy(new RetryConfig(
                                1,
                                Set.of(Condition.SERVER_ERROR, Condition.RETRIABLE_STATUS_CODES),
                                Set.of(503),
                                null,
                                RetryConfig.DEFAULT_BACKOFF_BASE,
                                RetryConfig.DEFAULT_BACKOFF_MAX,
                                true))
                        .repeats(FakeCall.get("/"), refused, classification))
                .isFalse();
        assertThat(new RetryPolicy(RetryConfig.DEFAULT.withConditions(Set.of(Condition.ENVOY_RATELIMITED)))
                        .repeats(FakeCall.get("/"), refused, classification))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "0, SUCCESS, NONE",
        "1, IGNORED, NONE",
        "2, FAILED, SERVER_ERROR",
        "3, SUCCESS, NONE",
        "4, FAILED, GATEWAY_ERROR",
        "5, SUCCESS, NONE",
        "8, IGNORED, NONE",
        "12, FAILED, SERVER_ERROR",
        "13, FAILED, SERVER_ERROR",
        "14, FAILED, GATEWAY_ERROR",
        "16, SUCCESS, NONE",
        "77, FAILED, SERVER_ERROR"
    })
    void readsGrpcCodesAsTheStatusTheyMapTo(int code, Result result, ErrorClass error) {
        Classification classification = Classifier.classify(Response.grpc(code));
        assertThat(classification.result()).isEqualTo(result);
        assertThat(classification.error()).isEqualTo(error);
    }

    @Test
    void aGrpcErrorIsNotA5xxToRetryConditions() {
        Classification unavailable = Classifier.classify(Response.grpc(14));
        assertThat(unavailable.holds(Condition.UNAVAILABLE)).isTrue();
        assertThat(unavailable.holds(Condition.SERVER_ERROR)).isFalse();
        assertThat(unavailable.holds(Condition.GATEWAY_ERROR)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void noAnswerCountsAsResetAndAsServerError(Failure.Kind kind) {
        Classification sent = Classifier.classify(new Failure(kind, true, new IOException()));
        assertThat(sent.result()).isEqualTo(Result.FAILED);
        assertThat(sent.error()).isEqualTo(ErrorClass.LOCAL_ORIGIN);
        assertThat(sent.holds(Condition.RESET)).isTrue();
        assertThat(sent.holds(Condition.SERVER_ERROR)).isTrue();
        assertThat(sent.holds(Condition.GATEWAY_ERROR)).isTrue();
        assertThat(sent.holds(Condition.RESET_BEFORE_REQUEST)).isFalse();

        Classification unsent = Classifier.classify(new Failure(kind, false, new IOException()));
        assertThat(unsent.holds(Condition.RESET_BEFORE_REQUEST)).isTrue();
    }

    @Test
    void aFailedHandshakeIsAConnectFailure() {
        assertThat(Classifier.classify(new Failure(Failure.Kind.TLS, false, new IOException()))
                        .holds(Condition.CONNECT_FAILURE))
                .isTrue();
        assertThat(Classifier.classify(new Failure(Failure.Kind.RESET, false, new IOException()))
                        .holds(Condition.CONNECT_FAILURE))
                .isFalse();
    }

    @Test
    void learnsNothingFromWhatTheMeshSaidItself() {
        for (Outcome outcome : new Outcome[] {
            Outcome.Cancelled.INSTANCE,
            new Outcome.Rejection(Outcome.Reason.OVERFLOW, 503, 14, "full"),
            new Outcome.LocalReply(Outcome.Reason.FAULT, 500, 2, null, null)
        }) {
            assertThat(Classifier.classify(outcome).result()).isEqualTo(Result.IGNORED);
            assertThat(Classifier.classify(outcome).conditions()).isZero();
        }
    }
}
