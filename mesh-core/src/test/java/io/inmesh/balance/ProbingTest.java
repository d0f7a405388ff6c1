package io.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.config.EndpointConfig;
import io.inmesh.config.ProbingConfig;
import io.inmesh.config.ProbingConfig.Rule;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Experience.End;
import io.inmesh.load.ServerLoad;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProbingTest {

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final FakeClock clock = new FakeClock();
    private final SeededRandomness randomness = new SeededRandomness(3);
    private final List<Endpoint> endpoints = new ArrayList<>();
    private Probing probing = make(ProbingConfig.DEFAULT, 20);
    private Pool pool = pool(endpoints);

    @ParameterizedTest(name = "({0} in flight, {1} ms) and ({2} in flight, {3} ms)")
    @CsvSource({"0,10, 3,10, 0", "5,10, 3,10, 1", "1,30, 4,10, 1", "9,1, 0,20, 0", "0,40, 0,10, 1"})
    void theShortestExpectedDelayWins(int rifA, long msA, int rifB, long msB, int expected) {
        said(0, rifA, msA);
        said(1, rifB, msB);
        assertThat(pick()).isSameAs(endpoints.get(expected));
    }

    @ParameterizedTest(name = "({0} in flight, {1} ms) and ({2} in flight, {3} ms)")
    @CsvSource({"1,30, 2,10, 1", "9,1, 2,90, 1", "9,1, 8,50, 1", "3,10, 9,1, 0"})
    void hotOnesAreAvoidedAndTheFastestColdOneWins(int rifA, long msA, int rifB, long msB, int expected) {
        probing = make(new ProbingConfig(Rule.HCL, 4, 0.5, Duration.ofSeconds(1), 0.5), 20);
        pool = pool(endpoints);
        for (int i = 0; i < 64; i++) {
            probed(2 + i % 10, i % 2 == 0 ? 3 : 8, 10);
        }
        clock.advance(Duration.ofSeconds(2));
        said(0, rifA, msA);
        said(1, rifB, msB);
        assertThat(pick()).isSameAs(endpoints.get(expected));
    }

    @Test
    void whatWasSentSinceIsAddedToWhatWasSaid() {
        said(0, 0, 10);
        said(1, 3, 10);
        for (int i = 0; i < 5; i++) {
            endpoints.get(0).experience().began(false, clock.nanos());
            endpoints.get(0).begin();
        }
        assertThat(pick()).isSameAs(endpoints.get(1));
    }

    @Test
    void aSampleOfAResponseIsUsedOnce() {
        said(0, 0, 1);
        said(1, 5, 10);
        said(2, 6, 10);
        assertThat(pick()).isSameAs(endpoints.get(0));
        assertThat(pick()).isNotSameAs(endpoints.get(0));
    }

    @Test
    void oldSamplesAreNotUsed() {
        said(0, 0, 1);
        said(1, 50, 100);
        clock.advance(Duration.ofMillis(1001));
        Map<Endpoint, Integer> counts = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            counts.merge(pick(), 1, Integer::sum);
        }
        assertThat(counts).as("by chance, since nothing is known").hasSize(20);
    }

    @Test
    void oneSampleIsNoChoice() {
        said(0, 0, 1);
        Map<Endpoint, Integer> counts = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            counts.merge(pick(), 1, Integer::sum);
        }
        assertThat(counts.get(endpoints.get(0))).isLessThan(400);
    }

    @Test
    void anEndpointThatIsOutOfThePoolOrTriedIsNotPickedByItsSample() {
        said(0, 0, 1);
        said(1, 0, 2);
        said(2, 9, 10);
        said(3, 9, 11);
        Tried tried = new Tried();
        tried.add(endpoints.get(1));
        Pool without = pool(endpoints.subList(1, 20));
        assertThat(probing.pick(without, tried)).isSameAs(endpoints.get(2));
    }

    @Test
    void errorsMakeAnEndpointLookSlow() {
        for (int i = 0; i < 20; i++) {
            endpoints.get(0).experience().ended(End.FAILED, 1, clock.nanos());
        }
        said(0, 0, 1);
        said(1, 3, 10);
        assertThat(pick()).isSameAs(endpoints.get(1));
    }

    @Test
    void anEndpointThatAnswersProbesButNoCallsIsLeft() {
        endpoints.get(0).experience().began(true, clock.nanos());
        endpoints.get(0).begin();
        clock.advance(Duration.ofSeconds(2));
        probed(0, 0, 10);
        said(1, 20, 20);
        assertThat(pick()).isSameAs(endpoints.get(1));
    }

    @Test
    void aReportWithoutServiceTimeIsJudgedByOwnExperience() {
        endpoints.get(0).experience().ended(End.SUCCEEDED, 400 * MS, clock.nanos());
        endpoints.get(0).experience().reported(endpoints.get(0), ServerLoad.of(0, 0), clock.nanos(), false);
        said(1, 1, 100);
        assertThat(pick()).isSameAs(endpoints.get(1));
    }

    @Test
    void thePoolHoldsNoMoreThanOwnRequestsSoThatClientsTogetherDoNotHerd() {
        for (int i = 0; i < 200; i++) {
            clock.advance(Duration.ofMillis(100));
            pick();
            said(i % 20, 1, 10);
        }
        assertThat(probing.poolSize()).as("a tenth of a request in flight").isEqualTo(3);
        for (int i = 0; i < 2000; i++) {
            clock.advanceNanos(MS / 2);
            pick();
            said(i % 20, 1, 10);
        }
        assertThat(probing.poolSize()).as("20 requests in flight").isEqualTo(8);
    }

    @Test
    void probesCeaseWhereOwnRequestsAreEverywhere() {
        for (int i = 0; i < 2000; i++) {
            clock.advanceNanos(MS / 4);
            pick();
            said(i % 20, 1, 10);
        }
        assertThat(probing.probeRate(20))
                .as("40 requests in flight over 20 endpoints")
                .isZero();
        assertThat(probing.probeRate(400)).as("over 400 endpoints").isCloseTo(0.45, within(0.02));
    }

    @Test
    void probesCeaseWhereTheirAnswersWouldBeTooOld() {
        for (int i = 0; i < 100; i++) {
            clock.advance(Duration.ofSeconds(3));
            pick();
        }
        said(0, 0, 10);
        said(1, 0, 10);
        assertThat(probing.probeRate(20)).isZero();
    }

    @Test
    void probesAreDuePerPickAndNotMadeUpFor() {
        for (int i = 0; i < 1000; i++) {
            clock.advance(Duration.ofMillis(10));
            pick();
        }
        int sent = 0;
        while (probing.toProbe() != null) {
            sent++;
        }
        assertThat(sent).isBetween(1, 4);
    }

    @Test
    void anotherSampleOfAnEndpointTakesThePlaceOfTheOlder() {
        said(0, 0, 1);
        clock.advance(Duration.ofMillis(1));
        said(0, 50, 100);
        said(1, 3, 10);
        assertThat(pick()).isSameAs(endpoints.get(1));
    }

    @Test
    void picksDuringUpdatesAlwaysFindSomebody() throws Exception {
        Thread reports = new Thread(() -> {
            for (int i = 0; i < 100_000; i++) {
                Endpoint endpoint = endpoints.get(i % 20);
                endpoint.experience().reported(endpoint, ServerLoad.of(i % 7, MS), clock.nanos(), i % 3 == 0);
            }
        });
        reports.start();
        Pool half = pool(endpoints.subList(0, 10));
        for (int i = 0; i < 100_000; i++) {
            assertThat(probing.pick(i % 2 == 0 ? pool : half, null)).isNotNull();
            probing.toProbe();
        }
        reports.join();
    }

    private Probing make(ProbingConfig config, int count) {
        Probing made = new Probing(config, new PeakEwma(clock, randomness), clock, randomness);
        endpoints.clear();
        for (int i = 0; i < count; i++) {
            Endpoint endpoint = new Endpoint("reviews", EndpointConfig.of("e" + i, 80));
            endpoint.learn(30.0 * MS, 10e9, clock.nanos()).feed(endpoint, List.of(made));
            endpoints.add(endpoint);
        }
        return made;
    }

    private static Pool pool(List<Endpoint> endpoints) {
        return new Pool(endpoints.stream().map(Member::of).toList());
    }

    private Endpoint pick() {
        return probing.pick(pool, null);
    }

    private void said(int index, int requestsInFlight, long serviceMillis) {
        report(index, requestsInFlight, serviceMillis, false);
    }

    private void probed(int index, int requestsInFlight, long serviceMillis) {
        report(index, requestsInFlight, serviceMillis, true);
    }

    private void report(int index, int requestsInFlight, long serviceMillis, boolean probed) {
        Endpoint endpoint = endpoints.get(index);
        endpoint.experience()
                .reported(endpoint, ServerLoad.of(requestsInFlight, serviceMillis * MS), clock.nanos(), probed);
    }
}
