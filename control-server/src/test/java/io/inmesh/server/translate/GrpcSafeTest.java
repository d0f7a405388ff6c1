package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.tls.UpstreamTlsContext;
import java.util.List;
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
    void aTargetIsFoundByItsNameInTheMeshsAuthorityAndInNoOther() throws Exception {
        ResourceSet resources = MeshFixture.of().seenByGrpc().resources();
        String name = "xdstp://inmesh.local/envoy.config.listener.v3.Listener/ratings.default:9080";

        assertThat(resources.find(TypeUrls.LISTENER, name).orElseThrow().name()).isEqualTo(name);
        assertThat(
                        resources.find(
                                TypeUrls.LISTENER,
                                "xdstp://inmesh.local/envoy.config.listener.v3.Listener/xds.istio.io/grpc/lds/inbound/%5B::1%5D:50051"))
                .isPresent();
        for (String unknown : List.of(
                name.replace("inmesh.local", "other.example"),
                name.replace("listener.v3.Listener", "cluster.v3.Cluster"),
                name.replace("ratings", "nobody"),
                name + "?zone=a",
                name + "%zz")) {
            assertThat(resources.find(TypeUrls.LISTENER, unknown)).as(unknown).isEmpty();
        }
    }

    @Test
    void whatAListenerOfTheMeshsAuthorityLeadsToIsOfThatAuthority() throws Exception {
        ResourceSet resources = MeshFixture.of().seenByGrpc().resources();
        String authority = "xdstp://inmesh.local/";
        String encoded = "outbound%7C9080%7C%7Cratings.default.svc.cluster.local";

        Listener listener = Listener.parseFrom(
                bytes(resources, TypeUrls.LISTENER, authority + "envoy.config.listener.v3.Listener/ratings:9080"));
        String routes = HttpConnectionManager.parseFrom(
                        listener.getApiListener().getApiListener().getValue())
                .getRds()
                .getRouteConfigName();
        assertThat(routes).isEqualTo(authority + "envoy.config.route.v3.RouteConfiguration/" + encoded);
        String cluster = RouteConfiguration.parseFrom(bytes(resources, TypeUrls.ROUTES, routes))
                .getVirtualHosts(0)
                .getRoutes(0)
                .getRoute()
                .getCluster();
        assertThat(cluster).isEqualTo(authority + "envoy.config.cluster.v3.Cluster/" + encoded);
        String endpoints = Cluster.parseFrom(bytes(resources, TypeUrls.CLUSTER, cluster))
                .getEdsClusterConfig()
                .getServiceName();
        assertThat(endpoints).isEqualTo(authority + "envoy.config.endpoint.v3.ClusterLoadAssignment/" + encoded);
        assertThat(ClusterLoadAssignment.parseFrom(bytes(resources, TypeUrls.ENDPOINTS, endpoints))
                        .getClusterName())
                .isEqualTo(endpoints);
    }

    @Test
    void aResourceHasOneNameInTheMeshsAuthorityAndOneCopyUnderIt() {
        ResourceSet resources = MeshFixture.of().seenByGrpc().resources();
        String clusters = "xdstp://inmesh.local/envoy.config.cluster.v3.Cluster/";
        String name = clusters + "outbound%7C9080%7C%7Cratings.default.svc.cluster.local";

        assertThat(resources.find(TypeUrls.CLUSTER, name).orElseThrow())
                .isSameAs(resources.find(TypeUrls.CLUSTER, name).orElseThrow());
        for (String spelling : List.of(
                name.replace("ratings", "%72atings"),
                name.replace("%7C", "%7c"),
                name.replace("%7C%7C", "%7C|"),
                name.replace(".svc", "%2Esvc"),
                name + "%",
                name + "%FF")) {
            assertThat(resources.find(TypeUrls.CLUSTER, spelling)).as(spelling).isEmpty();
        }
        String listener = "xdstp://inmesh.local/envoy.config.listener.v3.Listener/ratings.default:9080";
        assertThat(resources.find(TypeUrls.LISTENER, listener)).isPresent();
        assertThat(resources.find(TypeUrls.LISTENER, listener.replace(":9080", "%3A9080")))
                .isEmpty();
    }

    @Test
    void copiesGoOverToTheNextStateIfTheirResourceDoes() throws Exception {
        FederatedNames names = new FederatedNames("inmesh.local", null);
        VersionedResource ratings = VersionedResource.of(
                "ratings", Cluster.newBuilder().setName("ratings").build());
        String name = "xdstp://inmesh.local/envoy.config.cluster.v3.Cluster/ratings";
        VersionedResource copy = names.shared(ratings, name);

        FederatedNames next = new FederatedNames("inmesh.local", names);

        assertThat(next.shared(ratings, name)).isSameAs(copy);
        VersionedResource changed = VersionedResource.of(
                "ratings",
                Cluster.newBuilder().setName("ratings").setAltStatName("new").build());
        assertThat(Cluster.parseFrom(next.shared(changed, name).any().getValue())
                        .getAltStatName())
                .isEqualTo("new");
    }

    private static ByteString bytes(ResourceSet resources, String typeUrl, String name) {
        VersionedResource found = resources.find(typeUrl, name).orElseThrow();
        assertThat(found.name()).isEqualTo(name);
        return found.any().getValue();
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
