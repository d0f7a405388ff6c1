package io.inmesh.server.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.service.Locality;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.Translator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExplainerTest {
    private static final Caller PRODUCTPAGE = new Caller(
            "default", "bookinfo-productpage", Map.of("app", "productpage", "version", "v1"), Locality.UNKNOWN);
    private static final String RULES = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http:
              - match: [{headers: {end-user: {exact: jason}}}]
                route: [{destination: {host: reviews, subset: v2}}]
              - route: [{destination: {host: reviews, subset: v1}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews}
            spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
            """;

    @Test
    void saysWhichRouteMatchedAndWhyTheOthersDidNot() {
        Explanation explanation = explain(RULES, request("reviews:9080", Map.of()));

        assertThat(explanation.outcome())
                .isEqualTo("sent to outbound|9080|v1|reviews.default.svc.cluster.local: 1 of 1 endpoints take it");
        assertThat(steps(explanation, Step.Stage.ROUTE))
                .extracting(Step::taken, Step::reason)
                .containsExactly(
                        tuple(false, "header end-user is absent, wanted exact \"jason\""),
                        tuple(true, "everything it asks for is there"));
        assertThat(steps(explanation, Step.Stage.ROUTE).get(1).source())
                .isEqualTo("/apis/networking.istio.io/v1/namespaces/default/virtual-service/reviews");
        assertThat(steps(explanation, Step.Stage.CLUSTER).get(0).source())
                .isEqualTo("/apis/networking.istio.io/v1/namespaces/default/destination-rule/reviews");
    }

    @Test
    void aHeaderLeadsAnotherWay() {
        assertThat(explain(RULES, request("reviews:9080", Map.of("End-User", "jason")))
                        .outcome())
                .startsWith("sent to outbound|9080|v2|");
    }

    @Test
    void rulesOfHttpRoutesAreNamedAndBackendsThatLeadNowhereToo() {
        String route = """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r}
                spec:
                  parentRefs: [{group: '', kind: Service, name: reviews}]
                  rules:
                  - {name: beta, matches: [{headers: [{name: end-user, value: jason}]}], backendRefs: [{name: nobody, port: 80}]}
                  - {backendRefs: [{name: details, port: 9080}, {name: nobody, port: 80, weight: 2}]}
                """;

        Explanation beta = explain(route, request("reviews:9080", Map.of("end-user", "jason")));
        assertThat(beta.outcome())
                .isEqualTo("answered with 500 by the caller's own side: no backend of the rule can be resolved");
        assertThat(steps(beta, Step.Stage.ROUTE).get(0).subject()).isEqualTo("#0 default.r.beta");
        assertThat(steps(beta, Step.Stage.ROUTE).get(0).source())
                .isEqualTo("/apis/gateway.networking.k8s.io/v1/namespaces/default/httproute/r");

        Explanation other = explain(route, request("reviews:9080", Map.of()));
        assertThat(steps(other, Step.Stage.CLUSTER))
                .extracting(Step::taken, Step::reason)
                .contains(
                        tuple(
                                false,
                                "stands for a backend that leads nowhere (BackendNotFound); its share, weight 2, is answered with 500"));
    }

    @Test
    void endpointsFarFromTheCallerSayWhenTheirTurnIs() {
        String rules = """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: api}
                spec:
                  hosts: [api.example.com]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: STATIC
                  endpoints: [{address: 10.9.0.1, locality: eu/a}, {address: 10.9.0.2, locality: us/a}]
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: api}
                spec: {host: api.example.com, trafficPolicy: {outlierDetection: {interval: 5s}}}
                """;
        MeshState state = new Translator(RuleSettings.forTrustDomain("inmesh.local"))
                .translate(Config.view(rules), List.of(), null);
        Caller caller = new Caller("default", "web", Map.of(), Locality.parse("us/b"));

        assertThat(steps(Explainer.explain(state, caller, request("api.example.com", Map.of())), Step.Stage.ENDPOINT))
                .extracting(Step::subject, Step::reason)
                .containsExactly(
                        tuple("10.9.0.2:80", "HEALTHY, locality us/a"),
                        tuple("10.9.0.1:80", "HEALTHY, locality eu/a, priority 1: only as nearer ones fail"));
    }

    @Test
    void aHostTheMeshDoesNotKnowPassesThrough() {
        assertThat(explain(RULES, request("www.example.com", Map.of())).outcome())
                .startsWith("passes through untouched");
    }

    @Test
    void aSubsetWithoutDestinationRuleIsAClusterThatDoesNotExist() {
        String withoutSubsets = RULES.substring(0, RULES.indexOf("---"));

        assertThat(explain(withoutSubsets, request("reviews:9080", Map.of())).outcome())
                .startsWith("answered with 503");
    }

    @Test
    void saysWhichPolicyOfTheDestinationRefuses() {
        Explanation explanation = explain(RULES + """
                        ---
                        apiVersion: security.istio.io/v1
                        kind: AuthorizationPolicy
                        metadata: {name: closed}
                        spec:
                          selector: {matchLabels: {app: reviews}}
                          action: DENY
                          rules: [{from: [{source: {serviceAccounts: [bookinfo-productpage]}}]}]
                        """, request("reviews", Map.of()));

        assertThat(explanation.outcome()).endsWith("and refused there");
        assertThat(steps(explanation, Step.Stage.AUTHORIZATION))
                .extracting(Step::reason)
                .containsExactly("denied by ns[default]-policy[closed]-rule[0]");
    }

    @Test
    void aClientToldToSpeakPlaintextIsRefusedByAStrictWorkload() {
        Explanation explanation = explain("""
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default}
                spec: {mtls: {mode: STRICT}}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: ratings}
                spec: {host: ratings, trafficPolicy: {tls: {mode: DISABLE}}}
                """, request("ratings:9080", Map.of()));

        assertThat(steps(explanation, Step.Stage.AUTHORIZATION))
                .extracting(Step::reason)
                .containsExactly("the workload takes mutual TLS only");
    }

    @Test
    void saysWhichPolicyLimitsHowMuchTheDestinationTakes() {
        Explanation explanation = explain("""
                apiVersion: inmesh.io/v1alpha1
                kind: InboundTrafficPolicy
                metadata: {name: calm}
                spec:
                  selector: {matchLabels: {app: ratings}}
                  rateLimits: [{name: all, tokens: 100}, {name: each, tokens: 5, per: {header: x-key}, match: {methods: [GET]}}]
                  concurrency: {}
                  minRemaining: 5ms
                """, request("ratings:9080", Map.of()));

        assertThat(steps(explanation, Step.Stage.TRAFFIC_LIMITS))
                .extracting(Step::reason, Step::source)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        "let in unless used up: rate limit \"all\", 100 per 1000 ms; rate limit \"each\", 5 per 1000 ms and"
                                + " x-key value for some requests; concurrency; at least 5ms left",
                        "/apis/inmesh.io/v1/namespaces/default/inbound-traffic-policy/calm"));
    }

    private static List<Step> steps(Explanation explanation, Step.Stage stage) {
        return explanation.steps().stream().filter(s -> s.stage() == stage).toList();
    }

    private static Explanation explain(String rules, Request request) {
        MeshState state = new Translator(RuleSettings.forTrustDomain("inmesh.local"))
                .translate(Config.view(Config.BOOKINFO, rules), Workloads.bookinfo(), null);
        return Explainer.explain(state, PRODUCTPAGE, request);
    }

    private static Request request(String authority, Map<String, String> headers) {
        return new Request("GET", authority, "/reviews/1", headers);
    }
}
