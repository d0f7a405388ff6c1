package io.inmesh.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.identity.SpiffeId;
import io.inmesh.load.LoadHeaders;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InboundLoadTest {

    private static final SpiffeId PRODUCTPAGE = SpiffeId.of("inmesh.local", "default", "productpage");

    private final FakeClock clock = new FakeClock();
    private final InboundGate gate = new InboundGate(clock, MeshObserver.NONE);

    @Test
    void aReportTellsOfOtherRequestsAndOfTheirTime() {
        gate.load().now(clock.nanos());
        Admission first = admit(asking("/a"));
        Admission second = admit(asking("/b"));
        assertThat(second.loadReport().requestsInFlight()).isEqualTo(1);
        clock.advance(Duration.ofMillis(20));
        first.settle(Outcome.Response.http(200));
        assertThat(second.loadReport().requestsInFlight()).isZero();
        assertThat(second.loadReport().serviceTimeNanos())
                .isEqualTo(Duration.ofMillis(20).toNanos());
    }

    @Test
    void nobodyIsToldWhoDidNotAskOrWasRefused() {
        assertThat(admit(FakeCall.get("/a")).loadReport()).isNull();
        assertThat(gate.admit(asking("/a"), policy(Mtls.STRICT)).loadReport()).isNull();
    }

    @Test
    void failuresTellNothingAboutTheServiceTime() {
        gate.load().now(clock.nanos());
        admit(asking("/a")).settle(Outcome.Response.http(503));
        admit(asking("/a")).settle(Outcome.Response.grpc(14));
        admit(asking("/a")).settle(Outcome.Cancelled.INSTANCE);
        assertThat(gate.load().now(clock.nanos()).serviceTimeNanos()).isZero();
        assertThat(gate.load().now(clock.nanos()).requestsInFlight()).isZero();
    }

    @Test
    void whereMutualTlsIsStrictOnlyPeersAreToldAnything() {
        FakeCall probe = asking(LoadHeaders.PROBE_PATH);
        assertThat(gate.answerProbe(probe, policy(Mtls.STRICT))).isNull();
        assertThat(gate.answerProbe(asking(LoadHeaders.PROBE_PATH).overTls(), policy(Mtls.STRICT)))
                .isNull();
        assertThat(gate.answerProbe(asking(LoadHeaders.PROBE_PATH).peer(PRODUCTPAGE), policy(Mtls.STRICT)))
                .isNotNull();
        assertThat(gate.answerProbe(probe, policy(Mtls.PERMISSIVE))).isNotNull();
    }

    @Test
    void aProbeIsAQuestionAndNothingElse() {
        assertThat(gate.answerProbe(FakeCall.get(LoadHeaders.PROBE_PATH), policy(Mtls.DISABLE)))
                .isNull();
        assertThat(gate.answerProbe(asking("/reviews"), policy(Mtls.DISABLE))).isNull();
    }

    private Admission admit(FakeCall call) {
        return gate.admit(call, InboundPolicy.OPEN);
    }

    private static FakeCall asking(String path) {
        return FakeCall.get(path).header(LoadHeaders.ASK, LoadHeaders.ASKED);
    }

    private static InboundPolicy policy(Mtls mode) {
        return InboundPolicy.compile(
                new InboundConfig(mode, List.of(), ""),
                InboundPolicy.OPEN,
                new FakeClock(),
                (resource, field, message, remedy) -> {
                    throw new AssertionError(message);
                });
    }
}
