package io.inmesh.server.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.translate.Translator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Authorization policies by the decisions they lead to on the inbound side of a workload. */
class AuthorizationDecisionTest {
    private static final Path ISTIO = Path.of("../../shared/istio/authz");
    private static final Map<String, String> HTTPBIN = Map.of("app", "httpbin", "version", "v1");
    private static final String PRINCIPAL = "spiffe://inmesh.local/ns/foo/sa/sleep";

    /** A rule, a request it matches and one it does not. */
    static Stream<Arguments> conditions() {
        return Stream.of(
                Arguments.of(
                        "from: [{source: {principals: [inmesh.local/ns/foo/sa/sleep]}}]",
                        get("/"),
                        over(PRINCIPAL),
                        true),
                Arguments.of(
                        "from: [{source: {principals: [inmesh.local/ns/foo/sa/other]}}]",
                        get("/"),
                        over(PRINCIPAL),
                        false),
                Arguments.of("from: [{source: {principals: ['*/sa/sleep']}}]", get("/"), over(PRINCIPAL), true),
                Arguments.of("from: [{source: {principals: ['*']}}]", get("/"), over(""), false),
                Arguments.of("from: [{source: {principals: ['*']}}]", get("/"), over(PRINCIPAL), true),
                Arguments.of("from: [{source: {notPrincipals: ['*/sa/sleep']}}]", get("/"), over(PRINCIPAL), false),
                Arguments.of("from: [{source: {namespaces: [foo]}}]", get("/"), over(PRINCIPAL), true),
                Arguments.of("from: [{source: {namespaces: [fo]}}]", get("/"), over(PRINCIPAL), false),
                Arguments.of("from: [{source: {namespaces: ['f*']}}]", get("/"), over(PRINCIPAL), true),
                Arguments.of("from: [{source: {notNamespaces: [foo]}}]", get("/"), over(PRINCIPAL), false),
                Arguments.of("from: [{source: {serviceAccounts: [sleep]}}]", get("/"), over(PRINCIPAL), true),
                Arguments.of("from: [{source: {serviceAccounts: [bar/sleep]}}]", get("/"), over(PRINCIPAL), false),
                Arguments.of("from: [{source: {trustDomains: [inmesh.local]}}]", get("/"), over(PRINCIPAL), true),
                Arguments.of("from: [{source: {trustDomains: [inmesh]}}]", get("/"), over(PRINCIPAL), false),
                Arguments.of("from: [{source: {ipBlocks: [10.1.0.0/16]}}]", get("/"), from("10.1.2.3"), true),
                Arguments.of("from: [{source: {ipBlocks: [10.1.0.0/16]}}]", get("/"), from("10.2.2.3"), false),
                Arguments.of("from: [{source: {notIpBlocks: [10.1.2.3]}}]", get("/"), from("10.1.2.3"), false),
                Arguments.of("from: [{source: {ipBlocks: ['fd00::/8']}}]", get("/"), from("fd12::1"), true),
                Arguments.of("to: [{operation: {methods: [GET]}}]", get("/"), over(""), true),
                Arguments.of("to: [{operation: {notMethods: [GET]}}]", get("/"), over(""), false),
                Arguments.of("to: [{operation: {paths: [/a]}}]", get("/a?x=1"), over(""), true),
                Arguments.of("to: [{operation: {paths: ['/a/*']}}]", get("/a/b"), over(""), true),
                Arguments.of("to: [{operation: {paths: ['*/b']}}]", get("/a/b"), over(""), true),
                Arguments.of("to: [{operation: {paths: ['/a/{*}/c']}}]", get("/a/b/c"), over(""), true),
                Arguments.of("to: [{operation: {paths: ['/a/{*}']}}]", get("/a/b/c"), over(""), false),
                Arguments.of("to: [{operation: {paths: ['/a/{**}']}}]", get("/a/b/c"), over(""), true),
                Arguments.of("to: [{operation: {notPaths: [/a]}}]", get("/a"), over(""), false),
                Arguments.of("to: [{operation: {hosts: [HTTPBIN]}}]", get("/"), over(""), true),
                Arguments.of("to: [{operation: {ports: ['8080']}}]", get("/"), over(""), true),
                Arguments.of("to: [{operation: {ports: ['8081']}}]", get("/"), over(""), false),
                Arguments.of("when: [{key: 'request.headers[X-User]', values: [jason]}]", get("/"), over(""), true),
                Arguments.of("when: [{key: 'request.headers[x-none]', values: ['*']}]", get("/"), over(""), false),
                Arguments.of("when: [{key: 'request.headers[x-user]', notValues: [jason]}]", get("/"), over(""), false),
                Arguments.of("when: [{key: source.namespace, values: [foo]}]", get("/"), over(PRINCIPAL), true),
                Arguments.of("when: [{key: destination.port, values: ['8080']}]", get("/"), over(""), true),
                Arguments.of("when: [{key: request.auth.principal, values: ['*']}]", get("/"), over(PRINCIPAL), false),
                Arguments.of("when: [{key: experimental.envoy.filters.a, values: ['*']}]", get("/"), over(""), false));
    }

    @ParameterizedTest(name = "{0} → {3}")
    @MethodSource("conditions")
    void anAllowRuleMatches(String rule, Request request, Connection connection, boolean expected) {
        assertThat(decide(policy("ALLOW", "- " + rule), request, connection).allowed())
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} → {3}")
    @MethodSource("conditions")
    void aDenyRuleIsTheOppositeUnlessItCannotBeEvaluated(
            String rule, Request request, Connection connection, boolean expected) {
        boolean evaluable = !rule.contains("experimental");

        assertThat(decide(policy("DENY", "- " + rule), request, connection).allowed())
                .isEqualTo(evaluable && !expected);
    }

    @Test
    void aPolicyWithoutRulesAllowsNothing() {
        assertThat(decide(policy("ALLOW", "[]"), get("/"), over(PRINCIPAL)).allowed())
                .isFalse();
    }

    @Test
    void anEmptyRuleMatchesEverything() {
        assertThat(decide(policy("ALLOW", "[{}]"), get("/"), over("")).allowed())
                .isTrue();
        assertThat(decide(policy("DENY", "[{}]"), get("/"), over("")).allowed()).isFalse();
    }

    @Test
    void withoutAnyPolicyEveryoneMayCall() {
        assertThat(decide("", get("/"), over("")).allowed()).isTrue();
    }

    @Test
    void aPolicyOfTheRootNamespaceHoldsEverywhere() {
        String policy = policy("DENY", "[{}]").replace("namespace: foo", "namespace: istio-system");

        assertThat(decide(policy, get("/"), over("")).allowed()).isFalse();
    }

    @Test
    void aDryRunDecidesNothing() {
        String policy = policy("DENY", "[{}]").replace("name: p", "name: p, annotations: {istio.io/dry-run: 'true'}");

        assertThat(decide(policy, get("/"), over("")).allowed()).isTrue();
    }

    @Test
    void withoutATokenARuleThatNeedsOneDoesNotMatch() {
        String rule = "- from: [{source: {requestPrincipals: ['*']}}]";

        assertThat(decide(policy("ALLOW", rule), get("/"), over(PRINCIPAL)).allowed())
                .isFalse();
        assertThat(decide(policy("DENY", rule), get("/"), over(PRINCIPAL)).allowed())
                .isTrue();
        String none = "- from: [{source: {notRequestPrincipals: ['*']}}]";
        assertThat(decide(policy("DENY", none), get("/"), over(PRINCIPAL)).allowed())
                .isFalse();
    }

    @Test
    void whereTokensAreVerifiedItSaysThatTheRequestHasNone() {
        String tokens = "apiVersion: security.istio.io/v1\nkind: RequestAuthentication\n"
                + "metadata: {name: t, namespace: foo}\nspec: {jwtRules: [{issuer: a}]}\n---\n";
        Authorization.Decision decision = decide(tokens + policy("ALLOW", "[{}]"), get("/"), over(PRINCIPAL));
        assertThat(decision.remarks())
                .containsExactly("tokens are verified here; this is said of a request without one");
        assertThat(decide(policy("ALLOW", "[{}]"), get("/"), over(PRINCIPAL)).remarks())
                .isEmpty();
    }

    @Test
    void denyBeatsAllowAndTheReasonNamesThePolicy() {
        String both = istio("deny-and-allow-in.yaml");

        Authorization.Decision denied = decide(both, get("/"), over("spiffe://deny"));
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.reason()).contains("ns[foo]-policy[httpbin-deny]-rule[0]");
        assertThat(decide(both, get("/"), over("spiffe://allow")).allowed()).isTrue();
        assertThat(decide(both, get("/"), over("spiffe://someone")).allowed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"allow-empty-rule-in.yaml", "dry-run-allow-and-deny-in.yaml"})
    void istiosOwnFilesThatLeaveTheWorkloadOpen(String file) {
        assertThat(decide(istio(file), get("/any"), over("")).allowed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "allow-nil-rule-in.yaml",
                "deny-empty-rule-in.yaml",
                "single-policy-in.yaml",
                "simple-policy-principal-with-wildcard-in.yaml",
                "allow-full-rule-in.yaml"
            })
    void istiosOwnFilesThatRefuseAStranger(String file) {
        assertThat(decide(istio(file), get("/any"), over("")).allowed()).isFalse();
    }

    @Test
    void istiosFileOfSeveralPoliciesAllowsWhatAnyOfThemAllows() {
        String file = istio("multiple-policies-in.yaml");

        assertThat(decide(file, get("/any"), over("")).allowed()).isTrue();
        assertThat(decide(file, request("PUT", "/v1"), over("")).allowed()).isTrue();
        assertThat(decide(file, request("PUT", "/v3"), over("")).allowed()).isFalse();
    }

    @Test
    void istiosWildcardPrincipalsAskForAnyIdentityAtAll() {
        assertThat(decide(istio("simple-policy-principal-with-wildcard-in.yaml"), get("/"), over(PRINCIPAL))
                        .allowed())
                .isTrue();
    }

    @Test
    void theClientBehindForwardersIsJudgedAndNamed() {
        String file =
                policy("DENY", "[{from: [{source: {remoteIpBlocks: [203.0.113.0/24]}}]}]") + forwarders("hops: 1");
        Authorization.Decision banned = decide(file, forwardedFor("198.51.100.1, 203.0.113.7"), over(""));
        assertThat(banned.allowed()).isFalse();
        assertThat(banned.remarks()).contains("the client is 203.0.113.7, by X-Forwarded-For");
        assertThat(decide(file, forwardedFor("203.0.113.7, 198.51.100.1"), over(""))
                        .allowed())
                .isTrue();
        Authorization.Decision unreadable = decide(file, forwardedFor("unknown"), over(""));
        assertThat(unreadable.allowed()).isFalse();
        assertThat(unreadable.reason()).contains("400").contains("\"unknown\" in X-Forwarded-For is no IP address");
    }

    @Test
    void forwardersKnownByAddressAreSkipped() {
        String file = policy("ALLOW", "[{from: [{source: {remoteIpBlocks: ['2001:db8::/32']}}]}]")
                + forwarders("ipBlocks: [10.0.0.0/8]");
        assertThat(decide(file, forwardedFor("[2001:db8::7]:4711, 10.1.1.1"), over(""))
                        .allowed())
                .isTrue();
        assertThat(decide(file, forwardedFor("2001:db8::7, 203.0.113.7, 10.1.1.1"), over(""))
                        .allowed())
                .isFalse();
    }

    private static Request forwardedFor(String header) {
        return new Request("GET", "httpbin", "/", Map.of("X-Forwarded-For", header));
    }

    private static String forwarders(String forwarders) {
        return "---\napiVersion: inmesh.io/v1alpha1\nkind: InboundTrafficPolicy\nmetadata: {name: f, namespace: foo}\n"
                + "spec: {forwarders: {" + forwarders + "}}\n";
    }

    private static Authorization.Decision decide(String yaml, Request request, Connection connection) {
        MeshState state = new Translator(RuleSettings.forTrustDomain("inmesh.local"))
                .translate(Config.view(yaml), List.of(), null);
        ClientContext workload = new ClientContext("foo", HTTPBIN, "foo.svc.cluster.local", Personality.FULL);
        return Inbound.decide(state, workload, request, connection);
    }

    private static String policy(String action, String rules) {
        return "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: foo}\n"
                + "spec:\n  action: " + action + "\n  rules:" + (rules.startsWith("-") ? "\n  " : " ") + rules + "\n";
    }

    private static String istio(String file) {
        Assumptions.assumeTrue(Files.exists(ISTIO.resolve(file)), "Istio's files are not here");
        return Config.read(ISTIO.resolve(file));
    }

    private static Request get(String path) {
        return request("GET", path);
    }

    private static Request request(String method, String path) {
        return new Request(method, "httpbin", path, Map.of("x-user", "jason"));
    }

    private static Connection over(String principal) {
        return new Connection(principal, "127.0.0.1", "127.0.0.1", 8080, "");
    }

    private static Connection from(String address) {
        return new Connection("", address, "127.0.0.1", 8080, "");
    }
}
