package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.route.Route;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which rule holds for whom, in which order, under which names. */
class RoutingTest {
    @Test
    void aServiceIsKnownByAllItsNamesWithAndWithoutPortAndWithATrailingDot() throws Exception {
        assertThat(MeshFixture.of().host("reviews").getDomainsList())
                .containsExactlyInAnyOrder(
                        "reviews", "reviews:9080",
                        "reviews.default", "reviews.default:9080",
                        "reviews.default.svc", "reviews.default.svc:9080",
                        "reviews.default.svc.cluster.local", "reviews.default.svc.cluster.local:9080",
                        "reviews.default.svc.cluster.local.", "reviews.default.svc.cluster.local.:9080");
    }

    @Test
    void clientsOfAnotherNamespaceDoNotGetTheShortestName() throws Exception {
        assertThat(MeshFixture.of().seenFrom("other", Map.of()).host("reviews").getDomainsList())
                .contains("reviews.default")
                .doesNotContain("reviews", "reviews:9080");
    }

    @Test
    void aShortNameBelongsToTheNamespaceOfTheRule() throws Exception {
        MeshFixture mesh = MeshFixture.of("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews, namespace: other}
                spec: {hosts: [reviews.default.svc.cluster.local], http: [{route: [{destination: {host: ratings}}]}]}
                """);

        assertThat(mesh.firstRoute().getRoute().getCluster())
                .isEqualTo("outbound|9080||ratings.other.svc.cluster.local");
    }

    @Test
    void rulesBehindACatchAllDoNotReachTheWire() throws Exception {
        MeshFixture mesh = MeshFixture.of("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews}
                spec:
                  hosts: [reviews]
                  http:
                  - match: [{headers: {end-user: {exact: jason}}}, {uri: {prefix: /x}}]
                    route: [{destination: {host: reviews, subset: v2}}]
                  - route: [{destination: {host: reviews, subset: v1}}]
                  - match: [{uri: {prefix: /never}}]
                    route: [{destination: {host: reviews, subset: v3}}]
                """);

        assertThat(mesh.host("reviews").getRoutesList())
                .extracting(r -> r.getRoute().getCluster().split("\\|")[2])
                .containsExactly("v2", "v2", "v1");
    }

    @Test
    void sourceLabelsDecideWhichClientsGetARule() throws Exception {
        MeshFixture mesh = MeshFixture.of("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews}
                spec:
                  hosts: [reviews]
                  http:
                  - match: [{sourceLabels: {app: productpage}}]
                    route: [{destination: {host: reviews, subset: v2}}]
                """);

        assertThat(mesh.firstRoute().getRoute().getCluster()).contains("|v2|");
        assertThat(mesh.seenFrom("default", Map.of("app", "batch")).firstRoute().getName())
                .isEqualTo("default");
    }

    @Test
    void theOldestOfSeveralVirtualServicesKeepsTheHost() throws Exception {
        String template = """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: %s, creationTimestamp: '%s'}
                spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: %s}}]}]}
                """;
        MeshFixture mesh = MeshFixture.of(
                template.formatted("a", "2026-02-02T00:00:00Z", "younger"),
                template.formatted("b", "2026-01-01T00:00:00Z", "older"));

        assertThat(mesh.host("reviews").getRoutesList())
                .extracting(r -> r.getRoute().getCluster())
                .containsExactly("outbound|9080|older|reviews.default.svc.cluster.local");
    }

    @Test
    void aVirtualServicePrivateToTheClientsNamespaceComesBeforeAPublicOne() throws Exception {
        String template = """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: %s, namespace: %s}
                spec: {hosts: [reviews.default.svc.cluster.local], exportTo: [%s], http: [{name: %s, route: [{destination: {host: reviews.default.svc.cluster.local}}]}]}
                """;
        MeshFixture mesh = MeshFixture.of(
                template.formatted("a", "default", "'*'", "public"), template.formatted("z", "other", ".", "private"));

        assertThat(mesh.seenFrom("other", Map.of()).firstRoute().getName()).isEqualTo("private");
        assertThat(mesh.firstRoute().getName()).isEqualTo("public");
    }

    @Test
    void anExactHostBeatsAWildcard() throws Exception {
        String template = """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: %s}
                spec: {hosts: ['%s'], http: [{name: %s, route: [{destination: {host: reviews}}]}]}
                """;
        MeshFixture mesh = MeshFixture.of(
                template.formatted("a", "*.default.svc.cluster.local", "wildcard"),
                template.formatted("b", "reviews", "exact"));

        assertThat(mesh.firstRoute().getName()).isEqualTo("exact");
        assertThat(mesh.host("details").getRoutes(0).getName()).isEqualTo("wildcard");
    }

    @Test
    void aRuleForGatewaysOnlyDoesNotTouchCallsInsideTheMesh() throws Exception {
        MeshFixture mesh = MeshFixture.of("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: edge}
                spec: {hosts: ['*'], gateways: [edge], http: [{route: [{destination: {host: productpage}}]}]}
                """);

        assertThat(mesh.firstRoute().getName()).isEqualTo("default");
        assertThat(mesh.resources().all(TypeUrls.ROUTES).keySet()).containsExactly("9080");
    }

    @Test
    void aDelegatesRoutesStayWithinWhatTheRootMatches() throws Exception {
        MeshFixture mesh = MeshFixture.of("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: root}
                spec:
                  hosts: [reviews]
                  http:
                  - name: root
                    match: [{uri: {prefix: /reviews}}]
                    timeout: 3s
                    delegate: {name: leaf}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: leaf}
                spec:
                  http:
                  - {name: inside, match: [{uri: {prefix: /reviews/1}}], route: [{destination: {host: reviews, subset: v1}}]}
                  - {name: outside, match: [{uri: {prefix: /other}}], route: [{destination: {host: reviews, subset: v2}}]}
                  - {name: rest, timeout: 1s, route: [{destination: {host: reviews, subset: v3}}]}
                """);
        List<Route> routes = mesh.host("reviews").getRoutesList();

        assertThat(routes).extracting(Route::getName).containsExactly("root-inside", "root-rest");
        assertThat(routes).extracting(r -> r.getMatch().getPrefix()).containsExactly("/reviews/1", "/reviews");
        assertThat(routes)
                .extracting(r -> r.getRoute().getTimeout().getSeconds())
                .containsExactly(3L, 1L);
    }

    @Test
    void aHostThatIsNoServiceIsHeardOnPort80() throws Exception {
        MeshFixture mesh = MeshFixture.of("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: alias}
                spec: {hosts: [alias.example.com], http: [{route: [{destination: {host: reviews}}]}]}
                """);

        assertThat(mesh.routes("80").getVirtualHosts(0).getDomainsList())
                .containsExactly("alias.example.com", "alias.example.com:80");
    }
}
