package io.inmesh.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.authz.ExternalDecision;
import io.inmesh.authz.ExternalDecision.Result;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.external.ExternalAnswer.Allowed;
import io.inmesh.external.ExternalAnswer.Denied;
import io.inmesh.external.ExternalAnswer.Failed;
import io.inmesh.testkit.FakeCall;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests about which somebody outside is asked: what each answer means, and what no answer means. */
class ExternalCheckTest extends ExternalCheckFixture {

    @Test
    void requestThatNoRuleMatchesIsNotChecked() {
        assertThat(gate.admit(FakeCall.get("/open"), policy(false)).admitted()).isTrue();
        assertThat(outside.checks).isEmpty();
    }

    @Test
    void requestWaitsForTheAnswerAndThenGoesOn() {
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy(false));
        List<String> told = new ArrayList<>();
        admission.whenDecided(() -> told.add("decided"));
        assertThat(admission.pending()).isTrue();
        assertThat(admission.admitted()).isFalse();
        assertThat(told).isEmpty();

        outside.answer(Allowed.UNCHANGED);
        assertThat(told).containsExactly("decided");
        assertThat(admission.admitted()).isTrue();
        admission.settle(Outcome.Response.http(200));
        assertThat(ends).containsExactly("ended 200");
        assertThat(scheduler.pending()).isZero();
    }

    @Test
    void listenerAfterTheAnswerIsCalledAtOnce() {
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy(false));
        outside.answer(Allowed.UNCHANGED);
        List<String> told = new ArrayList<>();
        admission.whenDecided(() -> told.add("decided"));
        assertThat(told).containsExactly("decided");
    }

    @Test
    void denialGoesToTheCallerAsTheAuthorizerSaidIt() {
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy(false));
        outside.answer(new Denied(401, List.of(Map.entry("www-authenticate", "Basic")), "who are you?"));
        assertThat(admission.admitted()).isFalse();
        assertThat(admission.rejection())
                .isEqualTo(new Outcome.LocalReply(
                        Reason.UNAUTHORIZED,
                        401,
                        16,
                        "who are you?",
                        null,
                        List.of(Map.entry("www-authenticate", "Basic"))));
        assertThat(ends).containsExactly("refused UNAUTHORIZED");
    }

    @Test
    void observersAreToldWhatCameOfEveryCheckAndHowLongItTook() {
        gate.admit(FakeCall.get("/guarded"), policy(false));
        clock.advance(Duration.ofMillis(5));
        outside.answer(Allowed.UNCHANGED);
        gate.admit(FakeCall.get("/guarded"), policy(true));
        outside.answer(new Denied(403, List.of(), ""));
        gate.admit(FakeCall.get("/guarded"), policy(true));
        outside.answer(new Failed("nobody there"));
        gate.admit(FakeCall.get("/guarded"), policy(false));
        scheduler.advance(TIMEOUT);
        gate.admit(FakeCall.get("/open"), policy(false));
        assertThat(checked)
                .containsExactly(
                        new ExternalDecision("opa", "ns[a]-policy[b]", Result.ALLOWED, 5_000_000),
                        new ExternalDecision("opa", "ns[a]-policy[b]", Result.DENIED, 0),
                        new ExternalDecision("opa", "ns[a]-policy[b]", Result.FAILED_OPEN, 0),
                        new ExternalDecision("opa", "ns[a]-policy[b]", Result.FAILED_CLOSED, TIMEOUT.toNanos()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 199, 600, -1})
    void denialWithAStatusThatIsNoneIs403(int status) {
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy(false));
        outside.answer(new Denied(status, List.of(), ""));
        assertThat(((Outcome.LocalReply) admission.rejection()).httpStatus()).isEqualTo(403);
    }

    @Test
    void denialWithStatus200IsNoSuccessOfAGrpcCall() {
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy(false));
        outside.answer(new Denied(200, List.of(), ""));
        assertThat(((Outcome.LocalReply) admission.rejection()).grpcStatus()).isEqualTo(2);
    }

    @Test
    void noAnswerInTimeRefusesWithTheConfiguredStatus() {
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy(false));
        scheduler.advance(TIMEOUT.minusNanos(1));
        assertThat(admission.pending()).isTrue();
        scheduler.advance(Duration.ofNanos(1));
        Outcome.Rejection rejection = (Outcome.Rejection) admission.rejection();
        assertThat(rejection.httpStatus()).isEqualTo(503);
        assertThat(rejection.message()).contains("\"opa\"", "opa:9191", "no answer within 600 ms");
        assertThat(outside.cancelled).isTrue();
        outside.answer(Allowed.UNCHANGED);
        assertThat(admission.admitted()).as("an answer that comes too late").isFalse();
    }

    @Test
    void noAnswerInTimeLetsInWhereTheProviderSaysSo() {
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy(true));
        scheduler.advance(TIMEOUT);
        assertThat(admission.admitted()).isTrue();
    }

    @Test
    void failureRefusesUnlessTheProviderSaysOtherwise() {
        Admission closed = gate.admit(FakeCall.get("/guarded"), policy(false));
        outside.answer(new Failed("nobody there"));
        Admission open = gate.admit(FakeCall.get("/guarded"), policy(true));
        outside.answer(new Failed("nobody there"));
        assertThat(closed.admitted()).isFalse();
        assertThat(open.admitted()).isTrue();
    }

    @Test
    void authorizerThatThrowsIsNoAnswer() {
        outside.broken = true;
        assertThat(gate.admit(FakeCall.get("/guarded"), policy(false)).admitted())
                .isFalse();
    }

    @Test
    void whatFailsAfterTheAnswerRefusesAndLeavesNobodyWaiting() {
        FakeCall call = FakeCall.get("/guarded");
        AtomicBoolean failing = new AtomicBoolean();
        InboundCall fragile = (InboundCall) Proxy.newProxyInstance(
                InboundCall.class.getClassLoader(), new Class<?>[] {InboundCall.class}, (proxy, method, arguments) -> {
                    if (failing.get() && arguments != null && "x-envoy-attempt-count".equals(arguments[0])) {
                        throw new IllegalStateException("the container has recycled the request");
                    }
                    return method.invoke(call, arguments);
                });
        Admission admission = gate.admit(fragile, policy(true));
        List<String> told = new ArrayList<>();
        admission.whenDecided(() -> told.add("decided"));
        failing.set(true);

        outside.answer(Allowed.UNCHANGED);

        assertThat(told).containsExactly("decided");
        assertThat(admission.admitted()).isFalse();
        assertThat(((Outcome.Rejection) admission.rejection()).httpStatus()).isEqualTo(500);
        assertThat(ends).singleElement().asString().startsWith("refused");
    }

    @Test
    void failOpenDoesNotSkipThePoliciesThatFollow() {
        InboundPolicy policy = policy(true, new AuthorizationConfig(Action.ALLOW, List.of()));
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy);
        outside.answer(new Failed("nobody there"));
        assertThat(admission.admitted()).isFalse();
    }

    @Test
    void denyComesAfterTheAuthorizerAndStillDenies() {
        InboundPolicy policy =
                policy(false, new AuthorizationConfig(Action.DENY, List.of(new Policy("all", new Condition.Always()))));
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy);
        assertThat(outside.checks).hasSize(1);
        outside.answer(Allowed.UNCHANGED);
        assertThat(((Outcome.Rejection) admission.rejection()).reason()).isEqualTo(Reason.UNAUTHORIZED);
    }

    @Test
    void requestIsPendingToOthersUntilThePoliciesThatFollowHaveDecided() {
        InboundPolicy policy =
                policy(false, new AuthorizationConfig(Action.DENY, List.of(new Policy("all", new Condition.Always()))));
        List<String> seen = new ArrayList<>();
        Admission[] admission = new Admission[1];
        whileDeciding = () -> seen.add(admission[0].pending() + " " + admission[0].admitted());
        admission[0] = gate.admit(FakeCall.get("/guarded"), policy);
        outside.answer(Allowed.UNCHANGED);
        assertThat(seen).containsExactly("true false");
        assertThat(admission[0].pending()).isFalse();
    }

    @Test
    void orderIsCustomThenDenyThenAllow() {
        List<String> order = new ArrayList<>();
        whileDeciding = () -> order.add("policies");
        Condition badge = new Condition.Header(HeaderMatch.of("x-badge", StringMatch.exact("yes")));
        Condition bad = new Condition.Header(HeaderMatch.of("x-bad", StringMatch.present()));
        InboundPolicy policy = policy(
                false,
                new AuthorizationConfig(Action.DENY, List.of(new Policy("bad", bad))),
                new AuthorizationConfig(Action.ALLOW, List.of(new Policy("badge", badge))));

        Admission denied = gate.admit(FakeCall.get("/guarded").header("x-bad", "1"), policy);
        assertThat(order).isEmpty();
        outside.answer(new Allowed(List.of(Map.entry("x-badge", "yes")), List.of(), List.of(), List.of()));
        assertThat(denied.admitted()).as("DENY after CUSTOM").isFalse();
        assertThat(((Outcome.Rejection) denied.rejection()).message()).contains("bad");

        Admission notAllowed = gate.admit(FakeCall.get("/guarded"), policy);
        outside.answer(Allowed.UNCHANGED);
        assertThat(notAllowed.admitted()).as("ALLOW after CUSTOM").isFalse();

        Admission allowed = gate.admit(FakeCall.get("/guarded"), policy);
        outside.answer(new Allowed(List.of(Map.entry("x-badge", "yes")), List.of(), List.of(), List.of()));
        assertThat(allowed.admitted()).isTrue();

        order.clear();
        Admission refusedOutside = gate.admit(FakeCall.get("/guarded").header("x-bad", "1"), policy);
        outside.answer(new Denied(401, List.of(), "badge?"));
        assertThat(((Outcome.LocalReply) refusedOutside.rejection()).httpStatus())
                .isEqualTo(401);
        assertThat(order).as("policies after a denial").isEmpty();
    }

    @Test
    void callerThatGoesAwayEndsTheCheck() {
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy(false));
        admission.settle(Outcome.Cancelled.INSTANCE);
        assertThat(outside.cancelled).isTrue();
        assertThat(scheduler.pending()).isZero();
        outside.answer(Allowed.UNCHANGED);
        assertThat(admission.admitted()).isFalse();
        assertThat(ends).hasSize(1);
    }
}
