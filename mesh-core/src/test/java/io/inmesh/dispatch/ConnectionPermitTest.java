package io.inmesh.dispatch;

import static io.inmesh.dispatch.Scene.attempt;
import static io.inmesh.dispatch.Scene.connectFailure;
import static io.inmesh.dispatch.Scene.endpoints;
import static io.inmesh.dispatch.Scene.outcome;
import static io.inmesh.dispatch.Scene.reason;
import static io.inmesh.dispatch.Scene.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.call.Outcome.Response;
import io.inmesh.call.Step;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClientPolicyConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HedgingConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.limit.ConnectionLimit;
import io.inmesh.testkit.FakeCall;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections in use, in virtual time. */
class ConnectionPermitTest {

    @Test
    void refusesAtOnceAndNamesBothLimitsWhenNobodyMayWait() {
        Scene scene = scene(route(), 2, 0);
        Dispatch first = scene.dispatch();
        Attempt one = attempt(first.start());
        scene.dispatch().start();

        Outcome.Rejection refused = (Outcome.Rejection) outcome(scene.dispatch().start());

        assertThat(refused.reason()).isEqualTo(Reason.OVERFLOW);
        assertThat(refused.httpStatus()).isEqualTo(503);
        assertThat(refused.message())
                .contains(
                        "2 connections in use and allows 2 (maxConnections)",
                        "0 may (maxPendingRequests)",
                        "config 17");
        first.settle(one, Response.http(200));
        assertThat(scene.dispatch().start()).isInstanceOf(Attempt.class);
    }

    @Test
    void waitsForAConnectionAndIsWokenByTheOneThatGivesItBack() {
        Scene scene = scene(route(), 1, 1);
        Dispatch first = scene.dispatch();
        Attempt one = attempt(first.start());
        Dispatch second = scene.dispatch();
        Step.Wait wait = (Step.Wait) second.start();
        assertThat(wait.delayNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(scene.cluster().endpoints().get(0).inFlight())
                .as("what waits is no load")
                .isEqualTo(1);
        assertThat(reason(scene.dispatch().start())).as("the queue is full").isEqualTo(Reason.OVERFLOW);
        boolean[] woken = {false};
        wait.wakeup().whenReady(() -> woken[0] = true);
        scene.clock.advance(Duration.ofSeconds(3));

        first.settle(one, Response.http(200));

        assertThat(woken[0]).isTrue();
        Attempt two = attempt(second.resume());
        assertThat(((OutboundAttempt) two).startedNanos())
                .as("the wait is no slowness of the endpoint")
                .isEqualTo(scene.clock.nanos());
        assertThat(outcome(second.settle(two, Response.http(200)))).isEqualTo(Response.http(200));
        assertNothingHeld(scene);
    }

    @Test
    void waitsUntilTheDeadlineOfTheCallAndSaysWhatFor() {
        Scene scene = scene(route().withTimeout(Duration.ofSeconds(2)), 1, 5);
        Dispatch first = scene.dispatch();
        first.start();
        Dispatch second = scene.dispatch();
        Step wait = second.start();
        assertThat(((Step.Wait) wait).delayNanos())
                .isEqualTo(Duration.ofSeconds(2).toNanos());

        Outcome.Rejection late = (Outcome.Rejection) outcome(scene.resume(second, wait));

        assertThat(late.reason()).isEqualTo(Reason.DEADLINE);
        assertThat(late.message()).contains("0 attempts sent", "waited for one of the 1 connections (maxConnections)");
        assertThat(connections(scene).waiting()).isZero();
        assertThat(connections(scene).inUse()).isEqualTo(1);
    }

    @Test
    void waitsNoLongerThanAnAttemptMayTake() {
        RetryConfig retry = RetryConfig.DEFAULT.withPerTryTimeout(Duration.ofSeconds(1));
        Scene scene = scene(route().withTimeout(Duration.ofSeconds(9)).withRetry(retry), 1, 5);
        scene.dispatch().start();
        Dispatch second = scene.dispatch();

        Outcome.Rejection late = (Outcome.Rejection) outcome(scene.resume(second, second.start()));

        assertThat(late.reason()).isEqualTo(Reason.DEADLINE);
        assertThat(late.message()).contains("became free in the time of attempt 1");
        assertThat(connections(scene).waiting()).isZero();
    }

    @Test
    void whoIsCancelledWhileWaitingHoldsUpNobody() {
        Scene scene = scene(route(), 1, 2);
        Dispatch first = scene.dispatch();
        Attempt one = attempt(first.start());
        Dispatch cancelled = scene.dispatch();
        cancelled.start();
        Dispatch third = scene.dispatch();
        third.start();

        cancelled.cancel();
        first.settle(one, Response.http(200));

        Attempt three = attempt(third.resume());
        third.settle(three, Response.http(200));
        assertNothingHeld(scene);
    }

    @Test
    void whoIsCancelledAfterItGotAConnectionPassesItOn() {
        Scene scene = scene(route(), 1, 2);
        Dispatch first = scene.dispatch();
        Attempt one = attempt(first.start());
        Dispatch granted = scene.dispatch();
        granted.start();
        Dispatch third = scene.dispatch();
        third.start();
        first.settle(one, Response.http(200));

        granted.cancel();

        assertThat(granted.resume()).isInstanceOf(Step.Done.class);
        third.settle(attempt(third.resume()), Response.http(200));
        assertNothingHeld(scene);
    }

    @Test
    void aRetryWaitsAnewBehindThoseThatWaitAlready() {
        RetryConfig retry = RetryConfig.DEFAULT.withRetries(1).withBackoff(Duration.ofNanos(1), Duration.ofNanos(1));
        Scene scene = scene(route().withRetry(retry), 1, 5);
        Dispatch failing = scene.dispatch();
        Attempt one = attempt(failing.start());
        Dispatch other = scene.dispatch();
        other.start();

        Step step = failing.settle(one, connectFailure());
        while (step instanceof Step.Wait wait && wait.wakeup() == null) {
            step = scene.resume(failing, wait);
        }

        assertThat(step).isInstanceOf(Step.Wait.class);
        other.settle(attempt(other.resume()), Response.http(200));
        failing.settle(attempt(failing.resume()), Response.http(200));
        assertNothingHeld(scene);
        assertThat(scene.cluster().limits().retriesInFlight()).isZero();
    }

    @Test
    void thereIsNoHedgeWhileMostConnectionsAreInUse() {
        ClientPolicyConfig hedging = ClientPolicyConfig.DEFAULT.withHedging(
                HedgingConfig.after(Duration.ofMillis(20)).withMaxExtraPercent(100));
        Scene scene = new Scene(
                route(),
                endpoints(2)
                        .withClientPolicy(hedging)
                        .withCircuitBreaker(CircuitBreakerConfig.DEFAULT.withConnections(1, 5)));
        Dispatch dispatch = scene.dispatch();
        Attempt slow = attempt(dispatch.start());
        scene.clock.advance(Duration.ofMillis(20));

        assertThat(dispatch.hedge(slow)).isSameAs(Step.Await.INSTANCE);

        assertThat(connections(scene).waiting()).isZero();
        dispatch.settle(slow, Response.http(200));
        assertNothingHeld(scene);
    }

    @Test
    void grpcCallsShareConnectionsAndAreNotHeldUp() {
        Scene scene = scene(route(), 1, 0);
        scene.dispatch().start();

        for (int i = 0; i < 3; i++) {
            assertThat(scene.dispatch(FakeCall.grpc("/ratings.Ratings/Get")).start())
                    .isInstanceOf(Attempt.class);
        }
        assertThat(connections(scene).inUse()).isEqualTo(1);
    }

    @Test
    void whatIsNotLimitedIsNotCounted() {
        Scene scene = new Scene(route(), endpoints(1));
        scene.dispatch().start();
        assertThat(connections(scene).inUse()).isZero();
    }

    @Test
    void anExplanationTellsOfBothLimits() {
        Scene scene = scene(route(), 1, 7);
        scene.dispatch().start();
        Dispatch waiting = scene.dispatch();
        waiting.start();

        assertThat(waiting.explain().toString())
                .contains("1 of at most 1 connections of HTTP calls in use, 1 of at most 7 attempts waiting for one");
    }

    private static Scene scene(RouteConfig route, long connections, long pending) {
        ClusterConfig cluster =
                endpoints(1).withCircuitBreaker(CircuitBreakerConfig.DEFAULT.withConnections(connections, pending));
        return new Scene(route, cluster);
    }

    private static ConnectionLimit connections(Scene scene) {
        return scene.cluster().limits().connections();
    }

    private static void assertNothingHeld(Scene scene) {
        assertThat(List.of(connections(scene).inUse(), connections(scene).waiting()))
                .as("connections in use, attempts waiting")
                .containsExactly(0L, 0L);
        assertThat(scene.cluster().load().inFlight()).isZero();
    }
}
