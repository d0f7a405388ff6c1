package io.inmesh.dispatch;

import static io.inmesh.dispatch.Scene.attempt;
import static io.inmesh.dispatch.Scene.endpoints;
import static io.inmesh.dispatch.Scene.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Response;
import io.inmesh.call.Step;
import io.inmesh.config.ClientPolicyConfig;
import io.inmesh.config.HedgingConfig;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.observe.CallObserver;
import io.inmesh.observe.MeshObserver;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two attempts end, a third thread hedges or cancels, all at once: every call ends once, every attempt is settled once. */
class HedgeStressTest {

    private static final int ROUNDS = 30_000;

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger callEnds = new AtomicInteger();
    private final AtomicInteger told = new AtomicInteger();

    private final Scene scene = new Scene(
            route().withRetry(RetryConfig.DEFAULT.withRetries(3).withConditions(Set.of(Condition.SERVER_ERROR))),
            endpoints(4)
                    .withRetryBudget(RetryBudgetConfig.inFlight(100, 1_000))
                    .withClientPolicy(ClientPolicyConfig.DEFAULT.withHedging(
                            HedgingConfig.after(Duration.ofMillis(1)).withMaxExtraPercent(100))),
            new Counting());

    @Test
    void everyCallEndsOnceHoweverItsAttemptsRace() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        CyclicBarrier together = new CyclicBarrier(3);
        Random random = new Random(5);
        int hedges = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Dispatch dispatch = scene.dispatch();
            Attempt slow = attempt(dispatch.start());
            boolean late = random.nextInt(3) == 0;
            boolean cancels = random.nextInt(4) == 0;
            Outcome first = Response.http(random.nextBoolean() ? 200 : 503);
            Outcome second = Response.http(random.nextBoolean() ? 200 : 503);
            Step early = late ? Step.Await.INSTANCE : dispatch.hedge(slow);
            hedges += early instanceof Attempt ? 1 : 0;
            Future<?> one = threads.submit(() -> {
                together.await(30, TimeUnit.SECONDS);
                drive(dispatch, dispatch.settle(slow, first));
                return null;
            });
            Future<?> other = threads.submit(() -> {
                together.await(30, TimeUnit.SECONDS);
                Step hedge = late ? dispatch.hedge(slow) : early;
                drive(dispatch, hedge instanceof Attempt sent ? dispatch.settle(sent, second) : hedge);
                return null;
            });
            together.await(30, TimeUnit.SECONDS);
            if (cancels) {
                drive(dispatch, dispatch.cancel());
            }
            one.get();
            other.get();

            assertThat(dispatch.ended()).as("round " + round).isTrue();
            assertThat(callEnds.getAndSet(0)).as("ends of round " + round).isEqualTo(1);
            assertThat(told.getAndSet(0))
                    .as("threads told the end of round " + round)
                    .isPositive();
            assertThat(open).as("attempts of round " + round).hasValue(0);
        }
        threads.shutdown();
        assertThat(hedges).isGreaterThan(ROUNDS / 4);
        assertThat(scene.cluster().limits().retriesInFlight()).isZero();
        assertThat(scene.cluster().load().inFlight()).isZero();
    }

    /** Goes on as a driver does, in no time. */
    private void drive(Dispatch dispatch, Step first) {
        Step step = first;
        while (true) {
            if (step instanceof Attempt attempt) {
                step = dispatch.settle(attempt, Response.http(200));
            } else if (step instanceof Step.Wait) {
                step = dispatch.resume();
            } else {
                if (step instanceof Step.Done) {
                    told.incrementAndGet();
                }
                return;
            }
        }
    }

    private final class Counting implements MeshObserver {
        @Override
        public CallObserver callStarted(Call call, String virtualHost, @Nullable String route) {
            return new CallObserver() {
                @Override
                public void attemptStarted(Attempt attempt) {
                    open.incrementAndGet();
                }

                @Override
                public void attemptEnded(Attempt attempt, Outcome outcome, long durationNanos) {
                    open.decrementAndGet();
                }

                @Override
                public void callEnded(
                        Call ended, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {
                    callEnds.incrementAndGet();
                }
            };
        }
    }
}
