package io.inmesh.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LoadMeterTest {

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final LoadMeter meter = new LoadMeter();
    private long now = TimeUnit.DAYS.toNanos(1);

    @BeforeEach
    void ask() {
        meter.now(now);
    }

    @Test
    void aServerThatServedNothingSaysNothingAboutItsServiceTime() {
        assertThat(meter.now(now)).isEqualTo(ServerLoad.of(0, ServerLoad.UNKNOWN));
    }

    @Test
    void requestsInFlightAreThoseThatHaveBegunAndNotEnded() {
        int first = meter.begin();
        int second = meter.begin();
        assertThat(List.of(first, second)).containsExactly(0, 1);
        assertThat(meter.now(now).requestsInFlight()).isEqualTo(2);
        meter.end(first, MS, true, now);
        assertThat(meter.now(now).requestsInFlight()).isEqualTo(1);
    }

    @Test
    void theServiceTimeIsTheMedianOfRequestsThatArrivedAtAboutThisLoad() {
        serve(0, 10, 12, 200);
        serve(8, 50, 60, 70);
        assertThat(meter.now(now).serviceTimeNanos()).isEqualTo(12 * MS);
        for (int i = 0; i < 9; i++) {
            meter.begin();
        }
        assertThat(meter.now(now).serviceTimeNanos()).isEqualTo(60 * MS);
    }

    @Test
    void aLoadThatWasNotMeasuredLatelyIsTakenFromTheNextOne() {
        serve(0, 10);
        now += TimeUnit.SECONDS.toNanos(5);
        serve(8, 60);
        assertThat(meter.now(now).serviceTimeNanos()).isEqualTo(60 * MS);
        now += TimeUnit.SECONDS.toNanos(5);
        assertThat(meter.now(now).serviceTimeNanos())
                .as("nothing is recent, so the latest")
                .isEqualTo(60 * MS);
    }

    @Test
    void errorsAreFastAndTellNothing() {
        serve(0, 10);
        meter.end(meter.begin(), 1, false, now);
        assertThat(meter.now(now)).isEqualTo(ServerLoad.of(0, 10 * MS));
    }

    @Test
    void theApplicationMayAddItsUtilization() {
        meter.utilization(0.7);
        assertThat(meter.now(now).utilization()).isEqualTo(0.7);
        meter.utilization(Double.NaN);
        assertThat(meter.now(now).utilization()).isEqualTo(ServerLoad.NOT_SAID);
    }

    @Test
    void figuresThatCannotBeAreClamped() {
        ServerLoad load = new ServerLoad(-5, Long.MIN_VALUE, Double.NaN);
        assertThat(load).isEqualTo(ServerLoad.of(0, ServerLoad.UNKNOWN));
        assertThat(ServerLoad.of(Integer.MAX_VALUE, Long.MAX_VALUE))
                .isEqualTo(ServerLoad.of(ServerLoad.MOST_REQUESTS, ServerLoad.LONGEST_NANOS));
    }

    @Test
    void manyThreadsLeaveNothingBehind() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    meter.end(meter.begin(), 7 * MS, true, now);
                    meter.now(now);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(meter.now(now)).isEqualTo(ServerLoad.of(0, 7 * MS));
    }

    private void serve(int arrivedAt, long... millis) {
        for (long each : millis) {
            meter.begin();
            meter.end(arrivedAt, each * MS, true, now);
        }
    }
}
