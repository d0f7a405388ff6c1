package io.inmesh.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.authz.Decision;
import io.inmesh.authz.ExternalDecision;
import io.inmesh.authz.ExternalDecision.Result;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.call.RequestEdits;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.StringMatch;
import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.ExternalAnswer.Allowed;
import io.inmesh.external.ExternalAnswer.Denied;
import io.inmesh.external.ExternalAnswer.Failed;
import io.inmesh.external.ExternalAuthorizer;
import io.inmesh.external.ExternalCheck;
import io.inmesh.identity.SpiffeId;
import io.inmesh.live.LiveRequests;
import io.inmesh.observe.InboundObserver;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.time.Scheduler.Cancellable;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests about which somebody outside is asked: what is asked, what each answer means, and what no answer means. */
class ExternalCheckTest {

    private static final Duration TIMEOUT = Duration.ofMillis(600);

    private final FakeClock clock = new FakeClock();
    private final FakeScheduler scheduler = new FakeScheduler(clock);
    private final Outside outside = new Outside();
    private final List<String> ends = new ArrayList<>();
    private final List<ExternalDecision> checked = new ArrayList<>();
    private Runnable whileDeciding = () -> {};
    private final InboundGate gate = new InboundGate(clock, new Ends(), outside, scheduler, LiveRequests.OFF);

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
    void headersOfTheAuthorizerReplaceThoseOfTheCallerForPoliciesAndApplication() {
        InboundPolicy policy = policy(
                false,
                new AuthorizationConfig(
                        Action.ALLOW,
                        List.of(new Policy(
                                "admins",
                                new Condition.Header(HeaderMatch.of("x-user", StringMatch.exact("admin")))))));
        Admission forged = gate.admit(FakeCall.get("/guarded").header("x-user", "admin"), policy);
        outside.answer(new Allowed(List.of(Map.entry("x-user", "bob")), List.of(), List.of(), List.of()));
        assertThat(forged.admitted())
                .as("what the caller claims does not count")
                .isFalse();

        Admission vouched = gate.admit(FakeCall.get("/guarded").header("x-user", "bob"), policy);
        outside.answer(
                new Allowed(List.of(Map.entry("x-user", "admin")), List.of(), List.of("authorization"), List.of()));
        assertThat(vouched.admitted()).isTrue();
        assertThat(vouched.edits().setHeaders()).containsExactly(Map.entry("x-user", "admin"));
        assertThat(vouched.edits().hiddenHeaders()).containsExactly("authorization");
    }

    @Test
    void appendedHeadersComeAfterTheCallersAndHostIsNotRemoved() {
        Admission admission =
                gate.admit(FakeCall.get("/guarded").header("x-role", "a").header("x-role", "b"), policy(false));
        outside.answer(new Allowed(List.of(), List.of(Map.entry("x-role", "c")), List.of("host", ":path"), List.of()));
        assertThat(admission.edits().setHeaders()).containsExactly(Map.entry("x-role", "a,b,c"));
        assertThat(admission.edits().hiddenHeaders()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {":path", "host", "content-length", "x-forwarded-client-cert", "X-Upper", "", "a b"})
    void answerThatSetsWhatCannotBeSetIsNoAnswer(String name) {
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy(false));
        outside.answer(new Allowed(List.of(Map.entry(name, "v")), List.of(), List.of(), List.of()));
        assertThat(admission.admitted()).isFalse();
    }

    /** Left out without a word, the application would see what the authorizer did not let in. */
    @ParameterizedTest
    @ValueSource(strings = {"x-user-bin", "grpc-timeout", "x+y"})
    void answerThatSetsWhatGrpcCannotSetIsNoAnswerToACall(String name) {
        Allowed setting = new Allowed(List.of(Map.entry(name, "v")), List.of(), List.of(), List.of());
        Admission call = gate.admit(FakeCall.grpc("/test.Text/Unary"), policyAbout(StringMatch.prefix("/")));
        outside.answer(setting);
        assertThat(call.admitted()).isFalse();
        Admission request = gate.admit(FakeCall.get("/guarded"), policy(false));
        outside.answer(setting);
        assertThat(request.admitted()).isTrue();
    }

    @Test
    void headersForTheCallerAreKeptForTheAnswer() {
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy(false));
        outside.answer(new Allowed(List.of(), List.of(), List.of(), List.of(Map.entry("x-checked", "yes"))));
        assertThat(admission.answerHeaders()).containsExactly(Map.entry("x-checked", "yes"));
    }

    @Test
    void lineBreakInAHeaderOfADenialLosesTheHeaderAndNotTheDenial() {
        Admission admission = gate.admit(FakeCall.get("/guarded"), policy(true));
        outside.answer(new Denied(401, List.of(Map.entry("x-why", "a\r\nset-cookie: b")), ""));
        assertThat(((Outcome.LocalReply) admission.rejection()).headers()).isEmpty();
    }

    @Test
    void allValuesOfRepeatedHeadersAreSent_CVE_2021_32777() {
        gate.admit(FakeCall.get("/guarded").header("x-token", "good").header("X-Token", "evil"), policy(false));
        assertThat(outside.last().headers()).containsEntry("x-token", "good,evil");
    }

    @Test
    void checkSaysWhoAsksForWhatAndNothingTheCallerMerelyClaims() {
        SpiffeId peer = SpiffeId.parse("spiffe://cluster.local/ns/default/sa/web");
        gate.admit(
                FakeCall.get("/guarded")
                        .query("a=%2F")
                        .method("PUT")
                        .peer(peer)
                        .from("10.0.0.7")
                        .at("10.0.0.1", 8443)
                        .header("x-forwarded-client-cert", "By=forged"),
                policy(false));
        ExternalCheck check = outside.last();
        assertThat(check.method()).isEqualTo("PUT");
        assertThat(check.host()).isEqualTo("reviews:9080");
        assertThat(check.path()).isEqualTo("/guarded?a=%2F");
        assertThat(check.peer()).isEqualTo(peer);
        assertThat(check.peerAddress()).hasToString("/10.0.0.7");
        assertThat(check.localPort()).isEqualTo(8443);
        assertThat(check.headers()).isEmpty();
    }

    @Test
    void pathThatIsSentIsTheOneThatWasJudged() {
        gate.admit(FakeCall.get("/%67uarded"), policy(false));
        assertThat(outside.last().path()).isEqualTo("/guarded");
    }

    /** Otherwise the authorizer would judge {@code /guarded/a b}, or see a query where there is none. */
    @ParameterizedTest
    @CsvSource({"/guarded/a%2520b, /guarded/a%2520b", "/guarded/a%3Fb, /guarded/a%3Fb", "/guarded/%61;p=1, /guarded/a"})
    void pathThatIsSentIsToBeDecodedOnce(String path, String sent) {
        gate.admit(FakeCall.get(path), policyAbout(StringMatch.prefix("/guarded")));
        assertThat(outside.last().path()).isEqualTo(sent);
    }

    @Test
    void checkHasTheTimeOfTheRequest() {
        gate.admit(FakeCall.get("/guarded"), policy(false));
        assertThat(outside.last().epochMillis()).isEqualTo(clock.epochMillis());
    }

    @Test
    void cookiesOfSeveralLinesAreOneAsTheApplicationReadsThem() {
        gate.admit(FakeCall.get("/guarded").header("cookie", "a=1").header("cookie", "b=2"), policy(false));
        assertThat(outside.last().headers()).containsEntry("cookie", "a=1; b=2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-forwarded-client-cert", "x-envoy-peer-metadata", "x-inmesh-peer", "x_inmesh_peer"})
    void approvalCannotSmuggleIdentityHeaders(String name) {
        List<Map.Entry<String, String>> identity = List.of(Map.entry(name, "spiffe://cluster.local/ns/a/sa/admin"));
        for (Allowed smuggling : List.of(
                new Allowed(identity, List.of(), List.of(), List.of()),
                new Allowed(List.of(), identity, List.of(), List.of()),
                new Allowed(List.of(), List.of(), List.of(), identity))) {
            Admission admission = gate.admit(FakeCall.get("/guarded"), policy(false));
            outside.answer(smuggling);
            assertThat(admission.admitted()).isFalse();
            assertThat(admission.edits()).isEqualTo(RequestEdits.NONE);
            assertThat(admission.answerHeaders()).isEmpty();
        }
        Admission denied = gate.admit(FakeCall.get("/guarded"), policy(false));
        outside.answer(new Denied(403, identity, ""));
        assertThat(((Outcome.LocalReply) denied.rejection()).headers()).isEmpty();
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

    private static InboundPolicy policy(boolean failOpen, AuthorizationConfig... sets) {
        return policy(failOpen, StringMatch.exact("/guarded"), sets);
    }

    private static InboundPolicy policyAbout(StringMatch path) {
        return policy(false, path);
    }

    private static InboundPolicy policy(boolean failOpen, StringMatch path, AuthorizationConfig... sets) {
        ExternalAuthorizerConfig opa = new ExternalAuthorizerConfig("opa", "opa", 9191, TIMEOUT, failOpen, 503);
        Condition guarded = new Condition.Path(path);
        return InboundPolicy.compile(
                new InboundConfig(Mtls.PERMISSIVE, List.of(sets), "")
                        .withExternal(
                                new ExternalAuthorizationConfig(opa, List.of(new Policy("ns[a]-policy[b]", guarded)))),
                null,
                new FakeClock(),
                (policy, field, message, remedy) -> {
                    throw new AssertionError(message);
                });
    }

    private static final class Outside implements ExternalAuthorizer {
        private final List<ExternalCheck> checks = new ArrayList<>();
        private Consumer<ExternalAnswer> told = answer -> {};
        private boolean cancelled;
        private boolean broken;

        @Override
        public Cancellable ask(ExternalCheck check, Consumer<ExternalAnswer> answer) {
            if (broken) {
                throw new IllegalStateException("broken");
            }
            checks.add(check);
            told = answer;
            cancelled = false;
            return () -> cancelled = true;
        }

        void answer(ExternalAnswer answer) {
            told.accept(answer);
        }

        ExternalCheck last() {
            return checks.get(checks.size() - 1);
        }

        @Override
        public void close() {}
    }

    private final class Ends implements MeshObserver {
        @Override
        public InboundObserver inboundStarted(InboundCall call) {
            return new InboundObserver() {
                @Override
                public void checked(InboundCall asked, ExternalDecision decision) {
                    checked.add(decision);
                }

                @Override
                public void authorized(InboundCall decided, Decision decision) {
                    whileDeciding.run();
                }

                @Override
                public void refused(InboundCall refused, Outcome outcome, long durationNanos) {
                    ends.add("refused "
                            + (outcome instanceof Outcome.LocalReply reply ? reply.reason() : outcome.toString()));
                }

                @Override
                public void ended(InboundCall ended, Outcome outcome, long durationNanos) {
                    ends.add("ended " + ((Outcome.Response) outcome).httpStatus());
                }
            };
        }
    }
}
