package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.xds.route.RetryPolicy;
import org.junit.jupiter.api.Test;

class RetryTranslatorTest {

    private final IgnoredFields ignored = new IgnoredFields("cluster a");

    @Test
    void noPolicyIsNoRetry() {
        assertThat(RetryTranslator.translate("retry_policy", null, ignored)).isEqualTo(RetryConfig.NONE);
    }

    @Test
    void conditionsAreReadAndUnknownOnesReported() {
        RetryConfig retries = translate(RetryPolicy.newBuilder().setRetryOn("5xx, connect-failure,frob"));

        assertThat(retries.on()).containsExactlyInAnyOrder(Condition.SERVER_ERROR, Condition.CONNECT_FAILURE);
        assertThat(retries.retries()).isEqualTo(1);
        assertThat(ignored.list())
                .singleElement()
                .satisfies(field -> assertThat(field.toString())
                        .contains("retry_policy.retry_on")
                        .contains("frob"));
    }

    @Test
    void theLargestNumberOfRetriesIsNotANegativeOne() {
        assertThat(translate(RetryPolicy.newBuilder().setNumRetries(UInt32Value.of(-1)))
                        .retries())
                .isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void statusesCountOnlyWithTheirCondition() {
        RetryPolicy.Builder policy = RetryPolicy.newBuilder().addRetriableStatusCodes(418);

        assertThat(translate(policy.setRetryOn("5xx")).statusCodes()).isEmpty();
        assertThat(translate(policy.setRetryOn("retriable-status-codes")).statusCodes())
                .containsExactly(418);
    }

    @Test
    void theLongestWaitIsTenTimesTheShortestUnlessSaid() {
        RetryPolicy.Builder policy = RetryPolicy.newBuilder()
                .setRetryBackOff(RetryPolicy.RetryBackOff.newBuilder()
                        .setBaseInterval(Duration.newBuilder().setNanos(40_000_000)));

        assertThat(translate(policy).backoffMax()).isEqualTo(java.time.Duration.ofMillis(400));
    }

    private RetryConfig translate(RetryPolicy.Builder policy) {
        return RetryTranslator.translate("retry_policy", policy.build(), ignored);
    }
}
