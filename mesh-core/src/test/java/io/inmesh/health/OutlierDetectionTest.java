package io.inmesh.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.EndpointConfig;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutlierDetectionTest {

    private static final OutlierDetectionConfig RULES = rules(3, 50);

    private final FakeClock clock = new FakeClock();
    private final List<String> events = new ArrayList<>();

    @Test
    void ejectsAfterErrorsInARow() {
        List<Endpoint> endpoints = endpoints(2);
        OutlierDetection detection = detection(RULES, endpoints);

        fail(detection, endpoints.get(0), 2);
        assertThat(endpoints.get(0).ejection().ejected()).isFalse();
        fail(detection, endpoints.get(0), 1);

        assertThat(endpoints.get(0).ejection().ejected()).isTrue();
        assertThat(events).containsExactly("ejected 10.0.0.0:80 for 30 s: 3 server errors in a row");
    }

    @Test
    void aSuccessBreaksTheRow() {
        List<Endpoint> endpoints = endpoints(2);
        OutlierDetection detection = detection(RULES, endpoints);

        fail(detection, endpoints.get(0), 2);
        detection.report(endpoints.get(0), ErrorClass.NONE);
        fail(detection, endpoints.get(0), 2);

        assertThat(endpoints.get(0).ejection().ejected()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10})
    void trafficNeverReachesZeroEndpointsWhenAllFail(int count) {
        List<Endpoint> endpoints = endpoints(count);
        OutlierDetection detection = detection(rules(1, 100), endpoints);

        for (int round = 0; round < 5; round++) {
            endpoints.forEach(endpoint -> fail(detection, endpoint, 1));
        }

        assertThat(endpoints)
                .filteredOn(endpoint -> !endpoint.ejection().ejected())
                .hasSize(1);
        assertThat(detection.ejectedCount()).isEqualTo(count - 1);
    }

    @Test
    void oneOfTwoIsEjectedHoweverSmallThePercentage() {
        List<Endpoint> endpoints = endpoints(2);
        OutlierDetection detection = detection(rules(1, 10), endpoints);

        detection.report(endpoints.get(0), ErrorClass.LOCAL_ORIGIN);

        assertThat(endpoints.get(0).ejection().ejected()).isTrue();
    }

    @Test
    void anEndpointThatTheRegistryCallsUnhealthyDoesNotCountAsLeft() {
        List<Endpoint> endpoints = endpoints(2);
        endpoints.get(1).update(endpoints.get(1).config().withHealth(EndpointConfig.Health.UNHEALTHY));
        OutlierDetection detection = detection(rules(1, 100), endpoints);

        fail(detection, endpoints.get(0), 1);

        assertThat(endpoints.get(0).ejection().ejected()).isFalse();
    }

    @Test
    void anEjectionLastsTheBaseTimesTheCountUpToTheCap() {
        List<Endpoint> endpoints = endpoints(2);
        OutlierDetection detection = detection(rules(1, 50), endpoints);
        List<Long> seconds = new ArrayList<>();

        for (int i = 0; i < 5; i++) {
            detection.report(endpoints.get(0), ErrorClass.SERVER_ERROR);
            long waited = 0;
            while (endpoints.get(0).ejection().ejected()) {
                clock.advance(Duration.ofSeconds(1));
                waited++;
                detection.sweep();
            }
            seconds.add(waited);
        }

        assertThat(seconds).containsExactly(30L, 60L, 90L, 100L, 100L);
    }

    @Test
    void theMultiplierDecaysWithQuietSweeps() {
        List<Endpoint> endpoints = endpoints(2);
        OutlierDetection detection = detection(rules(1, 50), endpoints);
        detection.report(endpoints.get(0), ErrorClass.SERVER_ERROR);
        clock.advance(Duration.ofSeconds(30));
        detection.sweep();
        assertThat(endpoints.get(0).ejection().ejected()).isFalse();

        detection.sweep();
        events.clear();
        detection.report(endpoints.get(0), ErrorClass.SERVER_ERROR);

        assertThat(events).first().asString().contains("for 30 s");
    }

    @Test
    void sweepsOnlyWhenTheIntervalHasPassed() {
        List<Endpoint> endpoints = endpoints(2);
        OutlierDetection detection = detection(rules(1, 50), endpoints);
        detection.report(endpoints.get(0), ErrorClass.SERVER_ERROR);
        clock.advance(Duration.ofSeconds(9));
        detection.sweepIfDue();
        clock.advance(Duration.ofSeconds(21));
        detection.sweepIfDue();
        assertThat(endpoints.get(0).ejection().ejected()).isFalse();
    }

    @Test
    void aSteppedWallClockChangesNothing() {
        List<Endpoint> endpoints = endpoints(2);
        OutlierDetection detection = detection(rules(1, 50), endpoints);
        detection.report(endpoints.get(0), ErrorClass.SERVER_ERROR);

        clock.stepWallClock(Instant.parse("2030-01-01T00:00:00Z"));
        detection.sweep();
        assertThat(endpoints.get(0).ejection().ejected()).isTrue();

        clock.stepWallClock(Instant.parse("2020-01-01T00:00:00Z"));
        clock.advance(Duration.ofSeconds(30));
        detection.sweep();
        assertThat(endpoints.get(0).ejection().ejected()).isFalse();
    }

    @Test
    void forgetsEndpointsThatLeft() {
        OutlierDetection detection = detection(RULES, endpoints(2));
        List<Endpoint> gone = endpoints(5);
        for (int round = 0; round < 1000; round++) {
            List<Endpoint> all = endpoints(5);
            detection.members(all);
            fail(detection, gone.get(0), 3);
            fail(detection, all.get(0), 3);
            assertThat(detection.memberCount()).isEqualTo(5);
            assertThat(detection.ejectedCount()).isEqualTo(1);
            gone = all;
        }
    }

    @Test
    void endpointsThatStayKeepTheirHistory() {
        List<Endpoint> endpoints = endpoints(3);
        OutlierDetection detection = detection(RULES, endpoints.subList(0, 2));
        fail(detection, endpoints.get(0), 2);

        detection.members(endpoints);
        fail(detection, endpoints.get(0), 1);

        assertThat(endpoints.get(0).ejection().ejected()).isTrue();
    }

    @Test
    void anEjectedEndpointReturnsWhenNobodyElseIsLeft() {
        List<Endpoint> endpoints = endpoints(2);
        OutlierDetection detection = detection(RULES, endpoints);
        fail(detection, endpoints.get(0), 3);

        detection.members(endpoints.subList(0, 1));

        assertThat(endpoints.get(0).ejection().ejected()).isFalse();
        assertThat(events).last().isEqualTo("returned 10.0.0.0:80");
    }

    @Test
    void switchingTheRulesOffReturnsEverybody() {
        List<Endpoint> endpoints = endpoints(4);
        OutlierDetection detection = detection(RULES, endpoints);
        fail(detection, endpoints.get(0), 3);
        fail(detection, endpoints.get(1), 3);
        assertThat(detection.ejectedCount()).isEqualTo(2);

        detection.reconfigure(OutlierDetectionConfig.OFF);

        assertThat(detection.ejectedCount()).isZero();
        assertThat(endpoints).noneMatch(endpoint -> endpoint.ejection().ejected());
        fail(detection, endpoints.get(0), 100);
        assertThat(endpoints.get(0).ejection().ejected()).isFalse();
    }

    @Test
    void aListenerMayCallBack() {
        List<Endpoint> endpoints = endpoints(4);
        OutlierDetection detection = detection(RULES, endpoints);
        detection.listener(new OutlierDetection.Listener() {
            @Override
            public void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why) {
                Thread other = new Thread(detection::sweep);
                other.start();
                try {
                    other.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                detection.reconfigure(OutlierDetectionConfig.OFF);
            }

            @Override
            public void returned(Endpoint endpoint) {}
        });

        fail(detection, endpoints.get(0), 3);

        assertThat(detection.ejectedCount()).isZero();
    }

    @Test
    void countsLocalFailuresApartWhenSplit() {
        OutlierDetectionConfig split = new OutlierDetectionConfig(
                3, 0, true, 2, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(100), 50, 0);
        List<Endpoint> endpoints = endpoints(4);
        OutlierDetection detection = detection(split, endpoints);

        detection.report(endpoints.get(0), ErrorClass.LOCAL_ORIGIN);
        detection.report(endpoints.get(0), ErrorClass.SERVER_ERROR);
        detection.report(endpoints.get(0), ErrorClass.LOCAL_ORIGIN);
        assertThat(endpoints.get(0).ejection().ejected()).isFalse();
        detection.report(endpoints.get(0), ErrorClass.LOCAL_ORIGIN);

        assertThat(endpoints.get(0).ejection().ejected()).isTrue();
        assertThat(events).first().asString().endsWith("2 local failures in a row");
    }

    @Test
    void gatewayErrorsAreInterruptedByOtherServerErrors() {
        OutlierDetectionConfig gateway = new OutlierDetectionConfig(
                0, 2, false, 0, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(100), 50, 0);
        List<Endpoint> endpoints = endpoints(2);
        OutlierDetection detection = detection(gateway, endpoints);

        detection.report(endpoints.get(0), ErrorClass.GATEWAY_ERROR);
        detection.report(endpoints.get(0), ErrorClass.SERVER_ERROR);
        detection.report(endpoints.get(0), ErrorClass.GATEWAY_ERROR);
        assertThat(endpoints.get(0).ejection().ejected()).isFalse();
        detection.report(endpoints.get(0), ErrorClass.LOCAL_ORIGIN);

        assertThat(endpoints.get(0).ejection().ejected()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theEjectedShareNeverExceedsTheCap(long seed) {
        SeededRandomness random = new SeededRandomness(seed);
        int percent = random.below(101);
        OutlierDetection detection = detection(rules(1 + random.below(3), percent), endpoints(0));
        List<Endpoint> members = endpoints(20);
        detection.members(members);

        for (int step = 0; step < 3000; step++) {
            switch (random.below(20)) {
                case 0 -> {
                    members = new ArrayList<>(members);
                    members.removeIf(endpoint -> random.below(4) == 0);
                    while (members.size() < 1 + random.below(20)) {
                        members.add(endpoints(1).get(0));
                    }
                    detection.members(members);
                }
                case 1 -> {
                    clock.advance(Duration.ofSeconds(random.below(60)));
                    detection.sweep();
                }
                default -> {
                    ErrorClass error = ErrorClass.values()[random.below(ErrorClass.values().length)];
                    detection.report(members.get(random.below(members.size())), error);
                }
            }
            long out = members.stream().filter(e -> e.ejection().ejected()).count();
            assertThat(detection.ejectedCount()).isEqualTo((int) out);
            assertThat(out).isLessThanOrEqualTo(Math.max(1, members.size() * percent / 100));
            assertThat(out).isLessThan(members.size());
        }
    }

    private static OutlierDetectionConfig rules(int consecutive, int percent) {
        return new OutlierDetectionConfig(
                consecutive,
                0,
                false,
                0,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(100),
                percent,
                0);
    }

    private OutlierDetection detection(OutlierDetectionConfig config, List<Endpoint> endpoints) {
        OutlierDetection detection = new OutlierDetection("reviews", config, clock, new SeededRandomness(1));
        detection.members(endpoints);
        detection.listener(new OutlierDetection.Listener() {
            @Override
            public void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why) {
                events.add("ejected " + endpoint + " for "
                        + Duration.ofNanos(durationNanos).toSeconds() + " s: " + why);
            }

            @Override
            public void returned(Endpoint endpoint) {
                events.add("returned " + endpoint);
            }
        });
        return detection;
    }

    private static List<Endpoint> endpoints(int count) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            endpoints.add(new Endpoint("reviews", EndpointConfig.of("10.0.0." + i, 80)));
        }
        return endpoints;
    }

    private static void fail(OutlierDetection detection, Endpoint endpoint, int times) {
        for (int i = 0; i < times; i++) {
            detection.report(endpoint, ErrorClass.SERVER_ERROR);
        }
    }
}
