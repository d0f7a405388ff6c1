package io.inmesh.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.testkit.FakeCall;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObserversTest {

    private final List<String> events = new ArrayList<>();

    @Test
    void nobodySeesNothing() {
        assertThat(Observers.of(List.of())).isSameAs(MeshObserver.NONE);
        assertThat(Observers.of(List.of(MeshObserver.NONE))).isSameAs(MeshObserver.NONE);
    }

    @Test
    void everyoneIsToldThoughTheOneBeforeFails() {
        MeshObserver all = Observers.of(List.of(new Failing(), new Recording("a"), new Failing(), new Recording("b")));
        FakeCall call = FakeCall.get("/");
        CallObserver calls = all.callStarted(call, "reviews", "r");
        FakeAttempt attempt = new FakeAttempt(call, "c", 1);
        calls.attemptStarted(attempt);
        calls.attemptEnded(attempt, Outcome.Response.http(200), 1);
        calls.callEnded(call, new FakeAttempt(call, "c", 1), Outcome.Response.http(200), 1, 1);
        all.inboundStarted(call).ended(call, Outcome.Response.http(200), 1);
        all.configApplied("2", 1);
        assertThat(events)
                .containsExactly(
                        "a attempt",
                        "b attempt",
                        "a attempt ended",
                        "b attempt ended",
                        "a ended",
                        "b ended",
                        "a inbound",
                        "b inbound",
                        "a config",
                        "b config");
    }

    @Test
    void whereOnlyOneCaresItsOwnObserverIsUsed() {
        CallObserver caring = new CallObserver() {};
        MeshObserver one = new MeshObserver() {
            @Override
            public CallObserver callStarted(Call call, String virtualHost, String route) {
                return caring;
            }
        };
        MeshObserver all = Observers.of(List.of(new MeshObserver() {}, one, new MeshObserver() {}));
        assertThat(all.callStarted(FakeCall.get("/"), "reviews", "r")).isSameAs(caring);
        assertThat(all.inboundStarted(FakeCall.get("/"))).isSameAs(InboundObserver.NONE);
    }

    @Test
    void scopesCloseInReverse() {
        MeshObserver all = Observers.of(List.of(new Recording("a"), new Recording("b")));
        all.inboundStarted(FakeCall.get("/")).enter().close();
        assertThat(events).containsExactly("a enter", "b enter", "b leave", "a leave");
    }

    @Test
    void ofTwoTheOneThatKnowsTheTraceNamesIt() {
        CallObserver ignorant = new CallObserver() {};
        CallObserver knowing = new UnkeptTrace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");

        assertThat(ManyCallObservers.both(ignorant, knowing).callTraceId())
                .isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(ManyCallObservers.both(knowing, ignorant).callTraceId())
                .isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(ManyCallObservers.both(ignorant, new CallObserver() {}).callTraceId())
                .isEmpty();
    }

    private static final class Failing implements MeshObserver, CallObserver, InboundObserver {

        @Override
        public CallObserver callStarted(Call call, String virtualHost, String route) {
            return this;
        }

        @Override
        public InboundObserver inboundStarted(InboundCall call) {
            return this;
        }

        @Override
        public void attemptStarted(io.inmesh.call.Attempt attempt) {
            throw new IllegalStateException("attemptStarted");
        }

        @Override
        public void attemptEnded(io.inmesh.call.Attempt attempt, Outcome outcome, long durationNanos) {
            throw new IllegalStateException("attemptEnded");
        }

        @Override
        public void callEnded(Call call, Attempt last, Outcome outcome, int attempts, long durationNanos) {
            throw new IllegalStateException("callEnded");
        }

        @Override
        public void ended(InboundCall call, Outcome outcome, long durationNanos) {
            throw new IllegalStateException("ended");
        }

        @Override
        public void configApplied(String version, long durationNanos) {
            throw new IllegalStateException("configApplied");
        }
    }

    private final class Recording implements MeshObserver, CallObserver, InboundObserver {

        private final String name;

        Recording(String name) {
            this.name = name;
        }

        @Override
        public CallObserver callStarted(Call call, String virtualHost, String route) {
            return this;
        }

        @Override
        public InboundObserver inboundStarted(InboundCall call) {
            return this;
        }

        @Override
        public Scope enter() {
            events.add(name + " enter");
            return () -> events.add(name + " leave");
        }

        @Override
        public void attemptStarted(io.inmesh.call.Attempt attempt) {
            events.add(name + " attempt");
        }

        @Override
        public void attemptEnded(io.inmesh.call.Attempt attempt, Outcome outcome, long durationNanos) {
            events.add(name + " attempt ended");
        }

        @Override
        public void callEnded(Call call, Attempt last, Outcome outcome, int attempts, long durationNanos) {
            events.add(name + " ended");
        }

        @Override
        public void ended(InboundCall call, Outcome outcome, long durationNanos) {
            events.add(name + " inbound");
        }

        @Override
        public void configApplied(String version, long durationNanos) {
            events.add(name + " config");
        }
    }
}
