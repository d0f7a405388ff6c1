package io.inmesh.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import io.inmesh.call.RequestEdits;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.external.ExternalAnswer.Allowed;
import io.inmesh.external.ExternalAnswer.Denied;
import io.inmesh.external.ExternalCheck;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.FakeCall;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an external authorizer is told of a request, and what it may change about it. */
class ExternalHeadersTest extends ExternalCheckFixture {

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

    private static InboundPolicy policyAbout(StringMatch path) {
        return policy(false, path);
    }
}
