package io.inmesh.dispatch;

import static io.inmesh.dispatch.Scene.attempt;
import static io.inmesh.dispatch.Scene.endpoints;
import static io.inmesh.dispatch.Scene.outcome;
import static io.inmesh.dispatch.Scene.reason;
import static io.inmesh.dispatch.Scene.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Attempt;
import io.inmesh.call.CallContext;
import io.inmesh.call.Criticality;
import io.inmesh.call.Outcome;
import io.inmesh.call.Step;
import io.inmesh.config.ClientPolicyConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.ThrottlingConfig;
import io.inmesh.testkit.FakeCall;
import io.inmesh.time.Deadlines;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a request that came in means for the calls made on its behalf. */
class DispatchContextTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Scene scene = new Scene(route(), endpoints(2));

    @Test
    void aCallEndsWhenTheCallerOfItsCallerGivesUp() {
        long until = scene.clock.nanos() + 80 * MILLI;
        Attempt sent = attempt(start(scene.dispatch(), new CallContext(until, 1, Criticality.CRITICAL)));
        assertThat(sent.deadlineNanos()).isEqualTo(until);
        assertThat(headers(sent)).contains("set x-envoy-expected-rq-timeout-ms=80");
    }

    @Test
    void theEarliestOfAllDeadlinesHolds() {
        RouteConfig impatient = route().withTimeout(Duration.ofMillis(30));
        Scene limited = new Scene(impatient, endpoints(1));
        CallContext patient = new CallContext(limited.clock.nanos() + 80 * MILLI, 1, Criticality.CRITICAL);
        Dispatch dispatch = limited.dispatch();
        start(dispatch, patient);
        assertThat(dispatch.deadlineNanos()).isEqualTo(limited.clock.nanos() + 30 * MILLI);
    }

    @Test
    void workNobodyWaitsForIsRefused() {
        CallContext late = new CallContext(scene.clock.nanos(), 1, Criticality.CRITICAL);
        assertThat(reason(start(scene.dispatch(), late))).isEqualTo(Outcome.Reason.DEADLINE);
    }

    @Test
    void triesAreCountedAlongTheChain() {
        CallContext second = new CallContext(Deadlines.NEVER, 2, Criticality.CRITICAL);
        assertThat(headers(attempt(start(scene.dispatch(), second)))).containsExactly("set x-envoy-attempt-count=2");
        assertThat(headers(attempt(start(scene.dispatch(FakeCall.grpc("/p.S/M")), second))))
                .containsExactly("set grpc-previous-rpc-attempts=1");
        assertThat(headers(attempt(start(scene.dispatch(), CallContext.NONE)))).isEmpty();
    }

    @Test
    void criticalityIsHandedOnUnlessTheCallHasItsOwn() {
        CallContext batch = new CallContext(Deadlines.NEVER, 1, Criticality.SHEDDABLE);
        FakeCall own = FakeCall.get("/").header("x-inmesh-criticality", "critical-plus");
        assertThat(headers(attempt(start(scene.dispatch(), batch))))
                .containsExactly("set x-inmesh-criticality=sheddable");
        assertThat(headers(attempt(start(scene.dispatch(own), batch)))).isEmpty();
    }

    @Test
    void aCallForARepeatedRequestIsNotRepeated() {
        assertThat(secondTry(endpoints(3))).isInstanceOf(Step.Done.class);
    }

    @Test
    void aPolicyMayHaveItRepeatedAllTheSame() {
        ClientPolicyConfig unaware = ClientPolicyConfig.DEFAULT.withChainAwareRetries(false);
        assertThat(secondTry(endpoints(3).withClientPolicy(unaware))).isInstanceOf(Step.Wait.class);
    }

    private static Step secondTry(ClusterConfig cluster) {
        Scene scene = new Scene(route(), cluster);
        Dispatch dispatch = scene.dispatch();
        Attempt sent = attempt(start(dispatch, new CallContext(Deadlines.NEVER, 2, Criticality.CRITICAL)));
        return dispatch.settle(sent, Scene.connectFailure());
    }

    @Test
    void serversThatRefuseAreSparedAndTheRefusalSaysWhy() {
        Scene throttled = new Scene(
                route().withRetry(RetryConfig.NONE),
                endpoints(2).withClientPolicy(ClientPolicyConfig.DEFAULT.withThrottling(ThrottlingConfig.DEFAULT)));
        Outcome last = Outcome.Response.http(200);
        for (int i = 0; i < 200 && last instanceof Outcome.Response; i++) {
            Dispatch dispatch = throttled.dispatch();
            Step step = dispatch.start();
            last = outcome(step instanceof Attempt sent ? dispatch.settle(sent, Outcome.Response.http(429)) : step);
        }
        Outcome.Rejection refusal = (Outcome.Rejection) last;
        assertThat(refusal.reason()).isEqualTo(Outcome.Reason.THROTTLED);
        assertThat(refusal.httpStatus()).isEqualTo(503);
        assertThat(refusal.message()).contains("\"reviews\" accepted 0 of the last", "percent of the critical calls");
    }

    static Step start(Dispatch dispatch, CallContext context) {
        try (CallContext.Scope ignored = context.bind()) {
            return dispatch.start();
        }
    }

    private static List<String> headers(Attempt attempt) {
        HeaderLog log = new HeaderLog();
        attempt.writeRequestHeaders(log);
        return log.written;
    }
}
