package io.inmesh.dispatch;

import static io.inmesh.dispatch.Scene.attempt;
import static io.inmesh.dispatch.Scene.endpoints;
import static io.inmesh.dispatch.Scene.outcome;
import static io.inmesh.dispatch.Scene.reset;
import static io.inmesh.dispatch.Scene.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.CallContext;
import io.inmesh.call.Criticality;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Response;
import io.inmesh.call.Step;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClientPolicyConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HedgingConfig;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.observe.CallObserver;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeCall;
import io.inmesh.time.Deadlines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two attempts at a time. */
class HedgeTest {

    private static final Duration DELAY = Duration.ofMillis(20);
    private static final HedgingConfig ALWAYS = HedgingConfig.after(DELAY).withMaxExtraPercent(100);

    private final List<String> events = new ArrayList<>();

    @Test
    void aSlowAttemptGetsAnotherBesideItOnAnotherEndpoint() {
        Scene scene = scene(hedged(endpoints(2), ALWAYS));
        Dispatch dispatch = scene.dispatch();
        Attempt slow = attempt(dispatch.start());
        assertThat(slow.hedgeDelayNanos()).isEqualTo(DELAY.toNanos());

        Attempt hedge = hedge(scene, dispatch, slow);

        assertThat(hedge.hedge()).isTrue();
        assertThat(hedge.number()).isEqualTo(2);
        assertThat(hedge.endpoint()).isNotSameAs(slow.endpoint());
        assertThat(inFlight(scene)).isEqualTo(2);
    }

    @Test
    void theFirstGoodAnswerEndsTheCallAndTheOtherAttemptIsSettledAsCancelled() {
        for (boolean hedgeWins : new boolean[] {true, false}) {
            events.clear();
            Scene scene = scene(hedged(endpoints(2), ALWAYS));
            Dispatch dispatch = scene.dispatch();
            Attempt slow = attempt(dispatch.start());
            Attempt hedge = hedge(scene, dispatch, slow);
            Attempt winner = hedgeWins ? hedge : slow;
            Attempt loser = hedgeWins ? slow : hedge;

            assertThat(outcome(dispatch.settle(winner, Response.http(200)))).isEqualTo(Response.http(200));

            assertThat(dispatch.answered()).isSameAs(winner);
            assertThat(events)
                    .containsExactly(
                            "started 1",
                            "started 2",
                            "ended " + winner.number() + " " + Response.http(200),
                            "ended " + loser.number() + " " + Outcome.Cancelled.INSTANCE,
                            "call " + Response.http(200));
            assertThat(inFlight(scene)).isZero();
            assertThat(outcome(dispatch.settle(loser, Response.http(500)))).isEqualTo(Response.http(200));
            assertThat(events).hasSize(5);
            assertThat(scene.cluster().limits().retriesInFlight()).isZero();
            assertThat(scene.cluster().traffic().take())
                    .as("what the graph of services is told")
                    .flatExtracting(share -> share.counts())
                    .extracting(count -> count.counted() + " " + count.result())
                    .containsExactlyInAnyOrder("ATTEMPT ok", "ATTEMPT cancelled", "CALL ok");
        }
    }

    @Test
    void aFailureWaitsForTheOtherAttempt() {
        Scene scene = scene(hedged(endpoints(3), ALWAYS));
        Dispatch dispatch = scene.dispatch();
        Attempt slow = attempt(dispatch.start());
        Attempt hedge = hedge(scene, dispatch, slow);

        assertThat(dispatch.settle(hedge, Response.http(500))).isSameAs(Step.Await.INSTANCE);
        assertThat(scene.cluster().limits().retriesInFlight()).isZero();
        assertThat(outcome(dispatch.settle(slow, Response.http(200)))).isEqualTo(Response.http(200));
        assertThat(dispatch.answered()).isSameAs(slow);
    }

    @Test
    void whenBothFailTheLastFailureIsRepeatedAndHedgesCountAsRetriesOfTheCall() {
        Scene scene = scene(hedged(endpoints(3), ALWAYS));
        Dispatch dispatch = scene.dispatch();
        Attempt slow = attempt(dispatch.start());
        Attempt hedge = hedge(scene, dispatch, slow);
        dispatch.settle(slow, reset());

        Attempt third = attempt(scene.resume(dispatch, dispatch.settle(hedge, reset())));

        assertThat(third.number()).isEqualTo(3);
        assertThat(third.endpoint()).isNotIn(slow.endpoint(), hedge.endpoint());
        assertThat(third.hedgeDelayNanos()).isEqualTo(Deadlines.NEVER);
        assertThat(dispatch.settle(third, reset())).isInstanceOf(Step.Done.class);
    }

    @Test
    void cancellingEndsBoth() {
        Scene scene = scene(hedged(endpoints(2), ALWAYS));
        Dispatch dispatch = scene.dispatch();
        hedge(scene, dispatch, attempt(dispatch.start()));

        dispatch.cancel();

        assertThat(events).endsWith("call " + Outcome.Cancelled.INSTANCE).hasSize(5);
        assertThat(inFlight(scene)).isZero();
        assertThat(scene.cluster().limits().retriesInFlight()).isZero();
    }

    @Test
    void onlyCallsThatMayBeSentTwiceAreHedged() {
        assertThat(delay(FakeCall.get("/").method("POST"))).isEqualTo(Deadlines.NEVER);
        assertThat(delay(FakeCall.get("/").method("PUT").replayable(false))).isEqualTo(Deadlines.NEVER);
        assertThat(delay(FakeCall.get("/").method("PUT"))).isEqualTo(DELAY.toNanos());
    }

    @Test
    void callsForRepeatedRequestsAreNotHedged() {
        Scene scene = scene(hedged(endpoints(2), ALWAYS));
        try (CallContext.Scope ignored = new CallContext(Deadlines.NEVER, 2, Criticality.CRITICAL).bind()) {
            assertThat(attempt(scene.dispatch().start()).hedgeDelayNanos()).isEqualTo(Deadlines.NEVER);
        }
    }

    @Test
    void aCallThatHasEndedOrIsBeingRepeatedIsNotHedged() {
        Scene scene = scene(hedged(endpoints(2), ALWAYS));
        Dispatch dispatch = scene.dispatch();
        Attempt first = attempt(dispatch.start());
        Step wait = dispatch.settle(first, Scene.connectFailure());
        assertThat(dispatch.hedge(first)).isSameAs(Step.Await.INSTANCE);
        Attempt second = attempt(scene.resume(dispatch, wait));
        dispatch.settle(second, Response.http(200));
        assertThat(dispatch.hedge(first)).isSameAs(Step.Await.INSTANCE);
    }

    @Test
    void thereIsNoHedgeWithoutAnotherEndpoint() {
        assertRefused(scene(hedged(endpoints(1), ALWAYS)));
    }

    @Test
    void thereIsNoHedgeBeyondTheExtraLoad() {
        Scene scene = scene(hedged(endpoints(2), HedgingConfig.after(DELAY)));
        int hedges = 0;
        for (int i = 0; i < 1_000; i++) {
            Dispatch dispatch = scene.dispatch();
            Attempt slow = attempt(dispatch.start());
            if (dispatch.hedge(slow) instanceof Attempt hedge) {
                hedges++;
                dispatch.settle(hedge, Response.http(200));
            } else {
                dispatch.settle(slow, Response.http(200));
            }
            scene.clock.advance(Duration.ofMillis(5));
        }
        assertThat(hedges).isBetween(10, 21);
    }

    @Test
    void thereIsNoHedgeBeyondTheRetryBudget() {
        assertRefused(scene(hedged(endpoints(2), ALWAYS).withRetryBudget(RetryBudgetConfig.succeeded(0, 0))));
    }

    @Test
    void thereIsNoHedgeWhileServersAskForLessLoad() {
        Scene scene = scene(hedged(endpoints(2), ALWAYS));
        Dispatch overloaded = scene.dispatch();
        overloaded.settle(attempt(overloaded.start()), Response.http(429));

        assertRefused(scene);

        scene.clock.advance(Duration.ofSeconds(1));
        Dispatch later = scene.dispatch();
        assertThat(later.hedge(attempt(later.start()))).isInstanceOf(Attempt.class);
    }

    @Test
    void thereIsNoHedgeWhileMostOfTheLimitIsInUse() {
        CircuitBreakerConfig tight = new CircuitBreakerConfig(3, 10, 0, 100, 100, Duration.ofSeconds(30));
        Scene scene = scene(hedged(endpoints(2), ALWAYS).withCircuitBreaker(tight));
        scene.dispatch().start();
        assertRefused(scene);
    }

    @Test
    void thereIsNoHedgeThatCouldNotBeInTime() {
        RouteConfig shortly = route().withTimeout(Duration.ofMillis(30));
        Scene scene = new Scene(shortly, hedged(endpoints(2), ALWAYS));
        assertRefused(scene);
    }

    @Test
    void theDelayIsThePercentileOfRecentAnswers() {
        HedgingConfig learned = new HedgingConfig(null, 90, 100);
        Scene scene = scene(hedged(endpoints(2), learned));
        assertThat(attempt(scene.dispatch().start()).hedgeDelayNanos())
                .as("nothing is known yet")
                .isEqualTo(Deadlines.NEVER);
        for (int i = 1; i <= 100; i++) {
            Dispatch dispatch = scene.dispatch();
            Attempt sent = attempt(dispatch.start());
            scene.clock.advance(Duration.ofMillis(i <= 85 ? 10 : 80));
            dispatch.settle(sent, Response.http(200));
        }
        assertThat(attempt(scene.dispatch().start()).hedgeDelayNanos())
                .isBetween(
                        Duration.ofMillis(80).toNanos(), Duration.ofMillis(91).toNanos());
    }

    private static void assertRefused(Scene scene) {
        Dispatch dispatch = scene.dispatch();
        Attempt slow = attempt(dispatch.start());
        scene.clock.advance(DELAY);
        assertThat(dispatch.hedge(slow)).isSameAs(Step.Await.INSTANCE);
        assertThat(outcome(dispatch.settle(slow, Response.http(200)))).isEqualTo(Response.http(200));
        assertThat(scene.cluster().limits().retriesInFlight()).isZero();
    }

    private long delay(Call call) {
        return attempt(scene(hedged(endpoints(2), ALWAYS)).dispatch(call).start())
                .hedgeDelayNanos();
    }

    private static Attempt hedge(Scene scene, Dispatch dispatch, Attempt slow) {
        scene.clock.advance(DELAY);
        return attempt(dispatch.hedge(slow));
    }

    private static int inFlight(Scene scene) {
        return scene.cluster().endpoints().stream()
                .mapToInt(endpoint -> endpoint.inFlight())
                .sum();
    }

    private static ClusterConfig hedged(ClusterConfig cluster, HedgingConfig hedging) {
        return cluster.withClientPolicy(ClientPolicyConfig.DEFAULT.withHedging(hedging));
    }

    private Scene scene(ClusterConfig cluster) {
        return new Scene(route().withRetry(RetryConfig.DEFAULT), cluster, new MeshObserver() {
            @Override
            public CallObserver callStarted(Call call, String virtualHost, @Nullable String route) {
                return new Events();
            }
        });
    }

    private final class Events implements CallObserver {
        @Override
        public void attemptStarted(Attempt attempt) {
            events.add("started " + attempt.number());
        }

        @Override
        public void attemptEnded(Attempt attempt, Outcome outcome, long durationNanos) {
            events.add("ended " + attempt.number() + " " + outcome);
        }

        @Override
        public void callEnded(Call call, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {
            events.add("call " + outcome);
        }
    }
}
