package io.inmesh.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Criticality;
import io.inmesh.config.ConcurrencyConfig;
import io.inmesh.limit.OverloadModel.Count;
import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers under load in virtual time: the limit keeps what they get done, and neither collapses nor grows without end. */
class ConcurrencyLimitTest {

    private static final double SERVICE = 0.010;
    private static final double PATIENCE = 0.150;
    private static final ConcurrencyConfig NO_LIMIT = fixed(1_000_000);

    @Test
    void withoutALimitOverloadLeavesNothingDoneInTime() {
        OverloadModel server = new OverloadModel(NO_LIMIT, 8, SERVICE, PATIENCE);
        server.run(5, 0.8);
        assertThat(server.run(5, 2).inTime).isLessThan((int) (0.2 * server.capacity(5)));
    }

    @ParameterizedTest
    @CsvSource({"4, 2", "8, 1.2", "8, 1.5", "8, 2", "8, 5", "32, 2", "100, 2"})
    void atTwiceTheCapacityNineTenthsOfItAreDoneInTime(int workers, double load) {
        OverloadModel server = new OverloadModel(ConcurrencyConfig.DEFAULT, workers, SERVICE, PATIENCE);
        server.run(5, 0.8);
        // The limit is still what little load has left when the pulse begins; it grows with it.
        server.run(3, load);
        Count pulse = server.run(10, load);
        assertThat(pulse.inTime / server.capacity(10)).isGreaterThan(0.9);
        assertThat((double) pulse.inTime / pulse.admitted).isGreaterThan(0.99);
    }

    @Test
    void afterAnOverloadEverythingIsAnsweredAgainAtOnce() {
        OverloadModel server = new OverloadModel(ConcurrencyConfig.DEFAULT, 8, SERVICE, PATIENCE);
        server.run(5, 0.7);
        server.run(10, 3);
        server.run(0.2, 0.5);
        Count after = server.run(5, 0.5);
        assertThat((double) after.inTime / after.offered).isGreaterThan(0.99);
    }

    @Test
    void littleTrafficChangesNothing() {
        OverloadModel server = new OverloadModel(ConcurrencyConfig.DEFAULT, 50, SERVICE, PATIENCE);
        server.run(20, 2);
        // What the overload has left in the queue.
        server.run(1, 0.02);
        int learned = server.limit().limit();
        server.run(600, 0.02);
        assertThat(server.limit().limit()).isEqualTo(learned);
    }

    /** Trap 90: the latency that a limit causes must not become the latency it aims for. */
    @Test
    void longOverloadDoesNotLetTheLimitGrowWithoutEnd() {
        OverloadModel server = new OverloadModel(ConcurrencyConfig.DEFAULT, 8, SERVICE, PATIENCE);
        server.run(5, 0.5);
        server.run(300, 2);
        assertThat(server.largestLimit()).isLessThan(80);
    }

    /** Trap 90: a process that is slow for another reason than load is not choked for it. */
    @Test
    void aDependencyThatBecomesSlowerDoesNotCollapseTheLimit() {
        OverloadModel server = new OverloadModel(ConcurrencyConfig.DEFAULT, 40, SERVICE, 1);
        server.run(10, 0.9);
        server.serviceSeconds(5 * SERVICE);
        server.run(20, 0.9);
        Count slow = server.run(10, 0.9);
        assertThat((double) slow.inTime / slow.offered).isGreaterThan(0.9);
    }

    /** Trap 90: errors that come back at once look like a process with nothing to do. */
    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.8})
    void quickErrorsDoNotRaiseTheLimit(double share) {
        OverloadModel server = new OverloadModel(ConcurrencyConfig.DEFAULT, 8, SERVICE, PATIENCE);
        server.run(5, 0.8);
        server.fastFailures(share);
        server.run(60, 4);
        assertThat(server.largestLimit()).isLessThan(80);
    }

    @Test
    void theLessCriticalIsRefusedFirst() {
        OverloadModel server = new OverloadModel(ConcurrencyConfig.DEFAULT, 32, SERVICE, PATIENCE);
        server.run(10, 2);
        Map<Criticality, Count> counts =
                server.run(20, 2, random -> random.nextDouble() < 0.2 ? 0 : random.nextInt(3) + 1);
        assertThat(share(counts, Criticality.CRITICAL_PLUS)).isGreaterThan(0.999);
        assertThat(share(counts, Criticality.CRITICAL)).isGreaterThan(share(counts, Criticality.SHEDDABLE_PLUS) + 0.1);
        assertThat(share(counts, Criticality.SHEDDABLE_PLUS)).isGreaterThan(share(counts, Criticality.SHEDDABLE) + 0.1);
    }

    @Test
    void everyClassHasItsShareAndAtLeastOne() {
        FakeClock clock = new FakeClock();
        ConcurrencyLimit ten = new ConcurrencyLimit(fixed(10), clock, null);
        ConcurrencyLimit one = new ConcurrencyLimit(fixed(1), clock, null);
        assertThat(Criticality.values()).extracting(ten::limit).containsExactly(10, 9, 7, 5);
        assertThat(Criticality.values()).extracting(one::limit).containsExactly(1, 1, 1, 1);
    }

    @Test
    void equalBoundsMakeAFixedLimit() {
        OverloadModel server = new OverloadModel(fixed(12), 8, SERVICE, PATIENCE);
        server.run(30, 3);
        assertThat(server.largestLimit()).isEqualTo(12);
    }

    @Test
    void whatIsInFlightStaysCountedUnderANewLimit() {
        FakeClock clock = new FakeClock();
        ConcurrencyLimit before = new ConcurrencyLimit(fixed(2), clock, null);
        before.tryBegin(Criticality.CRITICAL_PLUS);
        before.tryBegin(Criticality.CRITICAL_PLUS);
        ConcurrencyLimit after = new ConcurrencyLimit(fixed(3), clock, before);
        assertThat(after.tryBegin(Criticality.CRITICAL_PLUS)).isTrue();
        assertThat(after.tryBegin(Criticality.CRITICAL_PLUS)).isFalse();
        before.end();
        assertThat(after.tryBegin(Criticality.CRITICAL_PLUS)).isTrue();
        assertThat(after.inFlight()).isEqualTo(3);
    }

    private static double share(Map<Criticality, Count> counts, Criticality criticality) {
        Count count = counts.get(criticality);
        return (double) count.admitted / count.offered;
    }

    private static ConcurrencyConfig fixed(int limit) {
        return new ConcurrencyConfig(limit, limit, limit, 1.5, Duration.ofMillis(20));
    }
}
