package io.inmesh.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Response;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.drive.BlockingDriver;
import io.inmesh.drive.CallbackDriver;
import io.inmesh.observe.CallObserver;
import io.inmesh.observe.MeshObserver;
import io.inmesh.spi.MeshStatus.ClusterStatus;
import io.inmesh.testkit.FakeCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Retries, deadlines, ejections, new configs and cancellations race on real threads; every call ends once and nothing stays open. */
class DispatchStressTest {

    private static final int CALLS = 20_000;

    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger attemptsOpen = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Mesh mesh =
            Mesh.builder().observer(new Counting()).config(config(8)).build();

    @AfterEach
    void close() {
        mesh.close();
        threads.shutdownNow();
    }

    @Test
    void blockingCallsThatAreCancelledAtAnyMomentEndOnce() throws Exception {
        BlockingQueue<BlockingDriver> victims = new LinkedBlockingQueue<>();
        Future<?> canceller = threads.submit(() -> {
            while (true) {
                victims.take().cancel();
            }
        });
        Future<?> configurer = threads.submit(this::swapConfigs);
        List<Future<?>> callers = new ArrayList<>();
        for (int caller = 0; caller < 3; caller++) {
            callers.add(threads.submit(() -> {
                for (int i = 0; i < CALLS / 3; i++) {
                    BlockingDriver driver = new BlockingDriver();
                    if (i % 3 == 0) {
                        victims.add(driver);
                    }
                    driver.run(mesh.outbound(FakeCall.get("/")), attempt -> anyOutcome());
                }
                return null;
            }));
        }
        for (Future<?> caller : callers) {
            caller.get();
        }
        canceller.cancel(true);
        configurer.cancel(true);

        assertNothingOpen(CALLS / 3 * 3);
    }

    @Test
    void callbackCallsThatAreCancelledAtAnyMomentEndOnce() throws Exception {
        AtomicInteger done = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(CALLS);
        Future<?> configurer = threads.submit(this::swapConfigs);
        ExecutorService transport = Executors.newFixedThreadPool(2);
        for (int i = 0; i < CALLS; i++) {
            CallbackDriver driver = new CallbackDriver(mesh.scheduler());
            driver.run(
                    mesh.outbound(FakeCall.get("/")),
                    (attempt, report) -> {
                        transport.execute(() -> report.accept(anyOutcome()));
                        if (attempt.number() == 2) {
                            transport.execute(() -> report.accept(anyOutcome()));
                        }
                    },
                    outcome -> {
                        done.incrementAndGet();
                        all.countDown();
                    });
            if (i % 3 == 0) {
                transport.execute(driver::cancel);
            }
        }
        all.await();
        configurer.cancel(true);
        transport.shutdown();
        assertThat(transport.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

        assertThat(done).hasValue(CALLS);
        assertNothingOpen(CALLS);
    }

    private void assertNothingOpen(int calls) {
        assertThat(started.get()).isLessThanOrEqualTo(calls);
        assertThat(ended).hasValue(started.get());
        assertThat(attemptsOpen).hasValue(0);
        mesh.apply(config(8));
        ClusterStatus cluster = mesh.status().clusters().get(0);
        assertThat(cluster.requestsInFlight()).isZero();
        assertThat(cluster.endpoints()).allMatch(endpoint -> endpoint.inFlight() == 0);
    }

    private Object swapConfigs() {
        for (int size = 1; !Thread.currentThread().isInterrupted(); size = size % 8 + 1) {
            assertThat(mesh.apply(config(size)).applied()).isTrue();
        }
        return ended;
    }

    private static MeshConfig config(int size) {
        ClusterConfig cluster = ClusterConfig.of("reviews")
                .withRetryBudget(RetryBudgetConfig.succeeded(100, 1_000))
                .withCircuitBreaker(new CircuitBreakerConfig(1_000, 1_000, 99, 100, 100, Duration.ofMillis(1)))
                .withOutlierDetection(new OutlierDetectionConfig(
                        3, 0, false, 0, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(5), 50, 0));
        for (int i = 0; i < size; i++) {
            cluster = cluster.endpoint("10.0.0." + i, 9080);
        }
        RouteConfig route = RouteConfig.to("reviews")
                .withTimeout(Duration.ofMillis(2))
                .withRetry(RetryConfig.DEFAULT
                        .withRetries(3)
                        .withConditions(Set.of(Condition.SERVER_ERROR))
                        .withBackoff(Duration.ofNanos(20_000), Duration.ofNanos(400_000)));
        return MeshConfig.builder()
                .version("of " + size)
                .cluster(cluster)
                .virtualHost(VirtualHostConfig.of("reviews:9080", route))
                .build();
    }

    private static Outcome anyOutcome() {
        return ThreadLocalRandom.current().nextInt(3) == 0 ? Response.http(503) : Response.http(200);
    }

    private final class Counting implements MeshObserver {
        @Override
        public CallObserver callStarted(Call call, String virtualHost, @Nullable String route) {
            started.incrementAndGet();
            AtomicInteger ends = new AtomicInteger();
            return new CallObserver() {
                @Override
                public void attemptStarted(Attempt attempt) {
                    attemptsOpen.incrementAndGet();
                }

                @Override
                public void attemptEnded(Attempt attempt, Outcome outcome, long durationNanos) {
                    attemptsOpen.decrementAndGet();
                }

                @Override
                public void callEnded(
                        Call call, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {
                    // Counting each call's first end only would hide a second one.
                    ended.addAndGet(ends.incrementAndGet() == 1 ? 1 : 1_000_000);
                }
            };
        }
    }
}
