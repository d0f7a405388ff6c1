package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.ExternalProtocol;
import io.inmesh.config.HeaderNames;
import io.inmesh.inbound.Admission;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.rule.ExtensionProvider;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.semantic.SemanticValidator;
import io.inmesh.server.store.ConfigView;
import io.inmesh.testkit.FakeCall;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpFilter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** CUSTOM policies from YAML to what our own clients decide; nobody answers them here, so what is asked about fails. */
class ExternalAuthorizationTest {
    private static final ExtensionProvider OPA =
            new ExtensionProvider("opa", "ratings.default.svc.cluster.local", 9080, Duration.ofSeconds(1), false, 503);
    private static final ExtensionProvider LENIENT = new ExtensionProvider(
            "lenient", "ratings.default.svc.cluster.local", 9080, Duration.ofSeconds(1), true, 403);
    private static final ExtensionProvider WEB = new ExtensionProvider(
            "web",
            "ratings.default.svc.cluster.local",
            9080,
            Duration.ofSeconds(1),
            false,
            403,
            new ExtensionProvider.Http(
                    "/check",
                    List.of("cookie", "x-*"),
                    new TreeMap<>(Map.of("x-mesh", "ours")),
                    List.of("x-user"),
                    List.of("*-why"),
                    List.of("set-cookie")));
    private static final Map<String, ExtensionProvider> PROVIDERS = Map.of("opa", OPA, "lenient", LENIENT, "web", WEB);

    @Test
    void authorizerThatSpeaksGrpcIsAskedAsTheSettingsSay() {
        ExternalAuthorizerConfig asked =
                decisions(custom("a", "opa", "[{}]")).asked(FakeCall.get("/")).authorizer();
        assertThat(asked)
                .isEqualTo(new ExternalAuthorizerConfig(
                        "opa", "ratings.default.svc.cluster.local", 9080, Duration.ofSeconds(1), false, 503));
    }

    @Test
    void authorizerThatSpeaksHttpIsAskedAsTheSettingsSay() {
        ExternalAuthorizerConfig asked =
                decisions(custom("a", "web", "[{}]")).asked(FakeCall.get("/")).authorizer();
        assertThat(asked)
                .isEqualTo(new ExternalAuthorizerConfig(
                                "web", "ratings.default.svc.cluster.local", 9080, Duration.ofSeconds(1), false, 403)
                        .withProtocol(new ExternalProtocol.Http(
                                "/check",
                                HeaderNames.of(List.of("cookie", "x-*")),
                                List.of(Map.entry("x-mesh", "ours")),
                                HeaderNames.of(List.of("x-user")),
                                HeaderNames.of(List.of("*-why")),
                                HeaderNames.of(List.of("set-cookie")))));
    }

    @Test
    void onlyWhatARuleMatchesIsAskedAbout() {
        DecisionFixture workload = decisions(custom("a", "opa", "[{to: [{operation: {paths: [/admin*]}}]}]"));
        assertThat(workload.admit(FakeCall.get("/")).admitted()).isTrue();
        Outcome.Rejection refused = rejection(workload.admit(FakeCall.get("/admin/x")));
        assertThat(refused.httpStatus()).isEqualTo(503);
        assertThat(refused.message())
                .contains("ratings.default.svc.cluster.local:9080", "policy[a]", "nothing here can ask anybody");
    }

    @Test
    void failOpenIsTheProviders() {
        DecisionFixture workload = decisions(custom("a", "lenient", "[{}]"));
        assertThat(workload.admit(FakeCall.get("/")).admitted()).isTrue();
    }

    @Test
    void policyWithoutRulesAsksAboutNothing() {
        assertThat(decisions(custom("a", "opa", "[]")).admit(FakeCall.get("/")).admitted())
                .isTrue();
    }

    @Test
    void providerThatIsNotThereAnyMoreDeniesEverything() {
        DecisionFixture workload = decisions(custom("a", "gone", "[{to: [{operation: {paths: [/admin]}}]}]"));
        assertThat(rejection(workload.admit(FakeCall.get("/"))).message()).contains("bad-CUSTOM-action");
    }

    @Test
    void twoProvidersForOneWorkloadDenyEverything() {
        DecisionFixture workload = decisions(custom("a", "opa", "[{}]"), custom("b", "lenient", "[{}]"));
        assertThat(rejection(workload.admit(FakeCall.get("/"))).message()).contains("bad-CUSTOM-action");
    }

    @Test
    void severalPoliciesOfOneProviderAreAskedTogether() {
        DecisionFixture workload = decisions(
                custom("a", "opa", "[{to: [{operation: {paths: [/a]}}]}]"),
                custom("b", "opa", "[{to: [{operation: {paths: [/b]}}]}]"));
        assertThat(workload.admit(FakeCall.get("/a")).admitted()).isFalse();
        assertThat(workload.admit(FakeCall.get("/b")).admitted()).isFalse();
        assertThat(workload.admit(FakeCall.get("/c")).admitted()).isTrue();
    }

    @Test
    void filtersStandBeforeThoseOfOtherPolicies() throws Exception {
        MeshFixture mesh = MeshFixture.asking(PROVIDERS, custom("a", "opa", "[{}]"), """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: deny, namespace: default}
                spec: {action: DENY, rules: [{to: [{operation: {paths: [/no]}}]}]}
                """);
        assertThat(filters(mesh))
                .extracting(HttpFilter::getName)
                .startsWith(
                        "envoy.filters.http.rbac.external",
                        "envoy.filters.http.ext_authz",
                        "envoy.filters.http.rbac.deny");
    }

    @Test
    void stockGrpcServersDenyWhatTheyCannotAskAbout() throws Exception {
        MeshFixture mesh = MeshFixture.asking(PROVIDERS, custom("a", "opa", "[{}]"));
        assertThat(RbacFilters.of(mesh.state().rules(), "default", Map.of("app", "productpage"), Personality.GRPC_SAFE))
                .extracting(HttpFilter::getName)
                .containsExactly("envoy.filters.http.rbac.deny");
    }

    @Test
    void unknownProvidersAreRefusedAndTwoReported() {
        ConfigView view = Config.view(
                Config.BOOKINFO,
                custom("a", "opa", "[{}]"),
                custom("b", "lenient", "[{}]"),
                custom("c", "nobody", "[{}]"));
        SemanticValidator validator = new SemanticValidator(
                RuleSettings.forTrustDomain("inmesh.local").asking(PROVIDERS));
        Map<String, List<String>> codes = new TreeMap<>();
        view.byKind("AuthorizationPolicy")
                .forEach(policy -> codes.put(
                        policy.key().name(),
                        validator.validate(policy, view).stream()
                                .map(problem -> problem.code() + " " + problem.fieldPath())
                                .distinct()
                                .toList()));
        assertThat(codes)
                .containsEntry("a", List.of("IM0409 spec.provider.name"))
                .containsEntry("b", List.of("IM0409 spec.provider.name"))
                .containsEntry("c", List.of("IM0408 spec.provider.name", "IM0409 spec.provider.name"));
    }

    @Test
    void providerWhoseServiceIsUnknownIsReportedWithWhatThatMeans() {
        Duration second = Duration.ofSeconds(1);
        Map<String, ExtensionProvider> providers = Map.of(
                "gone", new ExtensionProvider("gone", "opa.default.svc.cluster.local", 9191, second, false, 403),
                "open", new ExtensionProvider("open", "opa.default.svc.cluster.local", 9191, second, true, 403),
                "port", new ExtensionProvider("port", "ratings.default.svc.cluster.local", 1, second, false, 403));
        assertThat(problems(providers, "gone"))
                .containsExactly("IM0104 its service opa.default.svc.cluster.local is not known: until it is, what the"
                        + " policy guards is refused");
        assertThat(problems(providers, "open")).singleElement().asString().endsWith("what the policy guards is open");
        assertThat(problems(providers, "port"))
                .singleElement()
                .asString()
                .startsWith("IM0105")
                .contains("no port 1");
        assertThat(problems(PROVIDERS, "opa")).isEmpty();
    }

    private static List<String> problems(Map<String, ExtensionProvider> providers, String provider) {
        ConfigView view = Config.view(Config.BOOKINFO, custom("a", provider, "[{}]"));
        return new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local").asking(providers))
                .validate(view.byKind("AuthorizationPolicy").get(0), view).stream()
                        .map(problem -> problem.code() + " " + problem.message())
                        .toList();
    }

    private static List<HttpFilter> filters(MeshFixture mesh) throws Exception {
        return mesh.listener("inbound")
                .getFilterChains(0)
                .getFilters(0)
                .getTypedConfig()
                .unpack(HttpConnectionManager.class)
                .getHttpFiltersList();
    }

    private static Outcome.Rejection rejection(Admission admission) {
        assertThat(admission.admitted()).isFalse();
        return (Outcome.Rejection) admission.rejection();
    }

    private static DecisionFixture decisions(String... policies) {
        return DecisionFixture.of(MeshFixture.asking(PROVIDERS, policies));
    }

    private static String custom(String name, String provider, String rules) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: %s, namespace: default}
                spec: {action: CUSTOM, provider: {name: %s}, rules: %s}
                """.formatted(name, provider, rules);
    }
}
