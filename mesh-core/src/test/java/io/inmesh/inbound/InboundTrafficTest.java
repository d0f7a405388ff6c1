package io.inmesh.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Criticality;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.config.ConcurrencyConfig;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundTrafficConfig;
import io.inmesh.config.RateLimitConfig;
import io.inmesh.config.RateLimitConfig.Bucket;
import io.inmesh.config.StringMatch;
import io.inmesh.identity.SpiffeId;
import io.inmesh.limit.ConcurrencyLimit;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server does to stay alive, stage by stage. */
class InboundTrafficTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String ORIGIN = "InboundTrafficPolicy default/reviews";
    private static final SpiffeId PRODUCTPAGE = SpiffeId.of("inmesh.local", "default", "productpage");
    private static final SpiffeId RATINGS = SpiffeId.of("inmesh.local", "default", "ratings");

    private final FakeClock clock = new FakeClock();
    private final List<String> full = new ArrayList<>();
    private final InboundGate gate = new InboundGate(clock, new MeshObserver() {
        @Override
        public void rateLimitFull(String limit) {
            full.add(limit);
        }
    });

    @Test
    void whatComesTooOftenIsRefusedAndToldWhenToComeBack() {
        InboundPolicy policy = policy(RateLimitConfig.of("all", 2, SECOND));
        assertThat(admitted(FakeCall.get("/"), policy, 2)).isEqualTo(2);
        Outcome.Rejection rejection = refused(FakeCall.get("/"), policy);
        assertThat(rejection.reason()).isEqualTo(Reason.RATE_LIMITED);
        assertThat(rejection.httpStatus()).isEqualTo(429);
        assertThat(rejection.grpcStatus()).isEqualTo(14);
        assertThat(rejection.retryAfterMillis()).isEqualTo(500);
        assertThat(rejection.message()).contains("\"all\" by " + ORIGIN, "2 per 1000 ms");
        clock.advance(Duration.ofMillis(500));
        assertThat(admitted(FakeCall.get("/"), policy, 2)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login", "//login", "/%6Cogin", "/x/../login", "/login;v=1"})
    void aLimitOnAPathHoldsForEveryWayToWriteIt(String path) {
        InboundPolicy policy =
                policy(RateLimitConfig.of("login", 1, SECOND).on(new Condition.Path(StringMatch.exact("/login"))));
        assertThat(admitted(FakeCall.get("/login"), policy, 1)).isEqualTo(1);
        assertThat(refused(FakeCall.get(path), policy).message()).contains("\"login\"");
        assertThat(admitted(FakeCall.get("/other"), policy, 5)).isEqualTo(5);
    }

    @Test
    void oneOfSeveralHeaderValuesIsEnough() {
        Condition free = new Condition.Header(HeaderMatch.of("x-tier", StringMatch.exact("free")));
        InboundPolicy policy = policy(RateLimitConfig.of("free", 1, SECOND).on(free));
        FakeCall call = FakeCall.get("/").header("x-tier", "gold").header("x-tier", "free");
        assertThat(admitted(call, policy, 3)).isEqualTo(1);
        assertThat(admitted(FakeCall.get("/").header("x-tier", "gold"), policy, 3))
                .isEqualTo(3);
    }

    @Test
    void whoIsRefusedByHisOwnLimitTakesNothingFromTheLimitOfAll() {
        InboundPolicy policy = policy(
                RateLimitConfig.of("all", 10, SECOND),
                RateLimitConfig.of("each", 2, SECOND).per(new Bucket.PerHeader("x-key", 100)));
        assertThat(admitted(FakeCall.get("/").header("x-key", "noisy"), policy, 100))
                .isEqualTo(2);
        int others = 0;
        for (int i = 0; i < 20; i++) {
            others += admitted(FakeCall.get("/").header("x-key", "quiet-" + i), policy, 1);
        }
        assertThat(others).isEqualTo(8);
    }

    @Test
    void leavingTheHeaderOutIsNoWayAroundALimitPerValue() {
        InboundPolicy policy = policy(RateLimitConfig.of("each", 2, SECOND).per(new Bucket.PerHeader("x-key", 100)));
        assertThat(admitted(FakeCall.get("/"), policy, 10)).isEqualTo(2);
    }

    @Test
    void everyPeerHasItsOwnAndStrangersShareOne() {
        InboundPolicy policy = policy(RateLimitConfig.of("peers", 1, SECOND).per(new Bucket.PerPrincipal(100)));
        assertThat(admitted(FakeCall.get("/").peer(PRODUCTPAGE), policy, 5)).isEqualTo(1);
        assertThat(admitted(FakeCall.get("/").peer(RATINGS), policy, 5)).isEqualTo(1);
        assertThat(admitted(FakeCall.get("/").from("10.0.0.1"), policy, 5)
                        + admitted(FakeCall.get("/").from("10.0.0.2"), policy, 5))
                .isEqualTo(1);
    }

    @Test
    void madeUpValuesAreNoWayAroundALimitPerValueAndAreSeen() {
        InboundPolicy policy = policy(RateLimitConfig.of("each", 1, SECOND).per(new Bucket.PerHeader("x-key", 10)));
        int in = 0;
        for (int i = 0; i < 1000; i++) {
            in += admitted(FakeCall.get("/").header("x-key", "made-up-" + i), policy, 1);
        }
        assertThat(in).isEqualTo(11);
        assertThat(full).hasSize(990).containsOnly("each");
    }

    @Test
    void unauthorizedRequestsUseUpNothing() {
        InboundPolicy policy = compile(
                new InboundConfig(InboundConfig.Mtls.STRICT, List.of(), "")
                        .withTraffic(InboundTrafficConfig.limiting(ORIGIN, RateLimitConfig.of("all", 1, SECOND))),
                null);
        for (int i = 0; i < 10; i++) {
            assertThat(refused(FakeCall.get("/"), policy).reason()).isEqualTo(Reason.NO_PEER_IDENTITY);
        }
        assertThat(admitted(FakeCall.get("/").peer(RATINGS), policy, 1)).isEqualTo(1);
    }

    @Test
    void bucketsGoOnWhenSomethingElseInTheConfigChanges() {
        RateLimitConfig limit = RateLimitConfig.of("all", 2, SECOND);
        InboundPolicy before = policy(limit);
        admitted(FakeCall.get("/"), before, 2);
        InboundPolicy after = compile(
                InboundConfig.OPEN.withTraffic(
                        InboundTrafficConfig.limiting(ORIGIN, limit, RateLimitConfig.of("new", 5, SECOND))),
                before);
        assertThat(refused(FakeCall.get("/"), after).message()).contains("\"all\"");
    }

    @Test
    void tooManyAtOnceAreRefusedAndRoomIsMadeByThoseThatEnd() {
        InboundPolicy policy = concurrent(2, false);
        Admission only = gate.admit(FakeCall.get("/"), policy);
        Outcome.Rejection rejection = refused(FakeCall.get("/"), policy);
        assertThat(rejection.reason()).isEqualTo(Reason.OVERLOADED);
        assertThat(rejection.httpStatus()).isEqualTo(503);
        assertThat(rejection.grpcStatus()).isEqualTo(14);
        assertThat(rejection.retryAfterMillis()).isEqualTo(1000);
        assertThat(rejection.message())
                .contains("1 requests are in flight, and 1 are allowed for critical ones by " + ORIGIN);
        only.settle(Outcome.Response.http(200));
        only.settle(Outcome.Response.http(200));
        assertThat(limit(policy).inFlight()).isZero();
        assertThat(gate.admit(FakeCall.get("/"), policy).admitted()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "critical-plus, true, false, 10",
        "critical-plus, false, true, 10",
        "critical-plus, false, false, 9",
        "critical, false, false, 9",
        ", true, false, 9",
        "nonsense, true, false, 9",
        "sheddable-plus, false, false, 7",
        "Sheddable, true, false, 5"
    })
    void theCriticalityOfAStrangerIsBelievedDownwardsOnly(String said, boolean peer, boolean trust, int expected) {
        InboundPolicy policy = concurrent(10, trust);
        FakeCall call = peer ? FakeCall.get("/").peer(RATINGS) : FakeCall.get("/");
        if (said != null) {
            call.header(Criticality.HEADER, said);
        }
        assertThat(admitted(call, policy, 20)).isEqualTo(expected);
    }

    @Test
    void aStreamTakesNoPlaceAmongRequests() {
        InboundPolicy policy = concurrent(1, false);
        assertThat(admitted(FakeCall.grpc("/p.S/Watch").asStream(), policy, 5)).isEqualTo(5);
        assertThat(limit(policy).inFlight()).isZero();
    }

    @Test
    void aPermitIsGivenBackWhereALaterStageRefuses() {
        InboundPolicy policy = concurrent(1, false);
        FakeCall late = FakeCall.get("/").header("x-envoy-expected-rq-timeout-ms", "0");
        assertThat(refused(late, policy).reason()).isEqualTo(Reason.DEADLINE);
        assertThat(limit(policy).inFlight()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "critical-plus, 20, true",
        "critical-plus, 21, false",
        "critical, 18, true",
        "critical, 19, false",
        "sheddable, 11, false"
    })
    void whoHasWaitedTooLongForAThreadIsRefused(String criticality, long millis, boolean admitted) {
        InboundPolicy policy = concurrent(10, true);
        long arrived = clock.nanos();
        clock.advance(Duration.ofMillis(millis));
        Admission admission =
                gate.admit(FakeCall.get("/").arrivedNanos(arrived).header(Criticality.HEADER, criticality), policy);
        assertThat(admission.admitted()).isEqualTo(admitted);
        if (!admitted) {
            assertThat(((Outcome.Rejection) admission.rejection()).message()).contains("waited " + millis + " ms");
        }
    }

    @Test
    void theTimeWaitedForAThreadIsPartOfTheCallersPatience() {
        long arrived = clock.nanos();
        clock.advance(Duration.ofMillis(30));
        FakeCall call = FakeCall.get("/").arrivedNanos(arrived).header("x-envoy-expected-rq-timeout-ms", "30");
        assertThat(refused(call, InboundPolicy.OPEN).reason()).isEqualTo(Reason.DEADLINE);
    }

    @ParameterizedTest
    @CsvSource({"9, false", "10, true"})
    void workThatCannotBeDoneInTheTimeLeftIsRefused(String millis, boolean admitted) {
        InboundPolicy policy = compile(
                InboundConfig.OPEN.withTraffic(
                        InboundTrafficConfig.limiting(ORIGIN).withMinRemaining(Duration.ofMillis(10))),
                null);
        Admission admission = gate.admit(FakeCall.get("/").header("x-envoy-expected-rq-timeout-ms", millis), policy);
        assertThat(admission.admitted()).isEqualTo(admitted);
        if (!admitted) {
            Outcome.Rejection rejection = (Outcome.Rejection) admission.rejection();
            assertThat(rejection.httpStatus()).isEqualTo(504);
            assertThat(rejection.grpcStatus()).isEqualTo(4);
            assertThat(rejection.message()).contains("10 are needed by " + ORIGIN);
        }
    }

    @Test
    void withoutAPolicyThereIsNothingToAsk() {
        assertThat(compile(InboundConfig.OPEN, null).traffic()).isNull();
    }

    @Test
    void everyValueThatCannotBeIsReportedWithItsFieldAndThePolicy() {
        List<String> problems = new ArrayList<>();
        InboundTrafficConfig wrong = InboundTrafficConfig.limiting(
                        ORIGIN,
                        RateLimitConfig.of("a", 0, Duration.ZERO),
                        RateLimitConfig.of("a", 1, SECOND).per(new Bucket.PerHeader("", 0)))
                .withConcurrency(new ConcurrencyConfig(3, 0, -1, 0.5, Duration.ofMillis(-1)))
                .withMinRemaining(Duration.ofSeconds(-1));
        InboundPolicy.compile(
                InboundConfig.OPEN.withTraffic(wrong),
                null,
                clock,
                (resource, field, message, remedy) -> problems.add(resource + ": " + field));
        assertThat(problems)
                .containsExactly(
                        ORIGIN + ": rateLimits[a].burst",
                        ORIGIN + ": rateLimits[a].tokens",
                        ORIGIN + ": rateLimits[a].fillInterval",
                        ORIGIN + ": rateLimits[a].name",
                        ORIGIN + ": rateLimits[a].per.header",
                        ORIGIN + ": rateLimits[a].per.maxValues",
                        ORIGIN + ": concurrency.minLimit",
                        ORIGIN + ": concurrency.maxLimit",
                        ORIGIN + ": concurrency.initialLimit",
                        ORIGIN + ": concurrency.latencyTolerance",
                        ORIGIN + ": concurrency.maxQueueWait",
                        ORIGIN + ": minRemaining");
    }

    @Test
    void aConditionThatCannotBeTestedIsReported() {
        List<String> problems = new ArrayList<>();
        RateLimitConfig limit = RateLimitConfig.of("login", 1, SECOND).on(new Condition.Path(StringMatch.regex("(")));
        InboundPolicy.compile(
                InboundConfig.OPEN.withTraffic(InboundTrafficConfig.limiting(ORIGIN, limit)),
                null,
                clock,
                (resource, field, message, remedy) -> problems.add(resource + ": " + field + " " + message));
        assertThat(problems).singleElement().asString().contains(ORIGIN + ": login.Path", "RE2");
    }

    private int admitted(InboundCall call, InboundPolicy policy, int times) {
        int admitted = 0;
        for (int i = 0; i < times; i++) {
            admitted += gate.admit(call, policy).admitted() ? 1 : 0;
        }
        return admitted;
    }

    private Outcome.Rejection refused(InboundCall call, InboundPolicy policy) {
        return (Outcome.Rejection) gate.admit(call, policy).rejection();
    }

    private static ConcurrencyLimit limit(InboundPolicy policy) {
        return Objects.requireNonNull(Objects.requireNonNull(policy.traffic()).concurrency());
    }

    private InboundPolicy concurrent(int limit, boolean trustCriticality) {
        InboundTrafficConfig traffic = InboundTrafficConfig.limiting(ORIGIN)
                .withConcurrency(new ConcurrencyConfig(limit, limit, limit, 1.5, Duration.ofMillis(20)));
        return compile(
                InboundConfig.OPEN.withTraffic(trustCriticality ? traffic.trustingCriticality() : traffic), null);
    }

    private InboundPolicy policy(RateLimitConfig... limits) {
        return compile(InboundConfig.OPEN.withTraffic(InboundTrafficConfig.limiting(ORIGIN, limits)), null);
    }

    private InboundPolicy compile(InboundConfig config, InboundPolicy previous) {
        return InboundPolicy.compile(config, previous, clock, (resource, field, message, remedy) -> {
            throw new AssertionError(resource + " " + field + ": " + message);
        });
    }
}
