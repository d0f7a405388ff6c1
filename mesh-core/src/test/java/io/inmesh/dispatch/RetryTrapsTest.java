package io.inmesh.dispatch;

import static io.inmesh.dispatch.Scene.attempt;
import static io.inmesh.dispatch.Scene.endpoints;
import static io.inmesh.dispatch.Scene.outcome;
import static io.inmesh.dispatch.Scene.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Response;
import io.inmesh.call.Step;
import io.inmesh.config.ClientPolicyConfig;
import io.inmesh.config.HedgingConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.config.ThrottlingConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.testkit.FakeCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Mistakes that other meshes and clients have made with retries. */
class RetryTrapsTest {

    private static final RetryConfig ON_5XX = RetryConfig.DEFAULT.withConditions(Set.of(Condition.SERVER_ERROR));

    /** Seen in spring-cloud-gateway 1371: round robin shared by concurrent calls brings each retry back to where it failed. */
    @Test
    void parallelCallsThatRetryOnceNeverMeetTheSameEndpointTwiceAndAreSpread() {
        Scene scene = new Scene(
                route().withRetry(ON_5XX.withRetries(1)),
                endpoints(4)
                        .withLoadBalancer(LoadBalancer.ROUND_ROBIN)
                        .withRetryBudget(RetryBudgetConfig.inFlight(100, 1_000)));
        Map<Endpoint, Integer> retries = new HashMap<>();
        List<Dispatch> calls = new ArrayList<>();
        List<Attempt> firsts = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Dispatch dispatch = scene.dispatch();
            calls.add(dispatch);
            firsts.add(attempt(dispatch.start()));
        }
        for (int i = 0; i < 40; i++) {
            Step step = calls.get(i).settle(firsts.get(i), Response.http(503));
            Attempt second = attempt(step instanceof Step.Wait ? scene.resume(calls.get(i), step) : step);
            assertThat(second.endpoint()).isNotSameAs(firsts.get(i).endpoint());
            retries.merge(second.endpoint(), 1, Integer::sum);
        }
        assertThat(retries).hasSize(4);
        assertThat(retries.values()).allMatch(count -> count >= 5);
    }

    /** Seen in Armeria 6025 and 5896: a timeout that starts anew with each attempt. */
    @Test
    void threeAttemptsStayWithinTheTimeoutOfTheCall() {
        Scene scene = new Scene(
                route().withTimeout(Duration.ofMillis(300))
                        .withRetry(ON_5XX.withRetries(5).withPerTryTimeout(Duration.ofMillis(120))),
                endpoints(3));
        long end = scene.clock.nanos() + Duration.ofMillis(300).toNanos();
        Dispatch dispatch = scene.dispatch();
        Step step = dispatch.start();
        int attempts = 0;
        while (!(step instanceof Step.Done)) {
            if (step instanceof Attempt sent) {
                attempts++;
                assertThat(sent.deadlineNanos()).isLessThanOrEqualTo(end);
                scene.clock.advance(Duration.ofNanos(sent.deadlineNanos() - scene.clock.nanos()));
                step = dispatch.settle(
                        sent, new Outcome.Failure(Outcome.Failure.Kind.TIMEOUT, true, new java.io.IOException("slow")));
            } else {
                step = scene.resume(dispatch, step);
            }
            assertThat(scene.clock.nanos()).isLessThanOrEqualTo(end);
        }
        assertThat(attempts).isBetween(2, 3);
    }

    /** Seen in Finagle D528880: tokens earned before anybody knew whether the call succeeds. */
    @Test
    void aServiceThatAlwaysFailsGetsItsFloorOfExtraLoad() {
        Scene scene = new Scene(route().withRetry(ON_5XX.withRetries(3)), endpoints(3));
        int calls = 6_000;
        int attempts = 0;
        for (int i = 0; i < calls; i++) {
            Dispatch dispatch = scene.dispatch();
            Step step = dispatch.start();
            while (!(step instanceof Step.Done)) {
                if (step instanceof Attempt sent) {
                    attempts++;
                    step = dispatch.settle(sent, Response.http(503));
                } else {
                    step = dispatch.resume();
                }
            }
            scene.clock.advance(Duration.ofMillis(10));
        }
        // A minute at 3 per second, and the floor of the first window in advance.
        assertThat(attempts - calls).isBetween(150, 210);
    }

    /** Seen in Finagle D1107653: one success, deposited at two layers. */
    @Test
    void aSuccessIsDepositedOnceHoweverManyAttemptsItTook() {
        Scene scene =
                new Scene(route().withRetry(ON_5XX), endpoints(2).withRetryBudget(RetryBudgetConfig.succeeded(100, 1)));
        double before = scene.cluster().retryBudget().available();
        Dispatch dispatch = scene.dispatch();
        Step step = dispatch.settle(attempt(dispatch.start()), Response.http(503));
        Attempt second = attempt(step instanceof Step.Wait ? scene.resume(dispatch, step) : step);
        assertThat(outcome(dispatch.settle(second, Response.http(200)))).isEqualTo(Response.http(200));
        assertThat(scene.cluster().retryBudget().available()).isEqualTo(before - 1 + 1);
    }

    @Test
    void theExplanationNamesHedgingAndThrottling() {
        Scene scene = new Scene(
                route(),
                endpoints(2)
                        .withClientPolicy(new ClientPolicyConfig(
                                false, HedgingConfig.after(Duration.ofMillis(30)), ThrottlingConfig.DEFAULT)));
        assertThat(scene.snapshot.explain(FakeCall.get("/")).toString())
                .contains("calls for repeated requests are repeated too; hedged after 30 ms, 0 available; "
                        + "throttled: 0 % of critical calls are not sent now");
    }
}
