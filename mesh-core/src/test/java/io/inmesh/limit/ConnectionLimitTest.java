package io.inmesh.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.CircuitBreakerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {

    @Test
    void whoGivesAConnectionBackHandsItToWhoWaitedLongest() {
        ConnectionLimit limit = limit(1, 2);
        assertThat(limit.tryBegin()).isTrue();
        ConnectionTurn first = limit.await();
        ConnectionTurn second = limit.await();
        assertThat(limit.await()).as("only two may wait").isNull();

        limit.end();

        assertThat(first.granted()).isTrue();
        assertThat(second.granted()).isFalse();
        assertThat(limit.tryBegin()).as("nobody overtakes").isFalse();
        first.leave();
        assertThat(second.granted()).isTrue();
        second.leave();
        assertThat(limit.inUse()).isZero();
        assertThat(limit.waiting()).isZero();
    }

    @Test
    void whoLeavesBeforeItsTurnMakesRoomAndIsPassedOver() {
        ConnectionLimit limit = limit(1, 1);
        limit.tryBegin();
        ConnectionTurn gone = limit.await();

        gone.leave();
        ConnectionTurn next = limit.await();
        limit.end();

        assertThat(gone.granted()).isFalse();
        assertThat(next.granted()).isTrue();
        assertThat(limit.inUse()).isEqualTo(1);
    }

    @Test
    void tellsOfTheConnectionOnceWhetherItCameBeforeOrAfterSomebodyListens() {
        ConnectionLimit limit = limit(1, 2);
        limit.tryBegin();
        ConnectionTurn early = limit.await();
        ConnectionTurn late = limit.await();
        AtomicInteger told = new AtomicInteger();
        early.whenReady(told::incrementAndGet);
        assertThat(told).hasValue(0);

        limit.end();
        assertThat(told).hasValue(1);
        early.leave();
        late.whenReady(told::incrementAndGet);
        assertThat(told).hasValue(2);
    }

    @Test
    void whoWaitsGoesOnWhenTheLimitIsRaisedOrLifted() {
        ConnectionLimit limit = limit(1, 9);
        limit.tryBegin();
        ConnectionTurn first = limit.await();
        ConnectionTurn second = limit.await();

        limit.reconfigure(CircuitBreakerConfig.DEFAULT.withConnections(2, 9));
        assertThat(first.granted()).isTrue();
        assertThat(second.granted()).isFalse();

        limit.reconfigure(CircuitBreakerConfig.DEFAULT);
        assertThat(second.granted()).isTrue();
        first.leave();
        second.leave();
        limit.end();
        assertThat(limit.inUse()).isZero();
    }

    @Test
    void neverExceedsTheLimitAndForgetsNobodyWhateverTheInterleaving() throws Exception {
        int most = 3;
        int threads = 8;
        ConnectionLimit limit = limit(most, threads);
        AtomicInteger held = new AtomicInteger();
        AtomicInteger tooMany = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Random random = new Random(t);
            all.add(pool.submit(() -> {
                for (int round = 0; round < 20_000; round++) {
                    ConnectionTurn turn = limit.tryBegin() ? null : limit.await();
                    if (turn != null && random.nextInt(4) == 0) {
                        turn.leave();
                        continue;
                    }
                    if (turn != null) {
                        CountDownLatch mine = new CountDownLatch(1);
                        turn.whenReady(mine::countDown);
                        mine.await();
                    }
                    if (held.incrementAndGet() > most) {
                        tooMany.incrementAndGet();
                    }
                    held.decrementAndGet();
                    if (turn == null) {
                        limit.end();
                    } else {
                        turn.leave();
                    }
                }
                return null;
            }));
        }
        for (Future<?> each : all) {
            each.get();
        }
        pool.shutdown();
        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        assertThat(tooMany).hasValue(0);
        assertThat(limit.inUse()).isZero();
        assertThat(limit.waiting()).isZero();
    }

    private static ConnectionLimit limit(long connections, long waiting) {
        return new ConnectionLimit(CircuitBreakerConfig.DEFAULT.withConnections(connections, waiting));
    }
}
