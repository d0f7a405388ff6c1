package io.inmesh.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.check.CheckResult;
import io.inmesh.check.CheckTask;
import io.inmesh.check.Checker;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.HealthCheckConfig;
import io.inmesh.config.HealthCheckConfig.Grpc;
import io.inmesh.config.HealthCheckConfig.Protocol;
import io.inmesh.config.HealthCheckConfig.Tcp;
import io.inmesh.endpoint.CheckState.Verdict;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.SeededRandomness;
import io.inmesh.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is asked when, and what follows from the answers; in virtual time. */
class ActiveChecksTest {

    private static final HealthCheckConfig CONFIG = new HealthCheckConfig(
            new Tcp(), Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(3), null, Duration.ZERO, 3, 2);

    private final FakeClock clock = new FakeClock();
    private final FakeScheduler scheduler = new FakeScheduler(clock);
    private final AtomicBoolean used = new AtomicBoolean(true);
    private final List<String> changes = new ArrayList<>();
    private final Asker asker = new Asker();
    private final ActiveChecks checks = new ActiveChecks(
            scheduler, new SeededRandomness(1), new IdentityHolder(clock), new ActiveChecks.Listener() {
                @Override
                public void checked(Endpoint endpoint, CheckResult result) {}

                @Override
                public void changed(Endpoint endpoint, Verdict verdict, String why) {
                    changes.add(verdict + " " + why);
                }
            });

    /** Answers as told; "?" never answers. */
    private static final class Asker implements Checker {
        private final List<Endpoint> asked = new ArrayList<>();
        private final List<Consumer<CheckResult>> open = new ArrayList<>();
        private String answer = "P";
        private int cancelled;
        private boolean closed;

        @Override
        public boolean handles(Protocol protocol) {
            return protocol instanceof Tcp;
        }

        @Override
        public Cancellable start(CheckTask task, Consumer<CheckResult> done) {
            asked.add(task.endpoint());
            switch (answer) {
                case "P" -> done.accept(CheckResult.PASSED);
                case "F" -> done.accept(CheckResult.failed("refused"));
                case "D" -> done.accept(new CheckResult(false, true, "HTTP 500"));
                case "!" -> throw new IllegalStateException("no socket");
                default -> open.add(done);
            }
            return () -> cancelled++;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @ParameterizedTest(name = "{0} leads to {1}")
    @CsvSource({
        "'', UNCHECKED",
        "P, PASSING",
        "F, UNCHECKED",
        "FF, UNCHECKED",
        "FFF, FAILING",
        "FFP, PASSING",
        "PFF, PASSING",
        "PFFPFF, PASSING",
        "PFFF, FAILING",
        "PFFFP, FAILING",
        "PFFFPF, FAILING",
        "PFFFPFP, FAILING",
        "PFFFPP, PASSING",
        "D, FAILING",
        "!!!, FAILING"
    })
    void thresholdsAreAnswersInARow(String answers, Verdict verdict) {
        Endpoint endpoint = endpoints(1).get(0);
        checks.add(asker);
        watch(CONFIG, List.of(endpoint));

        for (char answer : answers.toCharArray()) {
            asker.answer = String.valueOf(answer);
            int before = asker.asked.size();
            while (asker.asked.size() == before) {
                scheduler.advance(Duration.ofMillis(100));
            }
        }

        assertThat(endpoint.check().verdict()).isEqualTo(verdict);
        assertThat(endpoint.inRotation()).isEqualTo(verdict != Verdict.FAILING);
    }

    @Test
    void theFirstCheckIsSoonTheOthersComeAtTheirInterval() {
        checks.add(asker);
        watch(CONFIG, endpoints(1));

        scheduler.advance(Duration.ofSeconds(1));
        assertThat(asker.asked).hasSize(1);
        scheduler.advance(Duration.ofSeconds(50));
        assertThat(asker.asked).hasSize(6);
    }

    @Test
    void failingEndpointsAreAskedAtTheirOwnInterval() {
        checks.add(asker);
        asker.answer = "D";
        watch(CONFIG, endpoints(1));

        scheduler.advance(Duration.ofSeconds(1));
        scheduler.advance(Duration.ofSeconds(30));

        assertThat(asker.asked).hasSize(11);
    }

    @Test
    void noAnswerInTimeIsAFailureAndALaterOneDoesNotCount() {
        Endpoint endpoint = endpoints(1).get(0);
        checks.add(asker);
        asker.answer = "?";
        watch(CONFIG, List.of(endpoint));

        scheduler.advance(Duration.ofSeconds(40));

        assertThat(changes).containsExactly("FAILING no answer within 1000 ms");
        assertThat(asker.cancelled).isGreaterThanOrEqualTo(3);
        asker.open.get(0).accept(CheckResult.PASSED);
        asker.open.get(1).accept(CheckResult.PASSED);
        assertThat(endpoint.check().verdict()).isEqualTo(Verdict.FAILING);
    }

    @Test
    void nobodyIsAskedBeforeTheFirstCall() {
        used.set(false);
        checks.add(asker);
        watch(CONFIG, endpoints(5));
        scheduler.advance(Duration.ofMinutes(5));
        assertThat(asker.asked).isEmpty();

        used.set(true);
        scheduler.advance(Duration.ofSeconds(10));
        assertThat(asker.asked).hasSize(5);
    }

    @Test
    void whoeverWantsIsAskedWithoutTrafficAtAnIntervalOfItsOwn() {
        used.set(false);
        checks.add(asker);
        watch(
                new HealthCheckConfig(
                        new Tcp(),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        Duration.ZERO,
                        3,
                        2),
                endpoints(1));
        scheduler.advance(Duration.ofSeconds(1));
        scheduler.advance(Duration.ofMinutes(5));

        assertThat(asker.asked).hasSize(6);
    }

    @Test
    void noMoreThanSoManyAreAskedAtOnceAndAllGetTheirTurn() {
        checks.add(asker);
        asker.answer = "?";
        List<Endpoint> endpoints = endpoints(50);
        watch(CONFIG, endpoints);
        scheduler.advance(Duration.ofMillis(999));
        assertThat(asker.asked).hasSizeLessThanOrEqualTo(ActiveChecks.MOST_AT_ONCE);

        asker.answer = "P";
        List.copyOf(asker.open).forEach(done -> done.accept(CheckResult.PASSED));
        scheduler.advance(Duration.ofSeconds(1));

        assertThat(endpoints).allMatch(endpoint -> endpoint.check().verdict() == Verdict.PASSING);
    }

    @Test
    void whoeverWaitsForItsTurnGetsItAlsoIfTheOneBeforeHasLeft() {
        checks.add(asker);
        asker.answer = "?";
        List<Endpoint> endpoints = endpoints(40);
        watch(CONFIG, endpoints);
        scheduler.advance(Duration.ofMillis(999));
        List<Endpoint> asked = List.copyOf(asker.asked);
        List<Endpoint> kept = endpoints.stream()
                .filter(endpoint -> endpoints.indexOf(endpoint) % 7 == 0 && !asked.contains(endpoint))
                .toList();
        watch(CONFIG, kept);

        asker.answer = "P";
        scheduler.advance(Duration.ofSeconds(2));

        assertThat(kept).isNotEmpty().allMatch(endpoint -> endpoint.check().verdict() == Verdict.PASSING);
    }

    @Test
    void withoutAnAdapterThatCanAskEndpointsStandAsReported() {
        Endpoint endpoint = endpoints(1).get(0);
        checks.add(asker);
        HealthCheckConfig grpc = HealthCheckConfig.of(new Grpc("", ""));
        asker.answer = "D";
        watch(grpc, List.of(endpoint));

        scheduler.advance(Duration.ofMinutes(5));

        assertThat(checks.canCheck(grpc)).isFalse();
        assertThat(endpoint.check().verdict()).isEqualTo(Verdict.UNCHECKED);
        assertThat(endpoint.inRotation()).isTrue();
    }

    @Test
    void anAdapterThatComesLaterAsks() {
        watch(CONFIG, endpoints(1));
        scheduler.advance(Duration.ofMinutes(1));
        checks.add(asker);
        scheduler.advance(Duration.ofSeconds(10));

        assertThat(asker.asked).hasSize(1);
    }

    @Test
    void missingOwnIdentitySaysNothingAboutTheEndpoint() {
        Endpoint endpoint = endpoints(1).get(0);
        checks.add(asker);
        asker.answer = "D";
        PeerExpectation security = new PeerExpectation(Set.of(), "reviews");
        checks.update(() -> List.of(new CheckTarget("reviews", CONFIG, List.of(endpoint), e -> security, used::get)));

        scheduler.advance(Duration.ofMinutes(5));

        assertThat(asker.asked).isEmpty();
        assertThat(endpoint.inRotation()).isTrue();
    }

    @Test
    void whoeverIsReportedUnhealthyIsNotAsked() {
        List<Endpoint> endpoints = endpoints(2);
        endpoints.get(0).update(endpoints.get(0).config().withHealth(EndpointConfig.Health.DRAINING));
        checks.add(asker);
        watch(CONFIG, endpoints);

        scheduler.advance(Duration.ofMinutes(1));

        assertThat(asker.asked).isNotEmpty().containsOnly(endpoints.get(1));
    }

    @Test
    void verdictsOutliveConfigsAndEndWithTheCheck() {
        Endpoint endpoint = endpoints(1).get(0);
        checks.add(asker);
        asker.answer = "D";
        watch(CONFIG, List.of(endpoint));
        scheduler.advance(Duration.ofSeconds(1));
        watch(CONFIG, List.of(endpoint));
        assertThat(endpoint.check().verdict()).isEqualTo(Verdict.FAILING);

        watch(CONFIG, List.of());

        assertThat(endpoint.check().verdict()).isEqualTo(Verdict.UNCHECKED);
        assertThat(scheduler.pending()).isZero();
    }

    @Test
    void replacingAllEndpointsAThousandTimesLeavesNothingBehind() {
        checks.add(asker);
        for (int round = 0; round < 1000; round++) {
            watch(CONFIG, endpoints(5));
            scheduler.advance(Duration.ofMillis(300));
            assertThat(checks.size()).isEqualTo(5);
        }
        assertThat(scheduler.pending()).isEqualTo(5);
    }

    @Test
    void nobodyIsAskedAfterTheEnd() {
        checks.add(asker);
        watch(CONFIG, endpoints(5));
        checks.close();
        int before = asker.asked.size();

        watch(CONFIG, endpoints(5));
        scheduler.advance(Duration.ofMinutes(1));

        assertThat(asker.asked).hasSize(before);
        assertThat(asker.closed).isTrue();
        assertThat(scheduler.pending()).isZero();
    }

    @Test
    void whoeverComesAfterTheEndIsClosedAtOnce() {
        checks.close();
        checks.add(asker);

        assertThat(asker.closed).isTrue();
    }

    private void watch(HealthCheckConfig config, List<Endpoint> endpoints) {
        Function<Endpoint, @Nullable ConnectionSecurity> plaintext = endpoint -> null;
        checks.update(() -> List.of(new CheckTarget("reviews", config, endpoints, plaintext, used::get)));
    }

    private static List<Endpoint> endpoints(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Endpoint("reviews", EndpointConfig.of("10.0.0." + i, 80)))
                .toList();
    }
}
