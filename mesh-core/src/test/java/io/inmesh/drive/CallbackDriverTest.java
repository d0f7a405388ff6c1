package io.inmesh.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.Outcome.Response;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallbackDriverTest {

    private static final Duration NO_WAIT = Duration.ofNanos(1);

    private final FakeClock clock = new FakeClock();
    private final FakeScheduler time = new FakeScheduler(clock);
    private final List<Outcome> done = new ArrayList<>();
    private final CallbackDriver driver = new CallbackDriver(time);
    private final Mesh mesh = Mesh.builder()
            .clock(clock)
            .scheduler(time)
            .config(MeshConfig.builder()
                    .cluster(ClusterConfig.of("reviews")
                            .endpoint("10.0.0.1", 9080)
                            .withRetryBudget(RetryBudgetConfig.succeeded(0, 1_000)))
                    .virtualHost(VirtualHostConfig.of("reviews:9080", RouteConfig.to("reviews")))
                    .virtualHost(VirtualHostConfig.of(
                            "stubborn:9080",
                            RouteConfig.to("reviews")
                                    .withRetry(RetryConfig.DEFAULT
                                            .withRetries(5_000)
                                            .withBackoff(NO_WAIT, NO_WAIT))))
                    .virtualHost(VirtualHostConfig.of(
                            "slow:9080",
                            RouteConfig.to("reviews")
                                    .withFault(new FaultConfig(
                                            new FaultConfig.Delay(Duration.ofHours(1), 1_000_000), null))))
                    .build())
            .build();

    @AfterEach
    void close() {
        mesh.close();
    }

    @Test
    void tellsTheOutcomeOnce() {
        driver.run(
                dispatch("reviews"),
                (attempt, ended) -> {
                    ended.accept(Response.http(200));
                    ended.accept(Response.http(500));
                },
                done::add);

        assertThat(done).containsExactly(Response.http(200));
    }

    @Test
    void manyImmediateFailuresDoNotDeepenTheStack() {
        int[] deepest = {0};
        int[] sent = {0};
        driver.run(
                dispatch("stubborn"),
                (attempt, ended) -> {
                    sent[0]++;
                    deepest[0] = Math.max(deepest[0], new Throwable().getStackTrace().length);
                    ended.accept(new Failure(Failure.Kind.CONNECT, false, new IOException("refused")));
                },
                done::add);

        assertThat(done).hasSize(1);
        assertThat(sent[0]).isEqualTo(5_001);
        assertThat(deepest[0]).isLessThan(500);
    }

    @Test
    void aSenderThatThrowsEndsTheCallWithItsError() {
        IllegalStateException bug = new IllegalStateException("bug");
        Dispatch dispatch = dispatch("reviews");

        driver.run(
                dispatch,
                (attempt, ended) -> {
                    throw bug;
                },
                done::add);

        assertThat(done).containsExactly(new Failure(Failure.Kind.OTHER, true, bug));
        assertThat(dispatch.ended()).isTrue();
    }

    @Test
    void cancellingAWaitTellsAtOnceAndLeavesNoTimer() {
        driver.run(dispatch("slow"), (attempt, ended) -> ended.accept(Response.http(200)), done::add);
        assertThat(done).isEmpty();
        assertThat(time.pending()).isEqualTo(1);

        driver.cancel();

        assertThat(done).containsExactly(Outcome.Cancelled.INSTANCE);
        assertThat(time.pending()).isZero();
    }

    @Test
    void cancellingInFlightIgnoresTheLateAnswer() {
        List<Consumer<Outcome>> late = new ArrayList<>();
        driver.run(dispatch("reviews"), (attempt, ended) -> late.add(ended), done::add);

        driver.cancel();
        late.get(0).accept(Response.http(200));

        assertThat(done).containsExactly(Outcome.Cancelled.INSTANCE);
    }

    @Test
    void cancelledBeforeItRunsItSendsNothing() {
        driver.cancel();
        driver.run(dispatch("reviews"), (attempt, ended) -> ended.accept(Response.http(200)), done::add);

        assertThat(done).containsExactly(Outcome.Cancelled.INSTANCE);
    }

    private Dispatch dispatch(String host) {
        return mesh.outbound(FakeCall.get("/").to(host, 9080));
    }
}
