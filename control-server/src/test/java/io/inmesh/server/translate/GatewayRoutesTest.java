package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.server.fixture.Config;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteMatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which routes of the Gateway API a client obeys, and in which order their rules are tried. */
class GatewayRoutesTest {
    private static final String TWO_PORTS = """
            {apiVersion: v1, kind: Service, metadata: {name: echo, namespace: shop}, spec: {ports: [{port: 80, name: http}, {port: 8080, name: http-alt}, {port: 9000, name: tcp}]}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: echo-v2, namespace: shop}, spec: {ports: [{port: 80, name: http}]}}
            """;

    @Test
    void theMostSpecificMatchIsTriedFirstWhateverTheOrderOfRules() throws InvalidProtocolBufferException {
        List<String> ordered = List.of(
                "path: {type: Exact, value: /exact/longer}",
                "path: {type: Exact, value: /exact}",
                "path: {value: /api/v2}, method: GET",
                "path: {value: /api/v2}, headers: [{name: a, value: b}, {name: c, value: d}]",
                "path: {value: /api/v2}, headers: [{name: a, value: b}], queryParams: [{name: x, value: y}]",
                "path: {value: /api/v2}, headers: [{name: e, value: f}]",
                "path: {value: /api/v2}, queryParams: [{name: q, value: r}]",
                "path: {value: /api/v2/}",
                "path: {value: /api}",
                "method: POST",
                "headers: [{name: h, value: i}]",
                "path: {value: /}",
                "path: {type: RegularExpression, value: '/long/.*/expression'}",
                "path: {type: RegularExpression, value: '/.*'}");
        List<RouteMatch> expected = new ArrayList<>();
        for (String match : ordered) {
            expected.add(routes(httpRoute("alone", 0, match)).get(0).getMatch());
        }
        List<String> shuffled = new ArrayList<>(ordered);
        for (int seed = 0; seed < 20; seed++) {
            Collections.shuffle(shuffled, new Random(seed));
            String half = httpRoute("a", seed % 2, shuffled.subList(0, 7).toArray(String[]::new));
            String rest = httpRoute("b", 0, shuffled.subList(7, 14).toArray(String[]::new));

            assertThat(routes(half, rest))
                    .map(Route::getMatch)
                    .as("seed %s", seed)
                    .isEqualTo(expected);
        }
    }

    @Test
    void tiesGoToTheOlderRouteThenByNameThenToTheEarlierRule() throws InvalidProtocolBufferException {
        assertThat(routes(
                        httpRoute("a", 2, "path: {value: /x}", "path: {value: /x}"),
                        httpRoute("c", 1, "path: {value: /x}"),
                        httpRoute("b", 1, "path: {value: /x}")))
                .map(Route::getName)
                .containsExactly("default.b.0", "default.c.0", "default.a.0", "default.a.1");
    }

    @Test
    void grpcRulesAreOrderedByServiceThenMethodThenHeaders() throws InvalidProtocolBufferException {
        assertThat(routes(grpcRoute(
                        "g",
                        "headers: [{name: a, value: b}]",
                        "method: {method: GetTheWholeThing}",
                        "method: {service: a.B, method: Get}",
                        "method: {service: a.B, method: Get}, headers: [{name: a, value: b}]",
                        "method: {service: a.LongerB}",
                        "method: {service: a.B, method: GetAll}")))
                .map(Route::getName)
                .containsExactly(
                        "default.g.4", "default.g.5", "default.g.3", "default.g.2", "default.g.1", "default.g.0");
    }

    @Test
    void grpcRoutesComeBeforeHttpRoutesOnTheSamePort() throws InvalidProtocolBufferException {
        assertThat(routes(httpRoute("h", 0, "path: {value: /x}"), grpcRoute("g", "method: {service: a.B}")))
                .map(Route::getName)
                .containsExactly("default.g.0");
    }

    @Test
    void aRouteSpeaksForThePortAndSectionItNamesElseForAll() throws InvalidProtocolBufferException {
        for (var parent : Map.of(
                        "port: 80", List.of(true, false),
                        "sectionName: http-alt", List.of(false, true),
                        "sectionName: http-alt, port: 80", List.of(false, false),
                        "namespace: shop", List.of(true, true))
                .entrySet()) {
            MeshFixture mesh =
                    MeshFixture.with(TWO_PORTS, shopRoute("r", "shop", parent.getKey(), "{name: echo-v2, port: 80}"));
            List<Boolean> routed = new ArrayList<>();
            for (int port : List.of(80, 8080)) {
                routed.add(names(mesh, port).equals(List.of("shop.r.0")));
            }
            assertThat(routed).as(parent.getKey()).isEqualTo(parent.getValue());
        }
    }

    @Test
    void onOneParentSeveralTimesBySectionEachRuleIsThereOnce() throws InvalidProtocolBufferException {
        MeshFixture mesh = MeshFixture.with(TWO_PORTS, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                spec:
                  parentRefs:
                  - {group: '', kind: Service, name: echo, sectionName: http}
                  - {group: '', kind: Service, name: echo, port: 80}
                  - {group: '', kind: Service, name: echo-v2}
                  rules: [{backendRefs: [{name: echo-v2, port: 80}]}]
                """);

        assertThat(names(mesh, 80)).containsExactly("shop.r.0");
        assertThat(mesh.routes("80").getVirtualHostsList())
                .allSatisfy(host ->
                        assertThat(host.getRoutesList()).map(Route::getName).containsExactly("shop.r.0"));
    }

    @Test
    void consumerRoutesReplaceProducerRoutesForTheirOwnNamespaceOnly() throws InvalidProtocolBufferException {
        MeshFixture mesh = MeshFixture.with(
                TWO_PORTS,
                shopRoute("producer", "shop", "namespace: shop", "{name: echo-v2, namespace: shop, port: 80}"),
                shopRoute("consumer", "desk", "namespace: shop, port: 80", "{name: echo, namespace: shop, port: 80}"));

        assertThat(names(mesh.seenFrom("desk", Map.of()), 80)).containsExactly("desk.consumer.0");
        assertThat(names(mesh.seenFrom("desk", Map.of()), 8080))
                .as("where it has no consumer route")
                .containsExactly("shop.producer.0");
        assertThat(names(mesh.seenFrom("shop", Map.of()), 80)).containsExactly("shop.producer.0");
        assertThat(names(mesh.seenFrom("elsewhere", Map.of()), 80)).containsExactly("shop.producer.0");
    }

    @Test
    void aRouteMayLeadIntoAnotherNamespaceWithoutGrantUnlessTheServiceIsHidden() throws InvalidProtocolBufferException {
        String hidden = """
                {apiVersion: v1, kind: Service, metadata: {name: private, namespace: shop, annotations: {networking.istio.io/exportTo: '.'}}, spec: {ports: [{port: 80, name: http}]}}
                """;
        MeshFixture mesh = MeshFixture.with(
                TWO_PORTS,
                hidden,
                shopRoute("r", "desk", "namespace: shop, port: 80", "{name: echo-v2, namespace: shop, port: 80}"),
                shopRoute("s", "back", "namespace: shop, port: 80", "{name: private, namespace: shop, port: 80}"));

        assertThat(cluster(mesh.seenFrom("desk", Map.of()))).isEqualTo("outbound|80||echo-v2.shop.svc.cluster.local");
        assertThat(cluster(mesh.seenFrom("back", Map.of()))).isEqualTo("unresolved|RefNotPermitted|80|private");
    }

    @Test
    void whereTheCallerCannotSeeTheBackendTheCallFails() throws InvalidProtocolBufferException {
        String hidden = """
                {apiVersion: v1, kind: Service, metadata: {name: private, namespace: shop, annotations: {networking.istio.io/exportTo: '.'}}, spec: {ports: [{port: 80, name: http}]}}
                """;
        MeshFixture mesh = MeshFixture.with(
                TWO_PORTS, hidden, shopRoute("r", "shop", "namespace: shop", "{name: private, port: 80}"));

        assertThat(cluster(mesh.seenFrom("shop", Map.of()))).isEqualTo("outbound|80||private.shop.svc.cluster.local");
        assertThat(cluster(mesh.seenFrom("desk", Map.of())))
                .isEqualTo("unresolved|RefNotPermitted|80|private.shop.svc.cluster.local");
    }

    @Test
    void whatNoRuleMatchesIsNotRoutedByDefault() throws InvalidProtocolBufferException {
        assertThat(routes(httpRoute("r", 0, "path: {type: Exact, value: /only}")))
                .map(r -> r.getMatch().getPath())
                .containsExactly("/only");
    }

    @Test
    void routesOfGatewaysAndOfUnknownServicesChangeNothing() throws InvalidProtocolBufferException {
        String yaml = """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r}
                spec:
                  parentRefs: [{name: edge}, {group: '', kind: Service, name: nobody}]
                  rules: [{backendRefs: [{name: details, port: 9080}]}]
                """;
        assertThat(routes(yaml)).map(Route::getName).containsExactly("default");
    }

    @Test
    void aServiceEntryCanBeAParentAndAHostnameABackend() throws InvalidProtocolBufferException {
        MeshFixture mesh = MeshFixture.of("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: books}
                spec: {hosts: [books.example], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC}
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r}
                spec:
                  parentRefs: [{group: networking.istio.io, kind: ServiceEntry, name: books}]
                  rules: [{backendRefs: [{group: networking.istio.io, kind: Hostname, name: books.example, port: 80}]}]
                """);

        Route route = mesh.routes("80").getVirtualHosts(0).getRoutes(0);
        assertThat(route.getName()).isEqualTo("default.r.0");
        assertThat(route.getRoute().getCluster()).isEqualTo("outbound|80||books.example");
    }

    @Test
    void betweenAVirtualServiceAndARouteTheOlderOneIsObeyedUnlessTheRouteIsAConsumers()
            throws InvalidProtocolBufferException {
        String service = """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v, namespace: shop, creationTimestamp: '2026-01-02T00:00:00Z'}
                spec: {hosts: [echo.shop.svc.cluster.local], exportTo: [%s], http: [{name: vs, route: [{destination: {host: echo}}]}]}
                """;
        String route = """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r, namespace: %s, creationTimestamp: '2026-01-0%sT00:00:00Z'}
                spec:
                  parentRefs: [{group: '', kind: Service, name: echo, namespace: shop}]
                  rules: [{backendRefs: [{name: echo, namespace: shop, port: 80}]}]
                """;
        String everyone = service.formatted("'*'");
        assertThat(names(MeshFixture.with(TWO_PORTS, everyone, route.formatted("shop", 1)), 80))
                .containsExactly("shop.r.0");
        assertThat(names(MeshFixture.with(TWO_PORTS, everyone, route.formatted("shop", 3)), 80))
                .containsExactly("vs");
        assertThat(names(
                        MeshFixture.with(TWO_PORTS, everyone, route.formatted("desk", 3))
                                .seenFrom("desk", Map.of()),
                        80))
                .containsExactly("desk.r.0");
        assertThat(names(
                        MeshFixture.with(TWO_PORTS, service.formatted("'.'"), route.formatted("shop", 1))
                                .seenFrom("shop", Map.of()),
                        80))
                .as("a VirtualService that is not for everyone comes before all")
                .containsExactly("vs");
    }

    @Test
    void aWildcardVirtualServiceGivesWayToARoute() throws InvalidProtocolBufferException {
        String wildcard = """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v}
                spec: {hosts: ['*.default.svc.cluster.local'], http: [{name: vs, directResponse: {status: 200}}]}
                """;
        assertThat(routes(wildcard, httpRoute("r", 3, "path: {value: /}")))
                .map(Route::getName)
                .containsExactly("default.r.0");
    }

    @Test
    void stockGrpcGetsExactPathsAndPlainPrefixesOnly() throws InvalidProtocolBufferException {
        MeshFixture grpc = MeshFixture.of(httpRoute(
                        "r",
                        0,
                        "path: {value: /a.B}",
                        "path: {value: /query}, queryParams: [{name: q, value: r}]",
                        "path: {value: /get}, method: GET",
                        "path: {value: /post}, method: POST"))
                .seenByGrpc();

        assertThat(grpc.routes("outbound|9080||reviews.default.svc.cluster.local")
                        .getVirtualHosts(0)
                        .getRoutesList())
                .map(r -> r.getMatch().getPath()
                        + r.getMatch().getPrefix()
                        + r.getMatch().getHeadersCount())
                .containsExactly("/post0", "/post/0", "/a.B0", "/a.B/0");
    }

    private static String httpRoute(String name, int age, String... matches) {
        return route("HTTPRoute", name, age, matches);
    }

    private static String grpcRoute(String name, String... matches) {
        return route("GRPCRoute", name, 0, matches);
    }

    private static String route(String kind, String name, int day, String... matches) {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: %s
                metadata: {name: %s, creationTimestamp: '2026-01-1%sT00:00:00Z'}
                spec:
                  parentRefs: [{group: '', kind: Service, name: reviews}]
                  rules:
                """.formatted(kind, name, day));
        for (String match : matches) {
            yaml.append("  - {matches: [{").append(match).append("}], backendRefs: [{name: details, port: 9080}]}\n");
        }
        return yaml.toString();
    }

    private static String shopRoute(String name, String namespace, String parent, String backend) {
        return """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: %s, namespace: %s}
                spec:
                  parentRefs: [{group: '', kind: Service, name: echo, %s}]
                  rules: [{backendRefs: [%s]}]
                """.formatted(name, namespace, parent, backend);
    }

    private static List<Route> routes(String... rules) throws InvalidProtocolBufferException {
        return MeshFixture.with(Config.BOOKINFO, String.join("\n---\n", rules))
                .host("reviews")
                .getRoutesList();
    }

    private static List<String> names(MeshFixture mesh, int port) throws InvalidProtocolBufferException {
        return echo(mesh, port).stream().map(Route::getName).toList();
    }

    private static String cluster(MeshFixture mesh) throws InvalidProtocolBufferException {
        return echo(mesh, 80).get(0).getRoute().getCluster();
    }

    private static List<Route> echo(MeshFixture mesh, int port) throws InvalidProtocolBufferException {
        return mesh.routes(Integer.toString(port)).getVirtualHostsList().stream()
                .filter(host -> host.getName().equals("echo.shop.svc.cluster.local:" + port))
                .findFirst()
                .orElseThrow()
                .getRoutesList();
    }
}
