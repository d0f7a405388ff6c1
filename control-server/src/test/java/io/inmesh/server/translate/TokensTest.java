package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import io.inmesh.inbound.Admission;
import io.inmesh.server.rule.IssuerKeys;
import io.inmesh.server.rule.KeySource;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.TestIssuer;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.filter.jwt.JwtAuthentication;
import io.inmesh.xds.filter.jwt.JwtProvider;
import io.inmesh.xds.listener.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RequestAuthentication, and policies about tokens, from YAML to what our own clients decide. */
class TokensTest {
    private static final TestIssuer SHOP = TestIssuer.of("https://shop.example");
    private static final TestIssuer BANK = TestIssuer.rsa("https://bank.example/a");
    private static final KeySource BANK_KEYS = new KeySource(KeySource.Kind.KEY_SET, "https://bank.example/keys");

    private static final IssuerKeys KEYS =
            new IssuerKeys(List.of("https://bank.example/"), Map.of(BANK_KEYS, BANK.keys()));

    @Test
    void tokenIsNotNeededButHasToBeValid() {
        DecisionFixture workload = decisions(shop("default", "{}"));
        assertThat(workload.admit(FakeCall.get("/")).admitted()).isTrue();
        assertThat(workload.admit(bearer(SHOP.token("alice"))).admitted()).isTrue();
        assertThat(rejection(workload.admit(bearer("a.b.c"))).httpStatus()).isEqualTo(401);
        assertThat(rejection(workload.admit(bearer(BANK.token("bob")))).httpStatus())
                .isEqualTo(401);
    }

    @Test
    void rulesOfTheNamespaceAndOfTheRootAreJoinedAndSortedByIssuer() throws Exception {
        MeshFixture mesh = MeshFixture.knowing(
                KEYS,
                shop("default", "{matchLabels: {app: productpage}}"),
                authentication(
                        "istio-system",
                        "bank",
                        "{}",
                        "- {issuer: '" + BANK.name() + "', jwksUri: '" + BANK_KEYS.address() + "'}"),
                authentication("default", "elsewhere", "{matchLabels: {app: ratings}}", "- {issuer: other}"),
                authentication("other", "elsewhere", "{}", "- {issuer: other}"));
        assertThat(issuers(mesh)).containsExactly("https://bank.example/a", "https://shop.example");
        DecisionFixture workload = DecisionFixture.of(mesh);
        assertThat(workload.admit(bearer(SHOP.token("a"))).admitted()).isTrue();
        assertThat(workload.admit(bearer(BANK.token("a"))).admitted()).isTrue();
    }

    @Test
    void issuerWhoseKeysCouldNotBeHadHasNoneAndEveryTokenOfItIsRefused() throws Exception {
        String bank = authentication(
                "default", "bank", "{}", "- {issuer: '" + BANK.name() + "', jwksUri: 'https://bank.example/others'}");
        MeshFixture mesh = MeshFixture.knowing(KEYS, bank);
        assertThat(filter(mesh).getProvidersOrThrow("origins-0").getLocalJwks().getInlineString())
                .isEqualTo(IssuerKeys.NO_KEYS);
        Outcome.Rejection rejection = rejection(DecisionFixture.of(mesh).admit(bearer(BANK.token("a"))));
        assertThat(rejection.httpStatus()).isEqualTo(401);
        assertThat(rejection.message()).contains("no key of the issuer made the signature");
    }

    @Test
    void everyFieldArrives() {
        DecisionFixture workload = decisions(authentication("default", "all", "{}", """
                - issuer: https://shop.example
                  audiences: [productpage]
                  jwks: '%s'
                  fromHeaders: [{name: X-Token, prefix: "Token "}]
                  fromParams: [token]
                  fromCookies: [session]
                  outputPayloadToHeader: X-Payload
                  outputClaimToHeaders: [{header: X-User, claim: user.name}]
                """.formatted(SHOP.keys())));
        String token = SHOP.token("a", Map.of("aud", "productpage", "user", Map.of("name", "Alice")));
        Admission admission = workload.admit(FakeCall.get("/").header("x-token", "Token " + token));
        assertThat(admission.edits().hiddenHeaders()).containsExactlyInAnyOrder("x-token", "x-payload", "x-user");
        assertThat(admission.edits().setHeaders())
                .containsExactly(Map.entry("x-payload", token.split("\\.", -1)[1]), Map.entry("x-user", "Alice"));
        assertThat(workload.admit(FakeCall.get("/").query("token=" + token)).token())
                .isNotNull();
        assertThat(workload.admit(FakeCall.get("/").header("cookie", "session=" + token))
                        .token())
                .isNotNull();
        assertThat(workload.admit(FakeCall.get("/").query("token=" + SHOP.token("a")))
                        .admitted())
                .as("another audience")
                .isFalse();
        assertThat(workload.admit(bearer("nonsense")).admitted())
                .as("another place")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://shop.example/alice | true",
                "https://shop.example/bob | false",
                "https://shop.example/* | true",
                "https://shop.example/al* | true",
                "*/alice | true",
                "*.example/alice | true",
                "*ice | true",
                "https://shop* | false",
                "https://bank* | false",
                "* | true"
            })
    void requestPrincipalIsIssuerAndSubject(String principal, boolean expected) {
        DecisionFixture workload = decisions(
                shop("default", "{}"), policy("ALLOW", "from: [{source: {requestPrincipals: ['" + principal + "']}}]"));
        assertThat(workload.admit(bearer(SHOP.token("alice"))).admitted()).isEqualTo(expected);
        assertThat(workload.admit(FakeCall.get("/")).admitted()).isFalse();
        DecisionFixture not = decisions(
                shop("default", "{}"),
                policy("DENY", "from: [{source: {notRequestPrincipals: ['" + principal + "']}}]"));
        assertThat(not.admit(bearer(SHOP.token("alice"))).admitted()).isEqualTo(expected);
        assertThat(not.admit(FakeCall.get("/")).admitted()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "request.auth.principal | values: ['https://shop.example/alice'] | true",
                "request.auth.audiences | values: [b] | true",
                "request.auth.audiences | values: [d] | false",
                "request.auth.presenter | values: [client] | true",
                "request.auth.claims[groups] | values: [x, admins] | true",
                "request.auth.claims[groups] | values: ['adm*'] | true",
                "request.auth.claims[groups] | notValues: [admins] | false",
                "request.auth.claims[groups] | notValues: [x] | true",
                "request.auth.claims[scope] | values: [write] | true",
                "request.auth.claims[user][name] | values: ['*lice'] | true",
                "request.auth.claims[user][age] | values: ['7'] | false",
                "request.auth.claims[user] | values: ['*'] | false",
                "request.auth.claims[none] | values: ['*'] | false"
            })
    void conditionsAreAboutClaims(String key, String values, boolean expected) {
        DecisionFixture workload =
                decisions(shop("default", "{}"), policy("ALLOW", "when: [{key: '" + key + "', " + values + "}]"));
        String token = SHOP.token(
                "alice",
                Map.of(
                        "aud", List.of("a", "b"),
                        "azp", "client",
                        "groups", List.of("staff", "admins"),
                        "scope", "read write",
                        "user", Map.of("name", "alice", "age", 7)));
        assertThat(workload.admit(bearer(token)).admitted()).isEqualTo(expected);
    }

    @Test
    void stockGrpcServersGetNoFilterTheyDoNotKnowAndRulesInTheirStrictestSense() throws Exception {
        String name = "xds.istio.io/grpc/lds/inbound/0.0.0.0:9080";
        String rule = "from: [{source: {requestPrincipals: ['*']}}]";
        Listener listener = MeshFixture.of(shop("default", "{}"), policy("DENY", rule))
                .seenByGrpc()
                .listener(name);
        assertThat(filters(listener).stream().map(HttpFilter::getName).toList())
                .containsExactly("envoy.filters.http.rbac.deny", "envoy.filters.http.router");
        assertThat(listener.toString()).doesNotContain("jwt_authn");
    }

    private static DecisionFixture decisions(String... rules) {
        return DecisionFixture.of(MeshFixture.of(rules));
    }

    private static Outcome.Rejection rejection(Admission admission) {
        return (Outcome.Rejection) admission.rejection();
    }

    private static FakeCall bearer(String token) {
        return FakeCall.get("/").header("authorization", "Bearer " + token);
    }

    private static String shop(String namespace, String selector) {
        return authentication(
                namespace, "shop", selector, "- {issuer: '" + SHOP.name() + "', jwks: '" + SHOP.keys() + "'}");
    }

    private static String authentication(String namespace, String name, String selector, String rules) {
        return """
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: %s, namespace: %s}
                spec:
                  selector: %s
                  jwtRules:
                %s
                """.formatted(name, namespace, selector, rules.indent(2).stripTrailing());
    }

    private static String policy(String action, String rule) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: default}
                spec: {action: %s, rules: [{%s}]}
                """.formatted(action, rule);
    }

    private static List<String> issuers(MeshFixture mesh) throws Exception {
        List<String> issuers = new ArrayList<>();
        JwtAuthentication filter = filter(mesh);
        for (int i = 0; i < filter.getProvidersCount(); i++) {
            JwtProvider provider = filter.getProvidersOrThrow("origins-" + i);
            issuers.add(provider.getIssuer());
        }
        return issuers;
    }

    private static JwtAuthentication filter(MeshFixture mesh) throws Exception {
        return filters(mesh.listener("inbound")).get(0).getTypedConfig().unpack(JwtAuthentication.class);
    }

    private static List<HttpFilter> filters(Listener listener) throws Exception {
        return listener.getFilterChains(0)
                .getFilters(0)
                .getTypedConfig()
                .unpack(HttpConnectionManager.class)
                .getHttpFiltersList();
    }
}
