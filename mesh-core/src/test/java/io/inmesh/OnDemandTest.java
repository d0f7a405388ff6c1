package io.inmesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.Step;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteAction.Mirror;
import io.inmesh.config.RouteAction.WeightedCluster;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.SeededRandomness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls to clusters whose endpoints nobody has asked for before. */
class OnDemandTest {

    private final FakeScheduler time = new FakeScheduler(new FakeClock());
    private final Mesh mesh = Mesh.builder()
            .config(MeshConfig.EMPTY)
            .clock(time.clock())
            .scheduler(time)
            .randomness(new SeededRandomness(3))
            .build();
    private final List<String> asked = new ArrayList<>();

    OnDemandTest() {
        new ControlPlaneLink(mesh).onDemand(asked::add);
        mesh.apply(config("1", RouteAction.to("reviews"), deferred("reviews"), deferred("ratings")));
    }

    @AfterEach
    void close() {
        mesh.close();
    }

    @Test
    void firstCallAsksForTheEndpointsAndGoesToOneOfThemOnceTheyCome() {
        Dispatch call = call();
        Step.Wait wait = (Step.Wait) call.start();
        List<String> woken = new ArrayList<>();
        Objects.requireNonNull(wait.wakeup()).whenReady(() -> woken.add("woken"));
        assertThat(wait.delayNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
        assertThat(asked).containsExactly("reviews");

        mesh.apply(config(
                "2", RouteAction.to("reviews"), deferred("reviews").endpoint("10.0.0.1", 9080), deferred("ratings")));

        assertThat(woken).hasSize(1);
        Attempt attempt = (Attempt) call.resume();
        assertThat(attempt.endpoint().config().host()).isEqualTo("10.0.0.1");
        assertThat(attempt.number()).isEqualTo(1);
        assertThat(call.settle(attempt, new Outcome.Response(200, -1, Outcome.Response.NO_PUSHBACK)))
                .isInstanceOf(Step.Done.class);
        assertThat(call().start()).as("the next one waits for nothing").isInstanceOf(Attempt.class);
    }

    @Test
    void callsThatWaitTogetherAskOnceAndAreAllWoken() {
        List<Integer> woken = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            Objects.requireNonNull(((Step.Wait) call().start()).wakeup()).whenReady(() -> woken.add(number));
        }

        mesh.apply(config("2", RouteAction.to("reviews"), deferred("reviews").endpoint("10.0.0.1", 9080)));

        assertThat(asked).containsExactly("reviews");
        assertThat(woken).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void endpointsThatCameBeforeTheWaitBeganEndItAtOnce() {
        Dispatch call = call();
        Step.Wait wait = (Step.Wait) call.start();
        mesh.apply(config("2", RouteAction.to("reviews"), deferred("reviews").endpoint("10.0.0.1", 9080)));
        List<String> woken = new ArrayList<>();

        Objects.requireNonNull(wait.wakeup()).whenReady(() -> woken.add("woken"));

        assertThat(woken).hasSize(1);
    }

    @Test
    void callThatWaitedInVainSaysWhatItWaitedFor() {
        Dispatch call = call();
        time.advance(Duration.ofNanos(((Step.Wait) call.start()).delayNanos()));

        Outcome.Rejection refused = (Outcome.Rejection) ((Step.Done) call.resume()).outcome();

        assertThat(refused.reason()).isEqualTo(Outcome.Reason.NO_ENDPOINT);
        assertThat(refused.message()).contains("\"reviews\"", "5 s", "control server", "config 1");
    }

    @Test
    void callIsNotKeptBeyondItsDeadline() {
        Step.Wait wait = (Step.Wait) mesh.outbound(FakeCall.get("/")
                        .to("reviews", 9080)
                        .deadlineNanos(time.clock().nanos() + 1_000_000))
                .start();

        assertThat(wait.delayNanos()).isEqualTo(1_000_000);
    }

    @Test
    void callThatIsCancelledWhileItWaitsIsOver() {
        Dispatch call = call();
        call.start();

        assertThat(((Step.Done) call.cancel()).outcome()).isSameAs(Outcome.Cancelled.INSTANCE);
        mesh.apply(config("2", RouteAction.to("reviews"), deferred("reviews").endpoint("10.0.0.1", 9080)));

        assertThat(((Step.Done) call.resume()).outcome()).isSameAs(Outcome.Cancelled.INSTANCE);
    }

    @Test
    void serviceThatTurnsOutToHaveNoEndpointIsRefusedWithoutAnotherWait() {
        Dispatch call = call();
        call.start();
        mesh.apply(config("2", RouteAction.to("reviews"), deferred("reviews").withEndpoints(List.of())));

        Outcome.Rejection refused = (Outcome.Rejection) ((Step.Done) call.resume()).outcome();

        assertThat(refused.reason()).isEqualTo(Outcome.Reason.NO_ENDPOINT);
        assertThat(call().start()).isInstanceOf(Step.Done.class);
    }

    @Test
    void allThatARouteMayLeadToIsAskedForAtOnce() {
        mesh.apply(config(
                "2",
                new RouteAction.Forward(
                        List.of(WeightedCluster.of("reviews", 1), WeightedCluster.of("canary", 1)),
                        List.of(new Mirror("shadow", 1_000_000))),
                deferred("reviews"),
                deferred("canary"),
                deferred("shadow"),
                deferred("ratings")));

        call().start();

        assertThat(asked).containsExactlyInAnyOrder("reviews", "canary", "shadow");
    }

    @Test
    void explainingAsksForNothing() {
        assertThat(mesh.explain(FakeCall.get("/").to("reviews", 9080)).toString())
                .contains("the first call asks for");
        assertThat(asked).isEmpty();
    }

    @Test
    void adapterThatConnectsAheadAsksAhead() throws Exception {
        mesh.connectAhead("reviews", 9080, (endpoint, security, timeoutNanos) -> {})
                .close();

        assertThat(asked).containsExactly("reviews");
    }

    @Test
    void knownEndpointsAreNotDeferred() {
        assertThat(ClusterConfig.of("reviews")
                        .endpoint("10.0.0.1", 9080)
                        .asDeferred()
                        .endpoints())
                .isEmpty();
        assertThat(deferred("reviews").endpoint("10.0.0.1", 9080).deferred()).isFalse();
    }

    private Dispatch call() {
        return Objects.requireNonNull(mesh.outbound(FakeCall.get("/").to("reviews", 9080)));
    }

    private static ClusterConfig deferred(String name) {
        return ClusterConfig.of(name).asDeferred();
    }

    private static MeshConfig config(String version, RouteAction action, ClusterConfig... clusters) {
        MeshConfig.Builder builder = MeshConfig.builder().version(version);
        for (ClusterConfig cluster : clusters) {
            builder.cluster(cluster);
        }
        return builder.virtualHost(
                        VirtualHostConfig.of("reviews:9080", RouteConfig.of("default", RouteMatch.ANY, action)))
                .build();
    }
}
