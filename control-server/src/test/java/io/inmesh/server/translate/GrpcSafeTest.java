package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.tls.UpstreamTlsContext;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Only what the gRFCs allow reaches a stock gRPC client. */
class GrpcSafeTest {
    private static final String RATINGS = "outbound|9080||ratings.default.svc.cluster.local";

    @Test
    void aTargetIsFoundByEveryNameItMayBeGiven() {
        assertThat(MeshFixture.of()
                        .seenByGrpc()
                        .resources()
                        .all(TypeUrls.LISTENER)
                        .keySet())
                .contains(
                        "ratings:9080",
                        "ratings.default:9080",
                        "ratings.default.svc:9080",
                        "ratings.default.svc.cluster.local:9080");
    }

    @Test
    void anInboundListenerIsMadeForTheVeryAddressThatIsAskedFor() {
        ResourceSet resources = MeshFixture.of().seenByGrpc().resources();

        assertThat(resources.find(TypeUrls.LISTENER, "xds.istio.io/grpc/lds/inbound/10.0.0.1:50051"))
                .isPresent();
        assertThat(resources.find(TypeUrls.LISTENER, "xds.istio.io/grpc/lds/inbound/[::1]:50051"))
                .isPresent();
        assertThat(resources.find(TypeUrls.LISTENER, "xds.istio.io/grpc/lds/inbound/10.0.0.1:99999"))
                .isEmpty();
        assertThat(resources.find(TypeUrls.LISTENER, "xds.istio.io/grpc/lds/inbound/nonsense"))
                .isEmpty();
        assertThat(resources.find(TypeUrls.LISTENER, "unknown:1")).isEmpty();
    }

    @Test
    void routesWithQueryParametersAreLeftOut() throws Exception {
        MeshFixture mesh = MeshFixture.of(rule("match: [{queryParams: {a: {exact: b}}}, {headers: {c: {exact: d}}}]"
                        + "\n    route: [{destination: {host: ratings}}]"))
                .seenByGrpc();

        assertThat(mesh.host("ratings").getRoutesList()).hasSize(1);
        assertThat(mesh.host("ratings").getRoutes(0).getMatch().getHeaders(0).getName())
                .isEqualTo("c");
    }

    @Test
    void onlyFiveRetryConditionsAndFourRetriesSurvive() throws Exception {
        Route route = MeshFixture.of(
                        rule("retries: {attempts: 9, retryOn: '5xx,unavailable,internal', perTryTimeout: 1s}"
                                + "\n    timeout: 2s\n    route: [{destination: {host: ratings}}]"))
                .seenByGrpc()
                .host("ratings")
                .getRoutes(0);

        assertThat(route.getRoute().getRetryPolicy().getRetryOn()).isEqualTo("unavailable,internal");
        assertThat(route.getRoute().getRetryPolicy().getNumRetries().getValue()).isEqualTo(4);
        assertThat(route.getRoute().getRetryPolicy().hasPerTryTimeout()).isFalse();
        assertThat(route.getRoute()
                        .getMaxStreamDuration()
                        .getMaxStreamDuration()
                        .getSeconds())
                .isEqualTo(2);
        assertThat(route.getRoute().hasTimeout()).isFalse();
    }

    @Test
    void aRouteThatAnswersByItselfFailsInsteadOfSlippingThrough() throws Exception {
        Route route = MeshFixture.of(rule("directResponse: {status: 503}"))
                .seenByGrpc()
                .host("ratings")
                .getRoutes(0);

        assertThat(route.hasNonForwardingAction()).isTrue();
    }

    @Test
    void aClusterHasWhatGrpcKnowsAndNothingElse() throws Exception {
        Cluster cluster = MeshFixture.of(
                        destination("loadBalancer: {simple: RANDOM}, outlierDetection: {consecutive5xxErrors: 1},"
                                + " connectionPool: {http: {http2MaxRequests: 5}}"))
                .seenByGrpc()
                .cluster(RATINGS);

        assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.EDS);
        assertThat(cluster.getLbPolicy()).isEqualTo(Cluster.LbPolicy.ROUND_ROBIN);
        assertThat(cluster.hasOutlierDetection()).isFalse();
        assertThat(cluster.getCircuitBreakers()
                        .getThresholds(0)
                        .getMaxRequests()
                        .getValue())
                .isEqualTo(5);
        assertThat(cluster.getTransportSocketMatchesCount()).isZero();
    }

    @Test
    void mutualTlsTakesCertificatesFromTheBootstrapAndChecksTheServersIdentity() throws Exception {
        Cluster cluster = MeshFixture.of(destination("tls: {mode: ISTIO_MUTUAL}"))
                .seenByGrpc()
                .cluster(RATINGS);
        UpstreamTlsContext tls = UpstreamTlsContext.parseFrom(
                cluster.getTransportSocket().getTypedConfig().getValue());

        assertThat(tls.getCommonTlsContext().getTlsCertificateProviderInstance().getInstanceName())
                .isEqualTo("default");
        assertThat(tls.getCommonTlsContext()
                        .getValidationContext()
                        .getMatchTypedSubjectAltNames(0)
                        .getMatcher()
                        .getExact())
                .isEqualTo("spiffe://inmesh.local/ns/default/sa/bookinfo-ratings");
    }

    @Test
    void servicesWhoseEndpointsAllInsistOnTlsGetItWithoutBeingTold() throws Exception {
        String strict = """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default}
                spec: {mtls: {mode: STRICT}}
                """;

        assertThat(MeshFixture.of(strict).seenByGrpc().cluster(RATINGS).hasTransportSocket())
                .isTrue();
        assertThat(MeshFixture.of().seenByGrpc().cluster(RATINGS).hasTransportSocket())
                .isFalse();
    }

    @Test
    void tlsThatAStockClientCannotDoIsNeverReplacedByPlaintext() {
        MeshFixture mesh = MeshFixture.of(destination("tls: {mode: SIMPLE}")).seenByGrpc();

        assertThat(mesh.resources().find(TypeUrls.CLUSTER, RATINGS)).isEmpty();
    }

    @Test
    void permissiveIsPlaintextUnlessTheWorkloadSaysThatItSpeaksTls() throws Exception {
        String name = "xds.istio.io/grpc/lds/inbound/10.0.0.1:50051";
        MeshFixture mesh = MeshFixture.of().seenByGrpc();

        assertThat(mesh.listener(name).getFilterChains(0).getName()).isEqualTo("inbound-plaintext");
        assertThat(mesh.seenFrom("default", Map.of("security.istio.io/tlsMode", "istio"))
                        .listener(name)
                        .getFilterChains(0)
                        .getName())
                .isEqualTo("inbound-mtls");
    }

    private static String rule(String http) {
        return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ratings}\nspec:\n"
                + "  hosts: [ratings]\n  http:\n  - " + http + "\n";
    }

    private static String destination(String policy) {
        return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: ratings}\nspec:\n"
                + "  host: ratings\n  trafficPolicy: {" + policy + "}\n";
    }
}
