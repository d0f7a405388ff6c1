package io.inmesh.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.CallContext;
import io.inmesh.call.Criticality;
import io.inmesh.observe.InboundObserver;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an inbound request hands on to the calls made on its behalf. */
class InboundContextTest {

    private final FakeClock clock = new FakeClock();
    private final InboundGate gate = new InboundGate(clock, MeshObserver.NONE);

    @Test
    void aPlainRequestHandsNothingOn() {
        assertThat(gate.admit(FakeCall.get("/"), InboundPolicy.OPEN).context()).isSameAs(CallContext.NONE);
    }

    @Test
    void timeLeftAndCriticalityAreBoundWhereTheApplicationWorks() {
        FakeCall call = FakeCall.get("/")
                .header("x-envoy-expected-rq-timeout-ms", "250")
                .header("x-envoy-attempt-count", "3")
                .header("x-inmesh-criticality", "sheddable-plus");
        CallContext expected =
                new CallContext(clock.nanos() + TimeUnit.MILLISECONDS.toNanos(250), 3, Criticality.SHEDDABLE_PLUS);
        Admission admission = gate.admit(call, InboundPolicy.OPEN);
        try (InboundObserver.Scope ignored = admission.enter()) {
            assertThat(CallContext.current()).isEqualTo(expected);
        }
        assertThat(CallContext.current()).isSameAs(CallContext.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP, 2, , 2",
        "HTTP, , 5, 1",
        "GRPC, , 1, 2",
        "GRPC, 4, 1, 4",
        "HTTP, many, , 1",
        "HTTP, -1, , 1",
        "HTTP, 99999, , 1"
    })
    void theAttemptIsReadFromEnvoysHeaderAndFromGrpcs(String protocol, String envoy, String grpc, int expected) {
        FakeCall call = protocol.equals("GRPC") ? FakeCall.grpc("/p.S/M") : FakeCall.get("/");
        if (envoy != null) {
            call.header("x-envoy-attempt-count", envoy);
        }
        if (grpc != null) {
            call.header("grpc-previous-rpc-attempts", grpc);
        }
        assertThat(gate.admit(call, InboundPolicy.OPEN).context().attempt()).isEqualTo(expected);
    }
}
