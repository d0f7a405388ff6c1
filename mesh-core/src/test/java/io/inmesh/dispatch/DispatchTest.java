package io.inmesh.dispatch;

import static io.inmesh.dispatch.Scene.attempt;
import static io.inmesh.dispatch.Scene.connectFailure;
import static io.inmesh.dispatch.Scene.endpoints;
import static io.inmesh.dispatch.Scene.outcome;
import static io.inmesh.dispatch.Scene.reason;
import static io.inmesh.dispatch.Scene.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.LocalReply;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.call.Outcome.Response;
import io.inmesh.call.Step;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.PathMatch;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.testkit.FakeCall;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DispatchTest {

    @Test
    void sendsOnceAndReturnsTheAnswer() {
        Scene scene = new Scene(route(), endpoints(1));
        Dispatch dispatch = scene.dispatch();

        Attempt attempt = attempt(dispatch.start());
        assertThat(attempt.number()).isEqualTo(1);
        assertThat(attempt.endpoint()).hasToString("10.0.0.1:9080");
        assertThat(attempt.endpoint().inFlight()).isEqualTo(1);
        assertThat(attempt.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(attempt.connectTimeoutNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(10));

        Outcome outcome = outcome(dispatch.settle(attempt, Response.http(200)));
        assertThat(outcome).isEqualTo(Response.http(200));
        assertThat(attempt.endpoint().inFlight()).isZero();
        assertThat(dispatch.ended()).isTrue();
    }

    @Test
    void answersThatAreNotRepeatedAreReturnedAsTheyAre() {
        Scene scene = new Scene(route(), endpoints(2));
        Dispatch dispatch = scene.dispatch();

        assertThat(outcome(dispatch.settle(attempt(dispatch.start()), Response.http(503))))
                .isEqualTo(Response.http(503));
    }

    @Test
    void answersARequestThatNoRouteMatches() {
        Scene scene = new Scene(
                RouteConfig.of("only-v1", RouteMatch.path(PathMatch.prefix("/v1")), RouteAction.to("reviews")),
                endpoints(1));

        LocalReply reply =
                (LocalReply) outcome(scene.dispatch(FakeCall.get("/v2")).start());

        assertThat(reply.reason()).isEqualTo(Reason.NO_ROUTE);
        assertThat(reply.httpStatus()).isEqualTo(404);
        assertThat(reply.body()).contains("reviews:9080", "GET /v2", "config 17");
    }

    @Test
    void refusesARouteToAClusterThatDoesNotExist() {
        Scene scene = new Scene(RouteConfig.to("outbound|9080|v9|reviews"), endpoints(1));

        Outcome.Rejection rejection =
                (Outcome.Rejection) outcome(scene.dispatch().start());

        assertThat(rejection.reason()).isEqualTo(Reason.NO_CLUSTER);
        assertThat(rejection.httpStatus()).isEqualTo(503);
        assertThat(rejection.message()).contains("outbound|9080|v9|reviews", "subset", "config 17");
    }

    @Test
    void answersForAClusterThatDoesNotExistAsTheRouteSays() {
        List<RouteAction.WeightedCluster> clusters =
                List.of(RouteAction.WeightedCluster.of("unresolved|BackendNotFound|80|nobody", 1));
        Scene scene = new Scene(
                RouteConfig.of("r", RouteMatch.ANY, new RouteAction.Forward(clusters, List.of(), 500)), endpoints(1));

        LocalReply reply = (LocalReply) outcome(scene.dispatch().start());

        assertThat(reply.reason()).isEqualTo(Reason.NO_CLUSTER);
        assertThat(reply.httpStatus()).isEqualTo(500);
        assertThat(reply.body()).contains("unresolved|BackendNotFound|80|nobody");
    }

    @Test
    void refusesAClusterWithoutEndpointsWithFigures() {
        Scene scene = new Scene(route(), endpoints(0));

        Outcome.Rejection rejection =
                (Outcome.Rejection) outcome(scene.dispatch().start());

        assertThat(rejection.reason()).isEqualTo(Reason.NO_ENDPOINT);
        assertThat(rejection.grpcStatus()).isEqualTo(14);
        assertThat(rejection.message()).contains("no endpoint for cluster \"reviews\": 0 known", "(config 17)");
    }

    @Test
    void answersADirectResponseWithoutCalling() {
        Scene scene = new Scene(
                RouteConfig.of("closed", RouteMatch.ANY, new RouteAction.DirectResponse(503, "closed for today")),
                endpoints(1));

        LocalReply reply = (LocalReply) outcome(scene.dispatch().start());

        assertThat(reply.reason()).isEqualTo(Reason.DIRECT_RESPONSE);
        assertThat(reply.body()).isEqualTo("closed for today");
    }

    @Test
    void injectsADelayBeforeAnAbort() {
        FaultConfig fault = new FaultConfig(
                new FaultConfig.Delay(Duration.ofSeconds(7), 1_000_000), new FaultConfig.Abort(555, -1, 1_000_000));
        Scene scene = new Scene(route().withFault(fault), endpoints(1));
        Dispatch dispatch = scene.dispatch();

        Step wait = dispatch.start();
        assertThat(wait).isEqualTo(new Step.Wait(TimeUnit.SECONDS.toNanos(7)));
        LocalReply reply = (LocalReply) outcome(scene.resume(dispatch, wait));

        assertThat(reply.reason()).isEqualTo(Reason.FAULT);
        assertThat(reply.httpStatus()).isEqualTo(555);
    }

    @Test
    void anInjectedDelayCountsTowardsTheTimeout() {
        FaultConfig fault = new FaultConfig(new FaultConfig.Delay(Duration.ofSeconds(7), 1_000_000), null);
        Scene scene = new Scene(route().withFault(fault).withTimeout(Duration.ofSeconds(2)), endpoints(1));
        Dispatch dispatch = scene.dispatch();

        Step wait = dispatch.start();
        assertThat(wait).isEqualTo(new Step.Wait(TimeUnit.SECONDS.toNanos(2)));

        assertThat(reason(scene.resume(dispatch, wait))).isEqualTo(Reason.DEADLINE);
    }

    @Test
    void theEarlierOfRouteTimeoutAndCallDeadlineHolds() {
        Scene scene = new Scene(route().withTimeout(Duration.ofSeconds(2)), endpoints(1));
        long now = scene.clock.nanos();

        assertThat(attempt(scene.dispatch().start()).deadlineNanos()).isEqualTo(now + TimeUnit.SECONDS.toNanos(2));
        assertThat(attempt(scene.dispatch(FakeCall.get("/").deadlineNanos(now + 5))
                                .start())
                        .deadlineNanos())
                .isEqualTo(now + 5);
        Attempt hurried =
                attempt(scene.dispatch(FakeCall.get("/").deadlineNanos(now + 5)).start());
        assertThat(hurried.connectTimeoutNanos()).isEqualTo(5);
        assertThat(reason(scene.dispatch(FakeCall.get("/").deadlineNanos(now)).start()))
                .isEqualTo(Reason.DEADLINE);
    }

    @Test
    void tellsTheServerHowLongTheAnswerIsOfUse() {
        Scene scene = new Scene(route().withTimeout(Duration.ofSeconds(2)), endpoints(1));

        HeaderLog headers = new HeaderLog();
        attempt(scene.dispatch().start()).writeRequestHeaders(headers);
        assertThat(headers.written).containsExactly("set x-envoy-expected-rq-timeout-ms=2000");

        HeaderLog grpc = new HeaderLog();
        attempt(scene.dispatch(FakeCall.grpc("/ratings.Ratings/Get")).start()).writeRequestHeaders(grpc);
        assertThat(grpc.written).isEmpty();
    }

    @Test
    void boundsRequestsInFlight() {
        ClusterConfig cluster = endpoints(2)
                .withCircuitBreaker(new CircuitBreakerConfig(
                        1, CircuitBreakerConfig.UNLIMITED, 0, 100, 100, Duration.ofSeconds(30)));
        Scene scene = new Scene(route(), cluster);
        Dispatch first = scene.dispatch();
        Attempt attempt = attempt(first.start());

        Outcome.Rejection refused = (Outcome.Rejection) outcome(scene.dispatch().start());
        assertThat(refused.reason()).isEqualTo(Reason.OVERFLOW);
        assertThat(refused.message()).contains("1 requests in flight and allows 1");

        first.settle(attempt, Response.http(200));
        assertThat(scene.dispatch().start()).isInstanceOf(Attempt.class);
    }

    @Test
    void anOpenBreakerRefusesAndLeavesNothingInFlight() {
        ClusterConfig cluster =
                endpoints(1).withCircuitBreaker(new CircuitBreakerConfig(1, 1, 50, 4, 4, Duration.ofSeconds(30)));
        Scene scene = new Scene(route(), cluster);
        for (int i = 0; i < 4; i++) {
            Dispatch dispatch = scene.dispatch();
            dispatch.settle(attempt(dispatch.start()), Response.http(500));
        }

        Outcome.Rejection refused = (Outcome.Rejection) outcome(scene.dispatch().start());
        assertThat(refused.reason()).isEqualTo(Reason.CIRCUIT_OPEN);
        assertThat(refused.message()).contains("OPEN", "100.0 percent");
        assertThat(scene.cluster().limits().requestsInFlight()).isZero();
        assertThat(scene.cluster().endpoints().get(0).inFlight()).isZero();

        scene.clock.advance(Duration.ofSeconds(31));
        assertThat(scene.dispatch().start()).isInstanceOf(Attempt.class);
    }

    @Test
    void refusesInsteadOfFallingBackToPlaintextWithoutOwnIdentity() {
        ClusterConfig cluster = endpoints(1)
                .withTls(new ClientTlsConfig(
                        ClientTlsConfig.Mode.MESH, Set.of("spiffe://inmesh.local/ns/default/sa/reviews"), null));
        Scene scene = new Scene(route(), cluster);

        Outcome.Rejection refused = (Outcome.Rejection) outcome(scene.dispatch().start());

        assertThat(refused.reason()).isEqualTo(Reason.NO_OWN_IDENTITY);
        assertThat(scene.cluster().endpoints().get(0).inFlight()).isZero();
    }

    @Test
    void refusesCallsAfterTheMeshClosed() {
        Scene scene = new Scene(route(), endpoints(1));
        Dispatch underWay = scene.dispatch();
        Attempt attempt = attempt(underWay.start());

        scene.gate.close();

        assertThat(reason(scene.dispatch().start())).isEqualTo(Reason.CLOSED);
        assertThat(outcome(underWay.settle(attempt, Response.http(200)))).isEqualTo(Response.http(200));
    }

    @Test
    void cancelledBeforeItStartsItNeverSends() {
        Dispatch dispatch = new Scene(route(), endpoints(1)).dispatch();

        assertThat(outcome(dispatch.cancel())).isEqualTo(Outcome.Cancelled.INSTANCE);
        assertThat(outcome(dispatch.start())).isEqualTo(Outcome.Cancelled.INSTANCE);
    }

    @Test
    void cancelledInFlightItEndsAndIgnoresTheLateAnswer() {
        Scene scene = new Scene(route(), endpoints(1));
        Dispatch dispatch = scene.dispatch();
        Attempt attempt = attempt(dispatch.start());

        assertThat(outcome(dispatch.cancel())).isEqualTo(Outcome.Cancelled.INSTANCE);
        assertThat(attempt.endpoint().inFlight()).isZero();

        assertThat(outcome(dispatch.settle(attempt, Response.http(200)))).isEqualTo(Outcome.Cancelled.INSTANCE);
        assertThat(attempt.endpoint().inFlight()).isZero();
    }

    @Test
    void cancelledAfterItsEndItReportsThatEnd() {
        Scene scene = new Scene(route(), endpoints(1));
        Dispatch dispatch = scene.dispatch();
        dispatch.settle(attempt(dispatch.start()), Response.http(200));

        assertThat(outcome(dispatch.cancel())).isEqualTo(Response.http(200));
    }

    @Test
    void anOutcomeReportedTwiceCountsOnce() {
        Scene scene = new Scene(route(), endpoints(2));
        Dispatch dispatch = scene.dispatch();
        Attempt first = attempt(dispatch.start());
        Step second = dispatch.settle(first, connectFailure());
        while (second instanceof Step.Wait) {
            second = scene.resume(dispatch, second);
        }

        assertThat(outcome(dispatch.settle(first, Response.http(200)))).isEqualTo(Outcome.Cancelled.INSTANCE);

        assertThat(dispatch.ended()).isFalse();
        assertThat(outcome(dispatch.settle(attempt(second), Response.http(201))))
                .isEqualTo(Response.http(201));
    }

    @Test
    void anAttemptOfAnotherCallIsAMistakeOfTheAdapter() {
        Scene scene = new Scene(route(), endpoints(1));
        Attempt other = attempt(scene.dispatch().start());
        Dispatch dispatch = scene.dispatch();
        dispatch.start();

        assertThatThrownBy(() -> dispatch.settle(other, Response.http(200)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another call");
    }

    @Test
    void aCallThatCannotBeReadIsRefusedAndNotLeftOpen() {
        Scene scene = new Scene(route(), endpoints(1));
        Dispatch dispatch = scene.dispatch(new BrokenCall());

        assertThat(reason(dispatch.start())).isEqualTo(Reason.INTERNAL);
        assertThat(dispatch.ended()).isTrue();
    }
}
