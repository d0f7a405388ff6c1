package io.inmesh.dispatch;

import static io.inmesh.dispatch.Scene.attempt;
import static io.inmesh.dispatch.Scene.connectFailure;
import static io.inmesh.dispatch.Scene.endpoints;
import static io.inmesh.dispatch.Scene.outcome;
import static io.inmesh.dispatch.Scene.reset;
import static io.inmesh.dispatch.Scene.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Response;
import io.inmesh.call.Step;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.config.RouteConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.observe.CallObserver;
import io.inmesh.observe.CallObserver.RetryRefusal;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.TestCa;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DispatchRetryTest {

    private static final RetryConfig ON_5XX = RetryConfig.DEFAULT.withConditions(Set.of(Condition.SERVER_ERROR));

    private final List<RetryRefusal> refusals = new ArrayList<>();

    @Test
    void theSecondAttemptGoesToAnotherEndpoint() {
        Scene scene = scene(route(), endpoints(2));
        for (int i = 0; i < 50; i++) {
            Dispatch dispatch = scene.dispatch();
            Attempt first = attempt(dispatch.start());

            Attempt second = next(scene, dispatch, dispatch.settle(first, connectFailure()));

            assertThat(second.number()).isEqualTo(2);
            assertThat(second.endpoint()).isNotSameAs(first.endpoint());
            dispatch.settle(second, Response.http(200));
            scene.clock.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void allEndpointsAreTriedBeforeAnyIsTriedAgain() {
        Scene scene = scene(route().withRetry(ON_5XX.withRetries(3)), endpoints(3));
        Dispatch dispatch = scene.dispatch();
        Set<Endpoint> seen = new HashSet<>();
        Attempt attempt = attempt(dispatch.start());
        for (int i = 0; i < 2; i++) {
            seen.add(attempt.endpoint());
            attempt = next(scene, dispatch, dispatch.settle(attempt, Response.http(500)));
        }
        seen.add(attempt.endpoint());
        assertThat(seen).hasSize(3);

        assertThat(next(scene, dispatch, dispatch.settle(attempt, Response.http(500))))
                .isNotNull();
    }

    @Test
    void securityIsThatOfTheEndpointOfEachAttempt() {
        ClusterConfig mixed = endpoints(2)
                .withTls(new ClientTlsConfig(
                        ClientTlsConfig.Mode.AUTO, Set.of("spiffe://inmesh.local/ns/default/sa/reviews"), null));
        mixed = mixed.withEndpoints(List.of(
                mixed.endpoints().get(0).withTls(true), mixed.endpoints().get(1)));
        Scene scene = scene(route(), mixed);
        TestCa ca = TestCa.root("inmesh.local", Instant.ofEpochMilli(scene.clock.epochMillis()));
        scene.identity.update(ca.issue("default", "productpage"), ca.bundle());
        for (int i = 0; i < 20; i++) {
            Dispatch dispatch = scene.dispatch();
            Attempt first = attempt(dispatch.start());
            Attempt second = next(scene, dispatch, dispatch.settle(first, connectFailure()));

            assertThat(first.security() != null)
                    .isEqualTo(first.endpoint().config().tls());
            assertThat(second.security() != null)
                    .isEqualTo(second.endpoint().config().tls());
            assertThat(second.security() != null).isNotEqualTo(first.security() != null);
            dispatch.settle(second, Response.http(200));
            scene.clock.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void repeatsAsOftenAsTheRouteSaysAndReturnsTheLastAnswer() {
        Scene scene = scene(route().withRetry(ON_5XX.withRetries(2)), endpoints(3));
        Dispatch dispatch = scene.dispatch();
        Step step = dispatch.start();
        for (int status = 500; status < 502; status++) {
            step = next(scene, dispatch, dispatch.settle(attempt(step), Response.http(status)));
        }

        assertThat(outcome(dispatch.settle(attempt(step), Response.http(503)))).isEqualTo(Response.http(503));
        assertThat(refusals).isEmpty();
    }

    @Test
    void aOneShotBodyIsNeverSentAgain() {
        Scene scene = scene(route(), endpoints(2));
        Dispatch dispatch = scene.dispatch(FakeCall.get("/").method("POST").replayable(false));

        assertThat(dispatch.settle(attempt(dispatch.start()), connectFailure())).isInstanceOf(Step.Done.class);
    }

    @Test
    void aNonIdempotentCallThatLeftThisProcessIsRepeatedOnlyIfTheRouteSaysSo() {
        Call post = FakeCall.get("/").method("POST");
        Scene byDefault = scene(route(), endpoints(2));
        Dispatch dispatch = byDefault.dispatch(post);
        assertThat(dispatch.settle(attempt(dispatch.start()), reset())).isInstanceOf(Step.Done.class);

        Scene onReset =
                scene(route().withRetry(RetryConfig.DEFAULT.withConditions(Set.of(Condition.RESET))), endpoints(2));
        Dispatch asked = onReset.dispatch(post);
        assertThat(asked.settle(attempt(asked.start()), reset())).isNotInstanceOf(Step.Done.class);
    }

    @Test
    void waitsAsLongAsTheServerAsked() {
        Scene scene = scene(route().withRetry(ON_5XX), endpoints(2));
        Dispatch dispatch = scene.dispatch();

        assertThat(dispatch.settle(attempt(dispatch.start()), new Response(503, -1, 2_000)))
                .isEqualTo(new Step.Wait(TimeUnit.SECONDS.toNanos(2)));
    }

    @Test
    void aServerThatForbidsRetriesIsObeyed() {
        Scene scene = scene(route().withRetry(ON_5XX), endpoints(2));
        Dispatch dispatch = scene.dispatch();

        assertThat(dispatch.settle(attempt(dispatch.start()), new Response(503, -1, Response.DO_NOT_RETRY)))
                .isInstanceOf(Step.Done.class);
        assertThat(refusals).containsExactly(RetryRefusal.PUSHBACK);
    }

    @Test
    void anHourIsNotWaitedFor() {
        Scene scene = scene(route().withRetry(ON_5XX), endpoints(2));
        Dispatch dispatch = scene.dispatch();

        Step step = dispatch.settle(attempt(dispatch.start()), new Response(503, -1, 3_600_000));

        assertThat(outcome(step)).isEqualTo(new Response(503, -1, 3_600_000));
        assertThat(refusals).containsExactly(RetryRefusal.PUSHBACK);
    }

    @Test
    void aRetryThatCannotStartBeforeTheDeadlineIsNotWaitedFor() {
        Scene scene = scene(route().withRetry(ON_5XX).withTimeout(Duration.ofSeconds(1)), endpoints(2));
        Dispatch dispatch = scene.dispatch();
        Attempt first = attempt(dispatch.start());

        Step step = dispatch.settle(first, new Response(503, -1, 1_000));

        assertThat(outcome(step)).isEqualTo(new Response(503, -1, 1_000));
        assertThat(refusals).containsExactly(RetryRefusal.DEADLINE);
    }

    @Test
    void threeAttemptsStayWithinTheTotal() {
        Scene scene = scene(
                route().withRetry(ON_5XX.withRetries(2).withPerTryTimeout(Duration.ofMillis(800)))
                        .withTimeout(Duration.ofSeconds(2)),
                endpoints(3));
        long end = scene.clock.nanos() + TimeUnit.SECONDS.toNanos(2);
        Dispatch dispatch = scene.dispatch();
        Step step = dispatch.start();
        int attempts = 0;
        while (!(step instanceof Step.Done)) {
            if (step instanceof Attempt attempt) {
                attempts++;
                assertThat(attempt.deadlineNanos()).isLessThanOrEqualTo(end);
                scene.clock.advanceNanos(attempt.deadlineNanos() - scene.clock.nanos());
                step = dispatch.settle(
                        attempt, new Outcome.Failure(Outcome.Failure.Kind.TIMEOUT, true, new Exception("late")));
            } else {
                step = scene.resume(dispatch, step);
            }
            assertThat(scene.clock.nanos()).isLessThanOrEqualTo(end);
        }
        assertThat(attempts).isEqualTo(3);
    }

    @Test
    void retriesInFlightAreBounded() {
        ClusterConfig cluster = endpoints(3)
                .withCircuitBreaker(new CircuitBreakerConfig(
                        CircuitBreakerConfig.UNLIMITED, 1, 0, 100, 100, Duration.ofSeconds(30)));
        Scene scene = scene(route(), cluster);
        Dispatch one = scene.dispatch();
        Dispatch other = scene.dispatch();
        Attempt retry = next(scene, one, one.settle(attempt(one.start()), connectFailure()));

        Step refused = other.settle(attempt(other.start()), connectFailure());
        assertThat(refused).isInstanceOf(Step.Done.class);
        assertThat(refusals).containsExactly(RetryRefusal.OVERFLOW);

        one.settle(retry, Response.http(200));
        assertThat(scene.cluster().limits().retriesInFlight()).isZero();
    }

    @Test
    void aCancelledRetryGivesItsPermitBack() {
        Scene scene = scene(route(), endpoints(3));
        Dispatch dispatch = scene.dispatch();
        dispatch.settle(attempt(dispatch.start()), connectFailure());
        assertThat(scene.cluster().limits().retriesInFlight()).isEqualTo(1);

        dispatch.cancel();

        assertThat(scene.cluster().limits().retriesInFlight()).isZero();
    }

    @Test
    void aStormIsBoundedByTheBudget() {
        ClusterConfig cluster = endpoints(3).withRetryBudget(RetryBudgetConfig.succeeded(20, 3));
        Scene scene = scene(route().withRetry(ON_5XX.withRetries(5)), cluster);
        int sent = 0;
        int calls = 10_000;
        for (int i = 0; i < calls; i++) {
            Dispatch dispatch = scene.dispatch();
            Step step = dispatch.start();
            while (!(step instanceof Step.Done)) {
                if (step instanceof Attempt attempt) {
                    sent++;
                    step = dispatch.settle(attempt, Response.http(503));
                } else {
                    // As if the waits of all calls overlapped.
                    step = dispatch.resume();
                }
            }
            scene.clock.advance(Duration.ofMillis(1));
        }
        // Ten seconds without success: 3 a second, and the floor of the first window in advance.
        assertThat(sent - calls).isBetween(1, 60);
        assertThat(refusals).contains(RetryRefusal.BUDGET);
    }

    private Scene scene(RouteConfig route, ClusterConfig cluster) {
        return new Scene(route, cluster, new MeshObserver() {
            @Override
            public CallObserver callStarted(Call call, String virtualHost, @Nullable String routeName) {
                return new CallObserver() {
                    @Override
                    public void retryRefused(Attempt ended, RetryRefusal why) {
                        refusals.add(why);
                    }
                };
            }
        });
    }

    private static Attempt next(Scene scene, Dispatch dispatch, Step step) {
        return attempt(step instanceof Step.Wait ? scene.resume(dispatch, step) : step);
    }
}
