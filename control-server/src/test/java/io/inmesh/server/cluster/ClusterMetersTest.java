package io.inmesh.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.FakeTime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ClusterMetersTest {
    private final FakeTime time = new FakeTime();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicReference<ClusterReport> report = new AtomicReference<>(ClusterReport.unknown("c1"));
    private final ClusterMeters meters = new ClusterMeters("c1", registry, time);

    @Test
    void aClusterThatWasNeverReadHasFailedSinceTheServerStarted() {
        meters.show(report::get);
        time.advance(Duration.ofSeconds(7));
        assertThat(gauge("failing")).isEqualTo(7);
    }

    @Test
    void failingIsCountedFromWhenItBeganWhicheverServerSawIt() {
        meters.show(report::get);
        report.set(reported(false, time.instant().getEpochSecond() - 100));
        assertThat(gauge("failing")).isEqualTo(100);

        report.set(reported(true, time.instant().getEpochSecond()));
        time.advance(Duration.ofHours(1));
        assertThat(gauge("failing")).isZero();
        assertThat(gauge("kinds")).isEqualTo(3);
        assertThat(gauge("objects")).isEqualTo(40);
        assertThat(gauge("vanished")).isEqualTo(5);
        assertThat(gauge("refused")).isEqualTo(2);
    }

    @Test
    void whatTheLeaderDoesIsCounted() {
        meters.listed();
        meters.watching();
        meters.watching();
        meters.statusWritten();
        meters.statusFailed();
        assertThat(counted("lists")).isEqualTo(1);
        assertThat(counted("watches")).isEqualTo(2);
        assertThat(counted("statuses")).isEqualTo(1);
        assertThat(counted("status.failures")).isEqualTo(1);
    }

    private static ClusterReport reported(boolean following, long since) {
        return new ClusterReport("c1", true, following, since, "", 3, 40, 5, false, List.of(), 2);
    }

    private double gauge(String name) {
        return registry.get("inmesh.cluster." + name)
                .tag("source", "c1")
                .gauge()
                .value();
    }

    private double counted(String name) {
        return registry.get("inmesh.cluster." + name)
                .tag("source", "c1")
                .counter()
                .count();
    }
}
