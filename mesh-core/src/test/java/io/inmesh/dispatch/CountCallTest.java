package io.inmesh.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.Step;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.OriginationConfig;
import io.inmesh.config.PathMatch;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.TlsCredentials;
import io.inmesh.tally.RouteTraffic;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.TestCa;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is counted of calls and of attempts, for the graph of services. */
class CountCallTest {

    private final Scene scene = new Scene(Scene.route(), Scene.endpoints(2));

    @Test
    void aCallThatEndsWithItsOnlyAttemptIsOneCount() {
        Dispatch call = scene.dispatch();
        Attempt attempt = Scene.attempt(call.start());
        scene.clock.advance(Duration.ofMillis(3));
        call.settle(attempt, Outcome.Response.http(200));
        assertThat(counted()).containsExactly("once.ok 1");
    }

    @Test
    void aCallThatSucceedsAtTheSecondAttemptIsTwoAttemptsAndOneCall() {
        Dispatch call = scene.dispatch();
        Step again = call.settle(Scene.attempt(call.start()), Scene.connectFailure());
        call.settle(Scene.attempt(again instanceof Step.Wait ? scene.resume(call, again) : again), ok());
        assertThat(counted())
                .containsExactlyInAnyOrder(
                        "attempt.failed 1", "attempt.transport_connect 1", "attempt.ok 1", "call.ok 1");
    }

    @Test
    void aCallThatIsCancelledUnderWayIsCancelledOnceForBoth() {
        Dispatch call = scene.dispatch();
        call.start();
        call.cancel();
        assertThat(counted()).containsExactlyInAnyOrder("attempt.cancelled 1", "call.cancelled 1");
    }

    @Test
    void aCallThatIsCancelledWhileItWaitsForARetryCountsItsAttemptOnce() {
        Scene waiting = new Scene(Scene.route(), Scene.endpoints(1));
        Dispatch call = waiting.dispatch();
        Step step = call.settle(Scene.attempt(call.start()), Scene.connectFailure());
        assertThat(step).isInstanceOf(Step.Wait.class);
        call.cancel();
        assertThat(counted(waiting))
                .containsExactlyInAnyOrder("attempt.failed 1", "attempt.transport_connect 1", "call.cancelled 1");
    }

    @Test
    void aCallThatNeverLeftIsNoAttempt() {
        Scene empty = new Scene(Scene.route(), ClusterConfig.of("reviews"));
        empty.dispatch().start();
        assertThat(counted(empty)).containsExactly("call.rejected_no_endpoint 1");
    }

    @Test
    void aCallThatMatchesNoRouteIsCountedForItsVirtualHost() {
        Scene unrouted = new Scene(
                RouteConfig.of("only", RouteMatch.path(PathMatch.prefix("/reviews")), RouteAction.to("reviews")),
                Scene.endpoints(1));
        unrouted.dispatch(FakeCall.get("/elsewhere")).start();
        assertThat(counted(unrouted)).isEmpty();
        assertThat(unrouted.gate.unrouted().take()).singleElement().satisfies(share -> {
            assertThat(share.virtualHost()).isEqualTo("reviews:9080");
            assertThat(share.routes().get(0).counts())
                    .extracting(count -> count.result())
                    .containsExactly("rejected_no_route");
        });
    }

    @Test
    void whoAnsweredIsToldApartByVersion() {
        Scene versions = new Scene(
                Scene.route().withRetry(RetryConfig.NONE),
                ClusterConfig.of("reviews")
                        .withEndpoints(List.of(
                                version("10.0.0.1", "default;reviews;v1"), version("10.0.0.2", "default;reviews;v2"))));
        for (int i = 0; i < 20; i++) {
            Dispatch call = versions.dispatch();
            Attempt attempt = Scene.attempt(call.start());
            boolean second = attempt.endpoint().host().endsWith("2");
            call.settle(attempt, Outcome.Response.http(second ? 500 : 200));
        }
        List<RouteTraffic.Share> shares = versions.cluster().traffic().take();
        assertThat(shares)
                .extracting(RouteTraffic.Share::group)
                .containsExactlyInAnyOrder("default;reviews;v1", "default;reviews;v2");
        assertThat(shares)
                .allSatisfy(share -> assertThat(share.counts())
                        .allMatch(count ->
                                count.result().equals("ok") == share.group().endsWith("v1")));
    }

    @Test
    void tlsToAServerOutsideTheMeshIsNoMutualTlsOfTheMesh() {
        OriginationConfig origination = OriginationConfig.of(
                TlsCredentials.trusting(Set.of(TestCa.root("outside").rootCertificate())));
        Scene outside = new Scene(
                Scene.route(), Scene.endpoints(1).withTls(ClientTlsConfig.originate("pay.example", origination)));
        Dispatch call = outside.dispatch();
        Attempt attempt = Scene.attempt(call.start());
        assertThat(attempt.security()).isNotNull();
        call.settle(attempt, ok());
        assertThat(outside.cluster().traffic().take())
                .extracting(RouteTraffic.Share::secure)
                .containsExactly(false);
    }

    private static EndpointConfig version(String host, String group) {
        return new EndpointConfig(
                host, 9080, 1, EndpointConfig.Health.HEALTHY, 0, "", false, Map.of(), "instance;" + group + ";cluster");
    }

    private static Outcome ok() {
        return Outcome.Response.http(200);
    }

    private List<String> counted() {
        return counted(scene);
    }

    private static List<String> counted(Scene scene) {
        return scene.cluster().traffic().take().stream()
                .flatMap(share -> share.counts().stream())
                .map(count ->
                        count.counted().name().toLowerCase(Locale.ROOT) + "." + count.result() + " " + count.count())
                .toList();
    }
}
