package io.inmesh.server.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.server.graph.ServiceGraph.Edge;
import io.inmesh.server.graph.ServiceGraph.Kind;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.service.Workload;
import io.inmesh.server.translate.RegisteredWorkloads;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphBuilderTest {

    private static final String REVIEWS = "reviews.default.svc.cluster.local";
    private static final String RATINGS = "ratings.default.svc.cluster.local";
    private static final String EXTERNAL = """
            ---
            {apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: maps, namespace: default},
             spec: {hosts: [maps.example.com], location: MESH_EXTERNAL, resolution: DNS, ports: [{number: 443, name: https, protocol: HTTPS}]}}
            """;

    private final FakeTime time = new FakeTime();
    private final TrafficGraph traffic = new TrafficGraph(time, time, new SimpleMeterRegistry());
    private final List<Workload> registered =
            Workloads.bookinfo().stream().map(RegisteredWorkloads::workload).toList();
    private final Surroundings surroundings = new Surroundings(
            "inmesh.local",
            ServiceIndex.of(
                    Config.view(Config.BOOKINFO, EXTERNAL), registered, RuleSettings.forTrustDomain("inmesh.local")),
            registered);

    @Test
    void edgesLeadFromAVersionOverTheServiceToTheVersionThatAnswered() {
        calls("productpage", "v1", REVIEWS, "default", "reviews", "v1", true, "once.ok.1000000", 30);
        calls("productpage", "v1", REVIEWS, "default", "reviews", "v3", true, "once.ok.1000000", 10);
        ServiceGraph graph = graph("");
        assertThat(graph.edges())
                .extracting(Edge::source, Edge::service, Edge::port, Edge::destination, Edge::health)
                .containsExactly(
                        tuple(
                                "workload:default/productpage/v1",
                                "service:" + REVIEWS,
                                9080,
                                "workload:default/reviews/v1",
                                Health.HEALTHY),
                        tuple(
                                "workload:default/productpage/v1",
                                "service:" + REVIEWS,
                                9080,
                                "workload:default/reviews/v3",
                                Health.HEALTHY));
        assertThat(graph.edges().get(0).mtls()).isEqualTo(1);
        assertThat(node(graph, "service:" + REVIEWS)).satisfies(service -> {
            assertThat(service.name()).isEqualTo("reviews");
            assertThat(service.endpoints()).isEqualTo(3);
            assertThat(service.meshed()).isEqualTo(3);
            assertThat(service.figures()).isNotNull();
        });
        assertThat(node(graph, "workload:default/productpage/v1").identities())
                .containsExactly("default/bookinfo-productpage");
        assertThat(node(graph, "workload:default/reviews/v3").endpoints()).isEqualTo(1);
    }

    @Test
    void routesAndProtocolsOfOneEdgeAreTakenTogether() {
        calls("productpage", "v1", REVIEWS, "one", "reviews", "v1", true, "once.ok.1000000", 3);
        calls("productpage", "v1", REVIEWS, "two", "reviews", "v1", false, "once.ok.1000000", 1);
        assertThat(graph("").edges()).singleElement().satisfies(edge -> {
            assertThat(edge.mtls()).isEqualTo(0.75);
            assertThat(edge.figures().calls().good()).isEqualTo(4);
            assertThat(edge.protocols()).containsExactly("http");
        });
    }

    @Test
    void theLeastHealthyEdgeComesFirst() {
        calls("productpage", "v1", REVIEWS, "default", "reviews", "v1", true, "once.ok.1000000", 1000);
        calls("reviews", "v2", RATINGS, "default", "ratings", "v1", true, "once.failed.1000000", 3);
        calls("reviews", "v2", RATINGS, "default", "ratings", "v1", true, "once.ok.1000000", 7);
        ServiceGraph graph = graph("");
        assertThat(graph.edges()).extracting(Edge::health).containsExactly(Health.FAILING, Health.HEALTHY);
        assertThat(GraphBuilder.build(traffic.read(Duration.ofMinutes(1), all -> true), surroundings, 1))
                .satisfies(cut -> {
                    assertThat(cut.edges()).extracting(Edge::service).containsExactly("service:" + RATINGS);
                    assertThat(cut.omitted()).isEqualTo(1);
                    assertThat(cut.nodes()).hasSize(3);
                });
    }

    @Test
    void callsThatNobodyAnsweredAreAnEdgeThatEndsAtTheService() {
        calls("reviews", "v2", RATINGS, "default", "", "", false, "call.rejected_fault", 5);
        assertThat(graph("").edges()).singleElement().satisfies(edge -> {
            assertThat(edge.destination()).isEmpty();
            assertThat(edge.health()).isEqualTo(Health.FAILING);
            assertThat(edge.mtls()).isNaN();
            assertThat(edge.figures().attempts().total()).isZero();
        });
    }

    @Test
    void hostsAndCallersOutsideOfTheMeshAreShownAsSuch() {
        calls("productpage", "v1", "maps.example.com", "default", "", "", false, "once.ok.1000000", 1);
        traffic.add(
                new Subject.PassedThrough(reporter("productpage", "v1"), "example.org"),
                TrafficGraphTest.counts("once.unknown", 1),
                TrafficGraph.STEP);
        cameIn("productpage", "v1", false, "192.168.1.9");
        ServiceGraph graph = graph("");
        assertThat(graph.nodes())
                .extracting(ServiceGraph.Node::kind)
                .containsExactlyInAnyOrder(
                        Kind.WORKLOAD, Kind.EXTERNAL_SERVICE, Kind.UNKNOWN_HOST, Kind.UNKNOWN_CALLER);
        assertThat(node(graph, "caller:192.168.1.9").kind()).isEqualTo(Kind.UNKNOWN_CALLER);
    }

    @Test
    void aCallerThatReportsIsNotShownTwice() {
        calls("productpage", "v1", REVIEWS, "default", "reviews", "v1", true, "once.ok.1000000", 3);
        cameIn("reviews", "v1", true, "spiffe://inmesh.local/ns/default/sa/bookinfo-productpage");
        calls("reviews", "v2", RATINGS, "default", "ratings", "v1", false, "once.ok.1000000", 3);
        cameIn("ratings", "v1", false, "10.0.0.12");
        assertThat(graph("").edges()).hasSize(2);
    }

    @Test
    void aCallerWithIdentityThatDoesNotReportIsKnownByItsIdentity() {
        String backup = "spiffe://inmesh.local/ns/ops/sa/backup";
        cameIn("ratings", "v1", true, backup);
        ServiceGraph graph = graph("");
        assertThat(graph.edges()).singleElement().satisfies(edge -> {
            assertThat(edge.source()).isEqualTo("identity:" + backup);
            assertThat(edge.mtls()).isEqualTo(1);
        });
        assertThat(node(graph, "identity:" + backup).kind()).isEqualTo(Kind.SILENT_CALLER);
    }

    @Test
    void aCallerOfAnotherMeshIsNotTakenForTheLocalOneOfItsName() {
        calls("productpage", "v1", REVIEWS, "default", "reviews", "v1", true, "once.ok.1000000", 3);
        String partner = "spiffe://partner.example/ns/default/sa/bookinfo-productpage";
        cameIn("reviews", "v1", true, partner);
        assertThat(graph("").edges()).extracting(Edge::source).contains("identity:" + partner);
    }

    @Test
    void aWorkloadThatReportsIsJudgedByItsOwnWordNotByThatOfItsCallers() {
        calls("evil", "v1", RATINGS, "default", "ratings", "v1", true, "once.failed.1000000", 1_000_000);
        cameIn("ratings", "v1", true, "spiffe://inmesh.local/ns/default/sa/bookinfo-evil");
        ServiceGraph graph = graph("");
        assertThat(node(graph, "workload:default/ratings/v1").health()).isEqualTo(Health.HEALTHY);
        assertThat(graph.edges()).singleElement().satisfies(edge -> {
            assertThat(edge.source()).isEqualTo("workload:default/evil/v1");
            assertThat(edge.health()).isEqualTo(Health.FAILING);
        });
    }

    @Test
    void aNamespaceSeesWhatItCallsAndWhoCallsIt() {
        calls("productpage", "v1", REVIEWS, "default", "reviews", "v1", true, "once.ok.1000000", 3);
        traffic.add(
                new Subject.Calls(
                        new Subject.Reporter("other", "tool", new WorkloadVersion("other", "tool", "v1")),
                        "vault.secret.svc.cluster.local",
                        443,
                        "",
                        "default",
                        WorkloadVersion.NOBODY,
                        true,
                        false),
                TrafficGraphTest.ok(1),
                TrafficGraph.STEP);
        assertThat(graph("default").edges()).extracting(Edge::service).containsExactly("service:" + REVIEWS);
        assertThat(graph("other").edges())
                .extracting(Edge::service)
                .containsExactly("service:vault.secret.svc.cluster.local");
        assertThat(graph("secret").edges())
                .as("by the form of the name, as the service is gone")
                .hasSize(1);
        assertThat(graph("nobody").edges()).isEmpty();
    }

    @Test
    void healthFollowsKialisThresholds() {
        assertThat(health(1000, 0, 0)).isEqualTo(Health.HEALTHY);
        assertThat(health(9999, 1, 0)).isEqualTo(Health.HEALTHY);
        assertThat(health(999, 1, 0)).isEqualTo(Health.DEGRADED);
        assertThat(health(90, 10, 0)).isEqualTo(Health.FAILING);
        assertThat(health(100, 0, 9)).isEqualTo(Health.HEALTHY);
        assertThat(health(100, 0, 10)).isEqualTo(Health.DEGRADED);
        assertThat(health(100, 0, 20)).isEqualTo(Health.FAILING);
        assertThat(health(0, 0, 0)).isEqualTo(Health.IDLE);
    }

    @Test
    void workloadThatNobodyCallsIsKnownToBeBehindItsServices() {
        calls("reviews", "v2", RATINGS, "default", "ratings", "v1", true, "once.ok.1000000", 30);
        ServiceGraph graph = graph("");
        assertThat(node(graph, "workload:default/reviews/v2").services()).containsExactly("service:" + REVIEWS);
        assertThat(node(graph, "service:" + RATINGS).services()).isEmpty();
    }

    private static Health health(long good, long failed, long http4xx) {
        long[] cells = new long[Cells.PER_FAMILY];
        cells[Cells.OK] = good;
        cells[Cells.FAILED] = failed;
        cells[Cells.HTTP_4XX] = http4xx;
        return Health.of(Figures.Results.of(cells));
    }

    private ServiceGraph graph(String namespace) {
        return GraphBuilder.build(
                traffic.read(Duration.ofMinutes(1), surroundings.concerning(namespace)), surroundings, 100);
    }

    private static ServiceGraph.Node node(ServiceGraph graph, String id) {
        return graph.nodes().stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private void calls(
            String app,
            String version,
            String host,
            String route,
            String answered,
            String answeredVersion,
            boolean mtls,
            String metric,
            long count) {
        WorkloadVersion who =
                answered.isEmpty() ? WorkloadVersion.NOBODY : new WorkloadVersion("default", answered, answeredVersion);
        traffic.add(
                new Subject.Calls(reporter(app, version), host, 9080, "", route, who, mtls, false),
                TrafficGraphTest.counts(metric, count),
                TrafficGraph.STEP);
    }

    private void cameIn(String app, String version, boolean mtls, String caller) {
        traffic.add(
                new Subject.CameIn(reporter(app, version), 9080, mtls, caller),
                TrafficGraphTest.ok(1),
                TrafficGraph.STEP);
    }

    private static Subject.Reporter reporter(String app, String version) {
        return new Subject.Reporter("default", "bookinfo-" + app, new WorkloadVersion("default", app, version));
    }
}
