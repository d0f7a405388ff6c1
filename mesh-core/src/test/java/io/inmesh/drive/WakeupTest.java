package io.inmesh.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Response;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waits that something else than time ends: here, for the only connection to a cluster. */
class WakeupTest {

    private final FakeClock clock = new FakeClock();
    private final FakeScheduler time = new FakeScheduler(clock);
    private final List<Outcome> done = new ArrayList<>();
    private final Mesh mesh = Mesh.builder()
            .clock(clock)
            .scheduler(time)
            .config(MeshConfig.builder()
                    .cluster(ClusterConfig.of("reviews")
                            .endpoint("10.0.0.1", 9080)
                            .withCircuitBreaker(CircuitBreakerConfig.DEFAULT.withConnections(1, 9)))
                    .virtualHost(VirtualHostConfig.of("reviews:9080", RouteConfig.to("reviews")))
                    .virtualHost(VirtualHostConfig.of(
                            "hasty:9080", RouteConfig.to("reviews").withTimeout(Duration.ofSeconds(5))))
                    .build())
            .build();

    @AfterEach
    void close() {
        mesh.close();
    }

    @Test
    void callbacksGoOnWhenWokenAndNotOnTheThreadThatWakes() {
        Dispatch first = dispatch("reviews");
        Attempt one = (Attempt) first.start();
        List<Consumer<Outcome>> sent = new ArrayList<>();
        new CallbackDriver(time).run(dispatch("hasty"), (attempt, ended) -> sent.add(ended), done::add);
        assertThat(sent).isEmpty();

        first.settle(one, Response.http(200));
        assertThat(sent).isEmpty();
        time.runDue();

        assertThat(sent).hasSize(1);
        sent.get(0).accept(Response.http(201));
        time.advance(Duration.ofMinutes(1));
        assertThat(done).containsExactly(Response.http(201));
    }

    @Test
    void callbacksEndAtTheDeadlineWhenNothingWakesThem() {
        dispatch("reviews").start();
        new CallbackDriver(time).run(dispatch("hasty"), (attempt, ended) -> {}, done::add);

        time.advance(Duration.ofSeconds(5));

        assertThat(done)
                .singleElement()
                .isInstanceOfSatisfying(
                        Outcome.Rejection.class,
                        late -> assertThat(late.reason()).isEqualTo(Outcome.Reason.DEADLINE));
    }

    @Test
    void aWakeupAtTheVeryDeadlineEndsTheCallOnce() {
        Dispatch first = dispatch("reviews");
        Attempt one = (Attempt) first.start();
        time.schedule(
                () -> first.settle(one, Response.http(200)),
                Duration.ofSeconds(5).toNanos());
        new CallbackDriver(time).run(dispatch("hasty"), (attempt, ended) -> {}, done::add);

        time.advance(Duration.ofMinutes(1));

        assertThat(done).hasSize(1);
        assertThat(dispatch("reviews").start()).as("the connection is free").isInstanceOf(Attempt.class);
    }

    @Test
    void aBlockedCallerGoesOnWhenWoken() throws Exception {
        Dispatch first = dispatch("reviews");
        Attempt one = (Attempt) first.start();
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Outcome> call = new FutureTask<>(() -> {
            begun.countDown();
            return new BlockingDriver().run(dispatch("reviews"), attempt -> Response.http(202));
        });
        new Thread(call).start();
        begun.await();

        first.settle(one, Response.http(200));

        assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo(Response.http(202));
    }

    private Dispatch dispatch(String host) {
        return mesh.outbound(FakeCall.get("/").to(host, 9080));
    }
}
