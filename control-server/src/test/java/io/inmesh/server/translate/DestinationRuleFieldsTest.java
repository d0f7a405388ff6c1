package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.tls.UpstreamTlsContext;
import io.inmesh.xds.upstream.HttpProtocolOptions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each field of a traffic policy by what it becomes, and which rule holds for whom. */
class DestinationRuleFieldsTest {
    private static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";

    /** A traffic policy, and what the cluster's text form then contains. */
    static Stream<Arguments> fields() {
        return Stream.of(
                field("{}", "lb_policy: LEAST_REQUEST"),
                field("{}", "connect_timeout { seconds: 10 }"),
                field("{loadBalancer: {simple: RANDOM}}", "lb_policy: RANDOM"),
                field("{loadBalancer: {simple: UNSPECIFIED}}", "lb_policy: LEAST_REQUEST"),
                field(
                        "{loadBalancer: {consistentHash: {httpHeaderName: x}}}",
                        "ring_hash_lb_config { minimum_ring_size { value: 1024 } }"),
                field(
                        "{loadBalancer: {consistentHash: {httpHeaderName: x, maglev: {tableSize: 101}}}}",
                        "maglev_lb_config { table_size { value: 101 } }"),
                field("{connectionPool: {tcp: {maxConnections: 7}}}", "max_connections { value: 7 }"),
                field("{connectionPool: {tcp: {connectTimeout: 30ms}}}", "connect_timeout { nanos: 30000000 }"),
                field("{connectionPool: {http: {http1MaxPendingRequests: 7}}}", "max_pending_requests { value: 7 }"),
                field("{connectionPool: {http: {http2MaxRequests: 7}}}", "max_requests { value: 7 }"),
                field("{connectionPool: {http: {maxRetries: 7}}}", "max_retries { value: 7 }"),
                field(
                        "{retryBudget: {percent: 30, minRetryConcurrency: 1}}",
                        "retry_budget { budget_percent { value: 30.0 } min_retry_concurrency { value: 1 } }"),
                field(
                        "{retryBudget: {minRetryConcurrency: 2, budgetInterval: 5s}}",
                        "min_retry_concurrency { value: 2 } budget_interval { seconds: 5 }"),
                field("{outlierDetection: {consecutive5xxErrors: 7}}", "consecutive_5xx { value: 7 }"),
                field("{outlierDetection: {consecutive5xxErrors: 0}}", "enforcing_consecutive_5xx { }"),
                field(
                        "{outlierDetection: {consecutiveGatewayErrors: 3}}",
                        "consecutive_gateway_failure { value: 3 } enforcing_consecutive_gateway_failure { value: 100 }"),
                field(
                        "{outlierDetection: {interval: 1s, baseEjectionTime: 3m, maxEjectionPercent: 50}}",
                        "interval { seconds: 1 } base_ejection_time { seconds: 180 } max_ejection_percent { value: 50 }"),
                field(
                        "{outlierDetection: {splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 2}}",
                        "consecutive_local_origin_failure { value: 2 }"),
                field("{outlierDetection: {minHealthPercent: 40}}", "healthy_panic_threshold { value: 40.0 }"),
                field("{outlierDetection: {}}", "enforcing_success_rate { }"));
    }

    private static Arguments field(String policy, String expected) {
        return Arguments.of(policy, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void aTrafficPolicyBecomes(String policy, String expected) throws Exception {
        Cluster cluster =
                MeshFixture.of(rule("default", "trafficPolicy: " + policy)).cluster(REVIEWS);

        assertThat(compact(cluster)).contains(expected);
    }

    @Test
    void limitsThatAreNotSetAreTheLargestUnsignedNumberAndNotMinusOne() throws Exception {
        var limits = MeshFixture.of().cluster(REVIEWS).getCircuitBreakers().getThresholds(0);

        assertThat(Integer.toUnsignedLong(limits.getMaxRequests().getValue())).isEqualTo(4294967295L);
        assertThat(Integer.toUnsignedLong(limits.getMaxRetries().getValue())).isEqualTo(4294967295L);
    }

    @Test
    void connectionLifetimesTravelInTheProtocolOptions() throws Exception {
        Cluster cluster = MeshFixture.of(rule(
                        "default",
                        "trafficPolicy: {connectionPool: {tcp: {idleTimeout: 5s, maxConnectionDuration: 60s},"
                                + " http: {maxRequestsPerConnection: 9, h2UpgradePolicy: UPGRADE}}}"))
                .cluster(REVIEWS);
        HttpProtocolOptions options = HttpProtocolOptions.parseFrom(cluster.getTypedExtensionProtocolOptionsOrThrow(
                        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions")
                .getValue());

        assertThat(options.getCommonHttpProtocolOptions().getIdleTimeout().getSeconds())
                .isEqualTo(5);
        assertThat(options.getCommonHttpProtocolOptions()
                        .getMaxConnectionDuration()
                        .getSeconds())
                .isEqualTo(60);
        assertThat(options.getCommonHttpProtocolOptions()
                        .getMaxRequestsPerConnection()
                        .getValue())
                .isEqualTo(9);
        assertThat(options.getExplicitHttpConfig().hasHttp2ProtocolOptions()).isTrue();
    }

    @Test
    void aSubsetReplacesWholeBlocksAndKeepsTheOthers() throws Exception {
        MeshFixture mesh = MeshFixture.of(
                rule(
                        "default",
                        "trafficPolicy: {loadBalancer: {simple: RANDOM}, connectionPool: {tcp: {maxConnections: 7}, http: {maxRetries: 7}}}\n"
                                + "  subsets: [{name: v1, labels: {version: v1}, trafficPolicy: {connectionPool: {tcp: {maxConnections: 8}}}}]"));
        Cluster subset = mesh.cluster("outbound|9080|v1|reviews.default.svc.cluster.local");

        assertThat(subset.getLbPolicy()).isEqualTo(Cluster.LbPolicy.RANDOM);
        assertThat(subset.getCircuitBreakers()
                        .getThresholds(0)
                        .getMaxConnections()
                        .getValue())
                .isEqualTo(8);
        assertThat(Integer.toUnsignedLong(subset.getCircuitBreakers()
                        .getThresholds(0)
                        .getMaxRetries()
                        .getValue()))
                .isEqualTo(4294967295L);
    }

    @Test
    void settingsOfAPortReplaceEverythingAndFallBackToDefaults() throws Exception {
        Cluster cluster = MeshFixture.of(
                        rule(
                                "default",
                                "trafficPolicy: {loadBalancer: {simple: RANDOM}, outlierDetection: {},"
                                        + " portLevelSettings: [{port: {number: 9080}, connectionPool: {tcp: {maxConnections: 5}}}]}"))
                .cluster(REVIEWS);

        assertThat(cluster.getLbPolicy()).isEqualTo(Cluster.LbPolicy.LEAST_REQUEST);
        assertThat(cluster.hasOutlierDetection()).isFalse();
        assertThat(cluster.getCircuitBreakers()
                        .getThresholds(0)
                        .getMaxConnections()
                        .getValue())
                .isEqualTo(5);
    }

    @Test
    void theClientsNamespaceIsAskedFirstThenTheServicesThenTheRoot() throws Exception {
        String client = rule("client", "trafficPolicy: {connectionPool: {tcp: {maxConnections: 1}}}");
        String service = rule("default", "trafficPolicy: {connectionPool: {tcp: {maxConnections: 2}}}");
        String root = rule("istio-system", "trafficPolicy: {connectionPool: {tcp: {maxConnections: 3}}}");

        assertThat(maxConnections(client, service, root)).isEqualTo(1);
        assertThat(maxConnections(service, root)).isEqualTo(2);
        assertThat(maxConnections(root)).isEqualTo(3);
    }

    @Test
    void aRulePrivateToAnotherNamespaceIsNotSeen() throws Exception {
        String hidden = rule("default", "exportTo: [.]\n  trafficPolicy: {connectionPool: {tcp: {maxConnections: 2}}}");

        assertThat(Integer.toUnsignedLong(maxConnections(hidden))).isEqualTo(4294967295L);
    }

    @Test
    void aRuleForTheClientsOwnLabelsIsPreferred() throws Exception {
        String selective = rule(
                        "client",
                        "workloadSelector: {matchLabels: {app: batch}}\n  trafficPolicy: {connectionPool: {tcp: {maxConnections: 9}}}")
                .replace("name: rule", "name: selective");
        MeshFixture mesh = MeshFixture.of(
                selective, rule("client", "trafficPolicy: {connectionPool: {tcp: {maxConnections: 1}}}"));

        assertThat(limit(mesh.seenFrom("client", Map.of("app", "batch")))).isEqualTo(9);
        assertThat(limit(mesh.seenFrom("client", Map.of("app", "other")))).isEqualTo(1);
    }

    @Test
    void rulesOfOneHostAddTheirSubsetsAndTheOldestPolicyHolds() throws Exception {
        String older = rule(
                "default",
                "trafficPolicy: {loadBalancer: {simple: RANDOM}}\n  subsets: [{name: a, labels: {version: v1}}]");
        String younger = rule(
                        "default",
                        "trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}\n  subsets: [{name: b, labels: {version: v2}}]")
                .replace("name: rule", "name: younger");
        MeshFixture mesh = MeshFixture.of(older, younger);

        assertThat(mesh.cluster("outbound|9080|a|reviews.default.svc.cluster.local")
                        .getLbPolicy())
                .isEqualTo(Cluster.LbPolicy.RANDOM);
        assertThat(mesh.cluster("outbound|9080|b|reviews.default.svc.cluster.local")
                        .getLbPolicy())
                .isEqualTo(Cluster.LbPolicy.RANDOM);
    }

    @Test
    void aHashPolicyGoesIntoTheRoutesThatLeadThere() throws Exception {
        MeshFixture mesh = MeshFixture.of(rule(
                "default", "trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: user, ttl: 0s}}}}"));
        var action = mesh.firstRoute().getRoute();

        assertThat(action.getHashPolicy(0).getCookie().getName()).isEqualTo("user");
        assertThat(action.getHashPolicy(0).getCookie().hasTtl()).isTrue();
        assertThat(action.getRetryPolicy().getRetryHostPredicateCount()).isZero();
    }

    @Test
    void withoutTlsSettingsEachEndpointDecidesAndOnlyItsServiceAccountsAreBelieved() throws Exception {
        Cluster cluster = MeshFixture.of().cluster(REVIEWS);
        UpstreamTlsContext tls = UpstreamTlsContext.parseFrom(cluster.getTransportSocketMatches(0)
                .getTransportSocket()
                .getTypedConfig()
                .getValue());

        assertThat(cluster.getTransportSocketMatchesList())
                .extracting(Cluster.TransportSocketMatch::getName)
                .containsExactly("tlsMode-istio", "tlsMode-disabled");
        assertThat(tls.getSni()).isEqualTo("reviews.default.svc.cluster.local");
        assertThat(tls.getCommonTlsContext()
                        .getCombinedValidationContext()
                        .getDefaultValidationContext()
                        .getMatchTypedSubjectAltNamesList())
                .extracting(m -> m.getMatcher().getExact())
                .containsExactly("spiffe://inmesh.local/ns/default/sa/bookinfo-reviews");
    }

    @Test
    void tlsModesChooseTheTransport() throws Exception {
        assertThat(tlsOf("DISABLE").hasTransportSocket()).isFalse();
        assertThat(tlsOf("DISABLE").getTransportSocketMatchesCount()).isZero();
        assertThat(tlsOf("ISTIO_MUTUAL").getTransportSocket().getName()).isEqualTo("envoy.transport_sockets.tls");
        assertThat(tlsOf("SIMPLE").getTransportSocket().getName()).isEqualTo("envoy.transport_sockets.tls");
    }

    private static Cluster tlsOf(String mode) throws Exception {
        return MeshFixture.of(rule("default", "trafficPolicy: {tls: {mode: " + mode + "}}"))
                .cluster(REVIEWS);
    }

    private static int maxConnections(String... rules) throws Exception {
        return limit(MeshFixture.of(rules).seenFrom("client", Map.of()));
    }

    private static int limit(MeshFixture mesh) throws Exception {
        return mesh.cluster(REVIEWS)
                .getCircuitBreakers()
                .getThresholds(0)
                .getMaxConnections()
                .getValue();
    }

    private static String rule(String namespace, String spec) {
        return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: rule, namespace: "
                + namespace + "}\nspec:\n  host: reviews.default.svc.cluster.local\n  " + spec + "\n";
    }

    private static String compact(Cluster cluster) {
        return TextFormat.printer().emittingSingleLine(true).printToString(cluster);
    }
}
