package io.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.EndpointConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Experience;
import io.inmesh.endpoint.Experience.End;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PeakEwmaTest {

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    /** As {@link io.inmesh.testkit.FakeClock} starts. */
    private static final long NOW = TimeUnit.DAYS.toNanos(1);

    private final Fleet fleet = Fleet.of(3);
    private final EndpointPicker picker = fleet.picker(LoadBalancer.PEAK_EWMA, 5);

    @Test
    void theOneThatAnswersSoonerIsTaken() {
        answers("a", 200 * MS);
        assertThat(Fleet.count(picker, 3000)).doesNotContainKey("a");
    }

    @Test
    void requestsInFlightMultiplyTheTime() {
        answers("a", 40 * MS);
        answers("b", 100 * MS);
        answers("c", 100 * MS);
        assertThat(Fleet.count(picker, 300).get("a")).as("whenever it is drawn").isGreaterThan(150);
        begin("a", 4);
        assertThat(Fleet.count(picker, 300)).as("5 x 40 ms is more than 100 ms").doesNotContainKey("a");
    }

    @Test
    void anEndpointThatFailsFastGetsLessThanOneInTwenty() {
        for (String name : new String[] {"a", "b", "c"}) {
            for (int i = 0; i < 20; i++) {
                experience(name).ended(name.equals("a") ? End.FAILED : End.SUCCEEDED, name.equals("a") ? 1 : MS, NOW);
            }
        }
        assertThat(Fleet.count(picker, 2000).getOrDefault("a", 0)).isLessThan(100);
    }

    @Test
    void whenAllFailTheyShareTheCalls() {
        for (String name : new String[] {"a", "b", "c"}) {
            for (int i = 0; i < 20; i++) {
                experience(name).ended(End.FAILED, 1, NOW);
            }
        }
        Map<String, Integer> counts = Fleet.count(picker, 3000);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(800, 1500));
    }

    @Test
    void anEndpointWithoutAnyAnswerIsNotFlooded() {
        answers("a", 5 * MS);
        answers("b", 5 * MS);
        begin("c", 1);
        assertThat(Fleet.count(picker, 1000).getOrDefault("c", 0))
                .as("it counts as 30 ms")
                .isZero();
    }

    @Test
    void anotherAlgorithmForgetsWhatThisOneLearned() {
        Endpoint endpoint = fleet.get("a");
        assertThat(endpoint.experience()).isNotNull();
        fleet.picker(LoadBalancer.PEAK_EWMA, 6);
        Experience kept = fleet.get("a").experience();
        assertThat(kept).as("a newer snapshot").isSameAs(endpoint.experience());
        fleet.picker(LoadBalancer.ROUND_ROBIN, 6);
        assertThat(fleet.get("a").experience()).isNull();
    }

    @Test
    void weightsDivideTheLoad() {
        Fleet weighted = Fleet.ofWeights(4, 1);
        EndpointPicker byWeight = weighted.picker(LoadBalancer.PEAK_EWMA, 6);
        for (int i = 0; i < 1000; i++) {
            byWeight.pick(null).begin();
        }
        assertThat(weighted.get("a").inFlight()).isBetween(760, 840);
    }

    @Test
    void costOfAnEndpointThatNobodyLearnsAboutIsItsLoad() {
        Endpoint plain = new Endpoint("reviews", EndpointConfig.of("x", 80));
        plain.begin();
        assertThat(PeakEwma.cost(plain, NOW)).isEqualTo(2.0);
    }

    private void answers(String name, long nanos) {
        // Twice the decay ago for the first one, so that what was assumed in the beginning no longer counts.
        Experience experience = experience(name);
        experience.ended(End.SUCCEEDED, nanos, NOW);
        experience.ended(End.SUCCEEDED, nanos, NOW + TimeUnit.SECONDS.toNanos(100));
        experience.began(true, NOW);
    }

    private void begin(String name, int count) {
        for (int i = 0; i < count; i++) {
            experience(name).began(false, NOW);
            fleet.get(name).begin();
        }
    }

    private Experience experience(String name) {
        return fleet.get(name).experience();
    }
}
