package io.inmesh.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.authz.PolicyProblems;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.StringMatch;
import io.inmesh.identity.SpiffeId;
import io.inmesh.observe.InboundObserver;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InboundGateTest {

    private static final SpiffeId PRODUCTPAGE = SpiffeId.of("inmesh.local", "default", "productpage");
    private static final PolicyProblems NONE_EXPECTED = (resource, field, message, remedy) -> {
        throw new AssertionError(resource + " " + field + ": " + message);
    };

    private final FakeClock clock = new FakeClock();
    private final List<String> events = new ArrayList<>();
    private final InboundGate gate = new InboundGate(clock, new Recorder());

    @Test
    void admitsWhatNothingForbids() {
        Admission admission = gate.admit(FakeCall.get("/reviews//1;v=2"), InboundPolicy.OPEN);
        assertThat(admission.admitted()).isTrue();
        assertThat(admission.canonicalPath()).isEqualTo("/reviews/1");
        assertThat(admission.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(admission::rejection).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void strictRefusesPlaintext() {
        Outcome.Rejection rejection = rejection(gate.admit(FakeCall.get("/").from("10.0.0.9"), policy(Mtls.STRICT)));
        assertThat(rejection.reason()).isEqualTo(Reason.NO_PEER_IDENTITY);
        assertThat(rejection.httpStatus()).isEqualTo(403);
        assertThat(rejection.grpcStatus()).isEqualTo(16);
        assertThat(rejection.message())
                .contains("STRICT by PeerAuthentication default/default")
                .contains("plaintext")
                .contains("10.0.0.9");
    }

    @Test
    void portLevelModeIsThatOfThePortTheRequestCameTo() {
        InboundConfig strictBut9090 =
                new InboundConfig(Mtls.STRICT, List.of(), "").withMtlsByPort(Map.of(9090, Mtls.PERMISSIVE));
        InboundPolicy policy = InboundPolicy.compile(strictBut9090, null, clock, NONE_EXPECTED);
        assertThat(gate.admit(FakeCall.get("/").at("127.0.0.1", 9090), policy).admitted())
                .isTrue();
        assertThat(gate.admit(FakeCall.get("/").at("127.0.0.1", 9080), policy).admitted())
                .isFalse();
    }

    @Test
    void strictRefusesTlsWithoutIdentityAndAdmitsTlsWithOne() {
        Outcome.Rejection rejection = rejection(gate.admit(FakeCall.get("/").overTls(), policy(Mtls.STRICT)));
        assertThat(rejection.message()).contains("proved no SPIFFE identity");
        assertThat(gate.admit(FakeCall.get("/").peer(PRODUCTPAGE), policy(Mtls.STRICT))
                        .admitted())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mtls.class,
            names = {"PERMISSIVE", "DISABLE"})
    void otherModesAdmitPlaintext(Mtls mode) {
        assertThat(gate.admit(FakeCall.get("/"), policy(mode)).admitted()).isTrue();
    }

    @Test
    void strictRefusesBeforeThePathIsLookedAt() {
        assertThat(rejection(gate.admit(FakeCall.get("/a/..;/b"), policy(Mtls.STRICT)))
                        .reason())
                .isEqualTo(Reason.NO_PEER_IDENTITY);
    }

    @Test
    void refusesAnAmbiguousPathWith400() {
        Outcome.Rejection rejection = rejection(gate.admit(FakeCall.get("/public/..;/admin"), InboundPolicy.OPEN));
        assertThat(rejection.reason()).isEqualTo(Reason.BAD_REQUEST);
        assertThat(rejection.httpStatus()).isEqualTo(400);
    }

    @Test
    void policiesSeeTheCanonicalPath() {
        InboundPolicy policy = policy(
                Mtls.PERMISSIVE,
                new AuthorizationConfig(
                        Action.DENY,
                        List.of(new Policy("no-admin", new Condition.Path(StringMatch.prefix("/admin"))))));
        Outcome.Rejection rejection = rejection(gate.admit(FakeCall.get("//x/../%61dmin;v=1/users"), policy));
        assertThat(rejection.reason()).isEqualTo(Reason.UNAUTHORIZED);
        assertThat(rejection.httpStatus()).isEqualTo(403);
        assertThat(rejection.grpcStatus()).isEqualTo(7);
        assertThat(rejection.message()).contains("no-admin");
        assertThat(gate.admit(FakeCall.get("/users"), policy).admitted()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"250, 250000000", "1, 1000000", "86400000, 86400000000000"})
    void learnsHowLongAnHttpCallerWaits(String header, long nanos) {
        Admission admission =
                gate.admit(FakeCall.get("/").header("x-envoy-expected-rq-timeout-ms", header), InboundPolicy.OPEN);
        assertThat(admission.deadlineNanos() - clock.nanos()).isEqualTo(nanos);
    }

    @ParameterizedTest
    @CsvSource({"1H, 3600000000000", "2M, 120000000000", "3S, 3000000000", "4m, 4000000", "5u, 5000", "6n, 6"})
    void learnsHowLongAGrpcCallerWaits(String header, long nanos) {
        Admission admission = gate.admit(FakeCall.grpc("/p.S/M").header("grpc-timeout", header), InboundPolicy.OPEN);
        assertThat(admission.deadlineNanos() - clock.nanos()).isEqualTo(nanos);
    }

    @Test
    void centuriesAreForever() {
        assertThat(gate.admit(FakeCall.grpc("/p.S/M").header("grpc-timeout", "99999999H"), InboundPolicy.OPEN)
                        .deadlineNanos())
                .isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "S", "1", "1x", "-1S", "123456789S", "1.5S", "\u0663S", "1s"})
    void refusesTimeoutsThatCannotBeRead(String header) {
        assertThat(rejection(gate.admit(FakeCall.grpc("/p.S/M").header("grpc-timeout", header), InboundPolicy.OPEN))
                        .reason())
                .isEqualTo(Reason.BAD_REQUEST);
    }

    @Test
    void refusesWorkTheCallerHasGivenUp() {
        Outcome.Rejection rejection = rejection(
                gate.admit(FakeCall.get("/").header("x-envoy-expected-rq-timeout-ms", "0"), InboundPolicy.OPEN));
        assertThat(rejection.reason()).isEqualTo(Reason.DEADLINE);
        assertThat(rejection.httpStatus()).isEqualTo(504);
        long earlier = clock.nanos();
        clock.advance(Duration.ofMillis(3));
        assertThat(rejection(gate.admit(FakeCall.get("/").deadlineNanos(earlier), InboundPolicy.OPEN))
                        .message())
                .contains("3 ms ago");
    }

    @Test
    void theEarlierOfTwoDeadlinesCounts() {
        long soon = clock.nanos() + 1000;
        FakeCall call = FakeCall.get("/")
                .header("x-envoy-expected-rq-timeout-ms", "5000")
                .deadlineNanos(soon);
        assertThat(gate.admit(call, InboundPolicy.OPEN).deadlineNanos()).isEqualTo(soon);
    }

    @Test
    void settlesExactlyOnceAtTheFirstOutcome() {
        Admission admission = gate.admit(FakeCall.get("/"), InboundPolicy.OPEN);
        clock.advance(Duration.ofMillis(7));
        admission.settle(Outcome.Response.http(200));
        admission.settle(Outcome.Response.http(500));
        assertThat(events).containsExactly("started /", "ended 200 after 7 ms");
    }

    @Test
    void aRefusalIsObservedOnceAndSettlingItDoesNothing() {
        Admission admission = gate.admit(FakeCall.get("/"), policy(Mtls.STRICT));
        admission.settle(Outcome.Response.http(200));
        assertThat(events).containsExactly("started /", "refused NO_PEER_IDENTITY");
    }

    @Test
    void aStageThatFailsRefusesTheRequest() {
        InboundCall broken = (InboundCall) java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {InboundCall.class}, (proxy, method, arguments) -> {
                    return switch (method.getName()) {
                        case "path" -> "/";
                        case "deadlineNanos" -> Long.MAX_VALUE;
                        default -> throw new IllegalStateException("no " + method.getName());
                    };
                });
        Outcome.Rejection rejection = rejection(gate.admit(broken, policy(Mtls.STRICT)));
        assertThat(rejection.reason()).isEqualTo(Reason.INTERNAL);
        assertThat(rejection.httpStatus()).isEqualTo(500);
        assertThat(rejection.message()).contains("RequirePeerIdentity");
    }

    @Test
    void anObserverThatFailsChangesNothing() {
        MeshObserver failing = new MeshObserver() {
            @Override
            public InboundObserver inboundStarted(InboundCall call) {
                throw new IllegalStateException("observer");
            }
        };
        Admission admission = new InboundGate(clock, failing).admit(FakeCall.get("/"), InboundPolicy.OPEN);
        assertThat(admission.admitted()).isTrue();
        admission.settle(Outcome.Response.http(200));
    }

    private static Outcome.Rejection rejection(Admission admission) {
        assertThat(admission.admitted()).isFalse();
        return (Outcome.Rejection) admission.rejection();
    }

    private static InboundPolicy policy(Mtls mtls, AuthorizationConfig... authorization) {
        return InboundPolicy.compile(
                new InboundConfig(mtls, List.of(authorization), "PeerAuthentication default/default"),
                null,
                new FakeClock(),
                NONE_EXPECTED);
    }

    @Test
    void anObserverThatCannotBeEnteredChangesNothing() {
        MeshObserver failing = new MeshObserver() {
            @Override
            public InboundObserver inboundStarted(InboundCall call) {
                return new InboundObserver() {
                    @Override
                    public Scope enter() {
                        throw new IllegalStateException("the observer is broken");
                    }
                };
            }
        };

        Admission admission = new InboundGate(clock, failing).admit(FakeCall.get("/"), InboundPolicy.OPEN);

        assertThat(admission.enter()).isSameAs(InboundObserver.Scope.NONE);
    }

    private final class Recorder implements MeshObserver, InboundObserver {

        @Override
        public InboundObserver inboundStarted(InboundCall call) {
            events.add("started " + call.path());
            return this;
        }

        @Override
        public void refused(InboundCall call, Outcome outcome, long durationNanos) {
            events.add("refused " + ((Outcome.Rejection) outcome).reason());
        }

        @Override
        public void ended(InboundCall call, Outcome outcome, long durationNanos) {
            events.add("ended " + ((Outcome.Response) outcome).httpStatus() + " after " + durationNanos / 1_000_000
                    + " ms");
        }
    }
}
