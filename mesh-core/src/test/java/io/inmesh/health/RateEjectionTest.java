package io.inmesh.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.EndpointConfig;
import io.inmesh.config.EnforcementConfig;
import io.inmesh.config.FailurePercentageConfig;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.SuccessRateConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ejection by the share of attempts that fail, judged at every sweep. */
class RateEjectionTest {

    private static final SuccessRateConfig SUCCESS_RATE = new SuccessRateConfig(100, 100, 5, 100, 1.9);
    private static final FailurePercentageConfig FAILURES = new FailurePercentageConfig(100, 100, 85, 5, 50);

    private final FakeClock clock = new FakeClock();
    private final List<String> events = new ArrayList<>();
    private final List<EjectionReason> reasons = new ArrayList<>();

    @Test
    void ejectsWhoeverSucceedsClearlyLessOftenThanTheOthers() {
        List<Endpoint> endpoints = endpoints(10);
        OutlierDetection detection = detection(rules(SUCCESS_RATE, FailurePercentageConfig.OFF, 50), endpoints);
        endpoints.forEach(endpoint -> attempts(detection, endpoint, 100, endpoint == endpoints.get(3) ? 30 : 1));

        assertThat(ejected(endpoints)).isEmpty();
        detection.sweep();

        // Success rates: nine times 99 and once 70, so mean 96.1, deviation 8.7, threshold 79.57.
        assertThat(ejected(endpoints)).containsExactly(endpoints.get(3));
        assertThat(reasons).containsExactly(EjectionReason.SUCCESS_RATE);
        assertThat(events).containsExactly("10.0.0.3:80: 70.0 % of 100 attempts succeeded, below 79.6 % (mean 96.1 %)");
    }

    @Test
    void aServiceThatFailsAsAWholeHasNoOutliers() {
        List<Endpoint> endpoints = endpoints(10);
        OutlierDetection detection = detection(rules(SUCCESS_RATE, FailurePercentageConfig.OFF, 100), endpoints);
        for (int sweep = 0; sweep < 20; sweep++) {
            endpoints.forEach(endpoint -> attempts(detection, endpoint, 100, 30));
            detection.sweep();
        }

        assertThat(events).isEmpty();
    }

    @Test
    void aServiceThatFailsAsAWholeIsNotEjectedBeyondTheCap() {
        List<Endpoint> endpoints = endpoints(10);
        OutlierDetection detection = detection(rules(SuccessRateConfig.OFF, FAILURES, 30), endpoints);
        for (int sweep = 0; sweep < 20; sweep++) {
            endpoints.forEach(endpoint -> attempts(detection, endpoint, 100, 100));
            detection.sweep();
            assertThat(detection.ejectedCount()).isEqualTo(3);
        }
    }

    @Test
    void ejectsWhoeverFailsAFixedShare() {
        List<Endpoint> endpoints = endpoints(5);
        OutlierDetection detection = detection(rules(SuccessRateConfig.OFF, FAILURES, 50), endpoints);
        endpoints.forEach(endpoint -> attempts(detection, endpoint, 100, 84));
        attempts(detection, endpoints.get(0), 100, 90);

        detection.sweep();

        assertThat(ejected(endpoints)).containsExactly(endpoints.get(0));
        assertThat(reasons).containsExactly(EjectionReason.FAILURE_PERCENTAGE);
        assertThat(events).containsExactly("10.0.0.0:80: 87.0 % of 200 attempts failed, 85 % is too much");
    }

    @Test
    void theWorstIsEjectedFirstWhereTheCapAllowsOnlyOne() {
        List<Endpoint> endpoints = endpoints(10);
        OutlierDetection detection = detection(rules(SuccessRateConfig.OFF, FAILURES, 10), endpoints);
        endpoints.forEach(endpoint -> attempts(detection, endpoint, 100, 90));
        attempts(detection, endpoints.get(7), 10, 10);

        detection.sweep();

        assertThat(ejected(endpoints)).containsExactly(endpoints.get(7));
    }

    @Test
    void nobodyIsJudgedByFewAttempts() {
        List<Endpoint> endpoints = endpoints(10);
        OutlierDetection detection = detection(rules(SUCCESS_RATE, FAILURES, 50), endpoints);
        endpoints.forEach(endpoint -> attempts(detection, endpoint, 49, 0));
        attempts(detection, endpoints.get(0), 1, 49);

        detection.sweep();

        assertThat(events).isEmpty();
    }

    @Test
    void nobodyIsJudgedAmongFewEndpoints() {
        List<Endpoint> endpoints = endpoints(10);
        OutlierDetection detection = detection(rules(SUCCESS_RATE, FAILURES, 50), endpoints);
        endpoints.subList(0, 4).forEach(endpoint -> attempts(detection, endpoint, 100, 0));
        attempts(detection, endpoints.get(0), 1000, 1000);

        detection.sweep();

        assertThat(events).isEmpty();
    }

    @Test
    void everyPeriodIsJudgedByItself() {
        List<Endpoint> endpoints = endpoints(5);
        OutlierDetection detection = detection(rules(SUCCESS_RATE, FAILURES, 50), endpoints);
        for (int sweep = 0; sweep < 10; sweep++) {
            endpoints.forEach(endpoint -> attempts(detection, endpoint, 40, endpoint == endpoints.get(0) ? 40 : 0));
            detection.sweep();
        }

        assertThat(events).isEmpty();
    }

    @Test
    void ejectedEndpointsAreNotPartOfTheMean() {
        List<Endpoint> endpoints = endpoints(7);
        OutlierDetection detection = detection(rules(SUCCESS_RATE, FailurePercentageConfig.OFF, 50), endpoints);
        endpoints.forEach(endpoint -> attempts(detection, endpoint, 100, endpoint == endpoints.get(0) ? 100 : 0));
        detection.sweep();
        assertThat(ejected(endpoints)).containsExactly(endpoints.get(0));

        endpoints.forEach(endpoint -> attempts(
                detection, endpoint, 100, endpoint == endpoints.get(0) ? 100 : endpoint == endpoints.get(1) ? 10 : 0));
        detection.sweep();

        assertThat(ejected(endpoints)).containsExactly(endpoints.get(0), endpoints.get(1));
    }

    @Test
    void whatArrivesLateDoesNotCountAfterTheReturn() {
        List<Endpoint> endpoints = endpoints(5);
        OutlierDetection detection = detection(rules(SuccessRateConfig.OFF, FAILURES, 50), endpoints);
        endpoints.forEach(endpoint -> attempts(detection, endpoint, 100, endpoint == endpoints.get(0) ? 100 : 0));
        detection.sweep();
        attempts(detection, endpoints.get(0), 100, 100);
        clock.advance(Duration.ofSeconds(29));
        detection.sweep();
        clock.advance(Duration.ofSeconds(1));
        detection.sweep();
        assertThat(ejected(endpoints)).isEmpty();

        endpoints.forEach(endpoint -> attempts(detection, endpoint, 100, 0));
        detection.sweep();

        assertThat(ejected(endpoints)).isEmpty();
    }

    @Test
    void localFailuresAreJudgedApartWhenSplit() {
        List<Endpoint> endpoints = endpoints(5);
        OutlierDetectionConfig split = new OutlierDetectionConfig(
                        0, 0, true, 0, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(300), 50, 0)
                .withRates(SuccessRateConfig.OFF, FAILURES);
        OutlierDetection detection = detection(split, endpoints);
        for (Endpoint endpoint : endpoints) {
            // Half of the answers are errors, and one endpoint gives hardly any answer.
            for (int i = 0; i < 100; i++) {
                boolean lost = endpoint == endpoints.get(2) && i < 90;
                detection.report(
                        endpoint,
                        lost ? ErrorClass.LOCAL_ORIGIN : i % 2 == 0 ? ErrorClass.NONE : ErrorClass.SERVER_ERROR);
            }
        }
        detection.sweep();

        assertThat(ejected(endpoints)).containsExactly(endpoints.get(2));
        assertThat(reasons).containsExactly(EjectionReason.FAILURE_PERCENTAGE_LOCAL_ORIGIN);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 40, 100})
    void aRuleIsEnforcedInItsPercentageOfCases(int percent) {
        FailurePercentageConfig rule = new FailurePercentageConfig(percent, 0, 85, 1, 1);
        int ejections = 0;
        for (int round = 0; round < 500; round++) {
            List<Endpoint> endpoints = endpoints(2);
            OutlierDetection detection = new OutlierDetection(
                    "reviews", rules(SuccessRateConfig.OFF, rule, 50), clock, new SeededRandomness(round));
            detection.members(endpoints);
            attempts(detection, endpoints.get(0), 10, 10);
            detection.sweep();
            ejections += detection.ejectedCount();
        }

        assertThat(ejections).isBetween(percent * 4, percent * 6);
    }

    @Test
    void errorsInARowAreEnforcedInTheirPercentageOfCases() {
        OutlierDetectionConfig never = new OutlierDetectionConfig(
                3,
                0,
                false,
                0,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(300),
                50,
                0,
                new EnforcementConfig(0, 0, 0),
                SuccessRateConfig.OFF,
                FailurePercentageConfig.OFF,
                Duration.ZERO,
                Set.of());
        List<Endpoint> endpoints = endpoints(4);
        OutlierDetection detection = detection(never, endpoints);

        attempts(detection, endpoints.get(0), 100, 100);

        assertThat(events).isEmpty();
    }

    @Test
    void jitterSpreadsReturnsAndNeverShortensAnEjection() {
        OutlierDetectionConfig jittered = new OutlierDetectionConfig(
                1,
                0,
                false,
                0,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(300),
                90,
                0,
                EnforcementConfig.ALWAYS,
                SuccessRateConfig.OFF,
                FailurePercentageConfig.OFF,
                Duration.ofSeconds(10),
                Set.of());
        List<Endpoint> endpoints = endpoints(10);
        List<Long> durations = new ArrayList<>();
        OutlierDetection detection = new OutlierDetection("reviews", jittered, clock, new SeededRandomness(7));
        detection.members(endpoints);
        detection.listener(new OutlierDetection.Listener() {
            @Override
            public void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why) {
                durations.add(durationNanos);
            }

            @Override
            public void returned(Endpoint endpoint) {}
        });

        endpoints.forEach(endpoint -> attempts(detection, endpoint, 1, 1));

        assertThat(durations).hasSize(9).doesNotHaveDuplicates();
        assertThat(durations)
                .allMatch(nanos -> nanos >= Duration.ofSeconds(30).toNanos()
                        && nanos <= Duration.ofSeconds(40).toNanos());
    }

    @Test
    void countersAreThoseOfLiveEndpoints() {
        OutlierDetection detection = detection(rules(SUCCESS_RATE, FAILURES, 50), endpoints(5));
        List<Endpoint> gone = endpoints(5);
        for (int round = 0; round < 1000; round++) {
            List<Endpoint> all = endpoints(5);
            detection.members(all);
            gone.forEach(endpoint -> attempts(detection, endpoint, 100, 100));
            all.forEach(endpoint -> attempts(detection, endpoint, 100, 0));
            detection.sweep();
            assertThat(detection.memberCount()).isEqualTo(5);
            gone = all;
        }
        assertThat(events).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theEjectedShareNeverExceedsTheCapAndTrafficNeverReachesZero(long seed) {
        SeededRandomness random = new SeededRandomness(seed);
        int percent = random.below(101);
        SuccessRateConfig rates = new SuccessRateConfig(100, 100, 1 + random.below(3), 1, random.below(20) / 10.0);
        FailurePercentageConfig failures = new FailurePercentageConfig(100, 100, random.below(101), 1, 1);
        List<Endpoint> members = endpoints(1 + random.below(20));
        OutlierDetection detection = detection(rules(rates, failures, percent), members);

        for (int step = 0; step < 500; step++) {
            if (random.below(10) == 0) {
                members = endpoints(1 + random.below(20));
                detection.members(members);
            }
            for (Endpoint endpoint : members) {
                int count = random.below(20);
                attempts(detection, endpoint, count, random.below(count + 1));
            }
            clock.advance(Duration.ofSeconds(random.below(60)));
            detection.sweep();
            int out = ejected(members).size();
            assertThat(detection.ejectedCount()).isEqualTo(out);
            assertThat(out).isLessThanOrEqualTo(Math.max(1, members.size() * percent / 100));
            assertThat(out).isLessThan(members.size());
        }
    }

    private static OutlierDetectionConfig rules(SuccessRateConfig rates, FailurePercentageConfig failures, int cap) {
        return new OutlierDetectionConfig(
                        0, 0, false, 0, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(300), cap, 0)
                .withRates(rates, failures);
    }

    private OutlierDetection detection(OutlierDetectionConfig config, List<Endpoint> endpoints) {
        OutlierDetection detection = new OutlierDetection("reviews", config, clock, new SeededRandomness(1));
        detection.members(endpoints);
        detection.listener(new OutlierDetection.Listener() {
            @Override
            public void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why) {
                reasons.add(reason);
                events.add(endpoint + ": " + why);
            }

            @Override
            public void returned(Endpoint endpoint) {}
        });
        return detection;
    }

    private static void attempts(OutlierDetection detection, Endpoint endpoint, int count, int failures) {
        for (int i = 0; i < count; i++) {
            detection.report(endpoint, i < failures ? ErrorClass.SERVER_ERROR : ErrorClass.NONE);
        }
    }

    private static List<Endpoint> ejected(List<Endpoint> endpoints) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.ejection().ejected())
                .toList();
    }

    private static List<Endpoint> endpoints(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Endpoint("reviews", EndpointConfig.of("10.0.0." + i, 80)))
                .toList();
    }
}
