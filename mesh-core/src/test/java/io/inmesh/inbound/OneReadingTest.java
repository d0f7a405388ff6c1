package io.inmesh.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.authz.PolicyProblems;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
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
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be read in two ways is refused before any policy reads it. */
class OneReadingTest {

    private static final PolicyProblems NONE_EXPECTED = (resource, field, message, remedy) -> {
        throw new AssertionError(resource + " " + field + ": " + message);
    };
    private static final InboundPolicy POSTS_ONLY = policy(Action.ALLOW, ":method", StringMatch.exact("POST"));

    private final InboundGate gate = new InboundGate(new FakeClock(), new MeshObserver() {});

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "//",
                "/pkg.Service",
                "/pkg.Service/",
                "//Method",
                "/pkg.Service//Method",
                "/pkg.Service/Method/",
                "/a/pkg.Service/Method",
                "/pkg.Service/../Method",
                "/pkg.Service/Meth%6Fd",
                "/pkg.Service;a=1/Method",
                "/pkg.Service\\Method/x",
                "/pkg.Service/Method?x",
                "/pkg.Service/Method#x",
                "/pkg.Service/Méthode",
                "pkg.Service/Method",
                ""
            })
    void aGrpcPathIsServiceAndMethodAndNothingElse(String path) {
        Outcome.Rejection rejection = rejection(FakeCall.grpc(path), InboundPolicy.OPEN);
        assertThat(rejection.reason()).isEqualTo(Reason.BAD_REQUEST);
        assertThat(rejection.grpcStatus()).isEqualTo(12);
        assertThat(rejection.httpStatus()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/pkg.Service/Method", "/Service/method_1", "/a.b.c.S$1/M"})
    void methodsAreCalledByTheirPath(String path) {
        assertThat(gate.admit(FakeCall.grpc(path), InboundPolicy.OPEN).admitted())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "admin@reviews",
                "reviews/x",
                "reviews,ratings",
                "reviews ratings",
                "reviews\\x",
                "reviews#x",
                "reviews?x",
                "%72eviews",
                "révis",
                "reviews:http",
                "reviews:99999999999",
                "reviews:-1"
            })
    void aHostIsANameOrAnAddressAndNothingElse(String host) {
        Outcome.Rejection byHeader = rejection(FakeCall.get("/").header("host", host), InboundPolicy.OPEN);
        assertThat(byHeader.reason()).isEqualTo(Reason.BAD_REQUEST);
        assertThat(rejection(FakeCall.get("/").to(host, 80), InboundPolicy.OPEN).httpStatus())
                .isEqualTo(400);
        assertThat(rejection(FakeCall.grpc("/p.S/M").to(host, 80), InboundPolicy.OPEN)
                        .grpcStatus())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reviews", "Reviews.Default.", "reviews_1:9080", "127.0.0.1:1", "[::1]:9080", "[::1]", ""})
    void usualHostsAreTaken(String host) {
        assertThat(gate.admit(FakeCall.get("/").header("host", host), InboundPolicy.OPEN)
                        .admitted())
                .isTrue();
    }

    /** A container that believes X-Forwarded-Host shows the application one host and has received another. */
    @ParameterizedTest
    @CsvSource({
        // host as the container says it, Host header, allowed by ALLOW of "shop", denied by DENY of "admin"
        "shop, shop:9080, true, false",
        "shop, SHOP., true, false",
        "shop, admin, false, true",
        "admin, shop, false, true",
        "admin, Admin.:80, false, true",
    })
    void everyReadingOfTheHostMustBeAllowed(String seen, String header, boolean allowed, boolean denied) {
        FakeCall call = FakeCall.get("/").to(seen, 9080).header("host", header);
        assertThat(gate.admit(call, policy(Action.ALLOW, ":authority", StringMatch.exact("shop")))
                        .admitted())
                .isEqualTo(allowed);
        assertThat(gate.admit(call, policy(Action.DENY, ":authority", StringMatch.exact("admin")))
                        .admitted())
                .isEqualTo(!denied);
    }

    @ParameterizedTest
    @CsvSource({"::1", "[::1]"})
    void anIpv6HostHasOneForm(String host) {
        InboundPolicy deny = policy(Action.DENY, ":authority", StringMatch.exact("[::1]:9080"));
        assertThat(rejection(FakeCall.get("/").to(host, 9080), deny).reason()).isEqualTo(Reason.UNAUTHORIZED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-http-method-override", "x-http-method", "x-method-override"})
    void underPoliciesAPostStandsForNoOtherMethod(String header) {
        FakeCall disguised = FakeCall.get("/").method("POST").header(header, "DELETE");
        assertThat(rejection(disguised, POSTS_ONLY).reason()).isEqualTo(Reason.BAD_REQUEST);
        assertThat(gate.admit(FakeCall.get("/").method("POST").header(header, "POST"), POSTS_ONLY)
                        .admitted())
                .isTrue();
        assertThat(gate.admit(disguised, InboundPolicy.OPEN).admitted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"delete", "Delete", "DELETe"})
    void underPoliciesMethodsHaveNoSmallLetters(String method) {
        InboundPolicy noDeletes = policy(Action.DENY, ":method", StringMatch.exact("DELETE"));
        assertThat(rejection(FakeCall.get("/").method(method), noDeletes).reason())
                .isEqualTo(Reason.BAD_REQUEST);
    }

    @Test
    void aMethodThatAnAuthorizerIsAskedAboutHasOneReadingToo() {
        ExternalAuthorizerConfig opa =
                new ExternalAuthorizerConfig("opa", "opa", 9191, Duration.ofSeconds(1), false, 503);
        Condition deletes = new Condition.Header(HeaderMatch.of(":method", StringMatch.exact("DELETE")));
        InboundPolicy policy = InboundPolicy.compile(
                new InboundConfig(Mtls.PERMISSIVE, List.of(), "")
                        .withExternal(new ExternalAuthorizationConfig(opa, List.of(new Policy("deletes", deletes)))),
                null,
                new FakeClock(),
                NONE_EXPECTED);
        FakeCall disguised = FakeCall.get("/").method("POST").header("x-http-method-override", "DELETE");
        assertThat(rejection(disguised, policy).reason()).isEqualTo(Reason.BAD_REQUEST);
        assertThat(rejection(FakeCall.get("/").method("delete"), policy).reason())
                .isEqualTo(Reason.BAD_REQUEST);
        assertThat(gate.admit(FakeCall.get("/").method("POST"), policy).admitted())
                .isTrue();
    }

    @Test
    void unusualMethodsAreForPoliciesToDecide() {
        assertThat(rejection(FakeCall.get("/").method("PROPFIND"), POSTS_ONLY).reason())
                .isEqualTo(Reason.UNAUTHORIZED);
        assertThat(gate.admit(FakeCall.get("/").method("PROPFIND"), InboundPolicy.OPEN)
                        .admitted())
                .isTrue();
    }

    private Outcome.Rejection rejection(InboundCall call, InboundPolicy policy) {
        Admission admission = gate.admit(call, policy);
        assertThat(admission.admitted()).isFalse();
        return (Outcome.Rejection) admission.rejection();
    }

    private static InboundPolicy policy(Action action, String header, StringMatch match) {
        AuthorizationConfig config = new AuthorizationConfig(
                action, List.of(new Policy("test", new Condition.Header(HeaderMatch.of(header, match)))));
        return InboundPolicy.compile(
                new InboundConfig(Mtls.PERMISSIVE, List.of(config), ""), null, new FakeClock(), NONE_EXPECTED);
    }
}
