package io.inmesh.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.PathMatch;
import io.inmesh.config.RewriteConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteAction.WeightedCluster;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.snapshot.Compiled;
import io.inmesh.snapshot.LiveState;
import io.inmesh.snapshot.Snapshot;
import io.inmesh.snapshot.SnapshotCompiler;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A decision says how it came about. */
final class ExplainerTest {

    private static final ClusterConfig V1 = ClusterConfig.of("reviews-v1")
            .withService("reviews")
            .withTls(new ClientTlsConfig(
                    ClientTlsConfig.Mode.AUTO, Set.of("spiffe://cluster.local/ns/default/sa/reviews"), null))
            .withEndpoints(
                    List.of(EndpointConfig.of("10.0.0.7", 9080).withTls(true), EndpointConfig.of("10.0.0.8", 9080)));

    private static final Snapshot SNAPSHOT = compile(MeshConfig.builder()
            .version("17")
            .cluster(V1)
            .cluster(ClusterConfig.of("empty"))
            .virtualHost(VirtualHostConfig.of(
                    "reviews:9080",
                    RouteConfig.of(
                            "testers",
                            RouteMatch.ANY.header("end-user", StringMatch.exact("jason")),
                            RouteAction.to("empty")),
                    RouteConfig.of(
                            "closed",
                            RouteMatch.path(PathMatch.exact("/closed")),
                            new RouteAction.DirectResponse(503, "closed")),
                    RouteConfig.of(
                                    "canary",
                                    RouteMatch.path(PathMatch.prefix("/reviews")),
                                    new RouteAction.Forward(List.of(
                                            WeightedCluster.of("reviews-v1", 75),
                                            WeightedCluster.of("reviews-v2", 25))))
                            .withTimeout(Duration.ofSeconds(3))
                            .withFault(new FaultConfig(
                                    new FaultConfig.Delay(Duration.ofMillis(100), 5000),
                                    new FaultConfig.Abort(503, -1, 10_000)))
                            .withRewrite(new RewriteConfig("/v1", null, null, "reviews.example.org"))
                            .withOrigin("VirtualService default/reviews")))
            .build());

    @Test
    void theTextTellsTheWholeWay() {
        SNAPSHOT.cluster("reviews-v1").endpoints().get(1).ejection().set(true);
        Explanation explanation = SNAPSHOT.explain(FakeCall.get("/reviews/0").query("a=b"));
        SNAPSHOT.cluster("reviews-v1").endpoints().get(1).ejection().set(false);
        assertThat(explanation).hasToString("""
                        GET http://reviews:9080/reviews/0?a=b
                        => sent to one of 2 clusters, drawn by weight (config 17)
                        virtual host reviews:9080
                          route testers does not match: header end-user is absent and must be "jason"
                          route closed does not match: path is "/reviews/0", and the route wants one that is "/closed"
                          route canary of VirtualService default/reviews matches
                            action: forward
                            timeout: PT3S
                            retries: up to 2 on cancelled, connect-failure, refused-stream, unavailable
                            faults: delay of PT0.1S for 0.5 %, abort with HTTP 503 for 1.0 %
                            path sent: /v1/0
                            authority sent: reviews.example.org
                            cluster reviews-v1, 75.00 % of the calls, least-request: 2 known, 1 ejected, 0 tried
                              limits: no breaker, requests in flight are not limited
                              retry budget: 30 available
                              endpoint 10.0.0.7:9080 may be picked; weight 1, priority 0, 0 in flight, mTLS with spiffe://cluster.local/ns/default/sa/reviews
                              endpoint 10.0.0.8:9080 is ejected; weight 1, priority 0, 0 in flight, plaintext
                            cluster reviews-v2, 25.00 % of the calls: does not exist""");
    }

    @Test
    void theMapTellsTheSame() {
        Explanation explanation = SNAPSHOT.explain(FakeCall.get("/reviews/0"));
        Map<String, Object> map = explanation.toMap();
        assertThat(map)
                .containsEntry("config", "17")
                .containsEntry("virtualHost", "reviews:9080")
                .containsKeys("request", "verdict", "routes", "route");
        assertThat(map.get("routes").toString()).contains("matched=false", "matched=true", "mismatch=header end-user");
        assertThat(map.get("route").toString())
                .contains("cluster=reviews-v1", "percent=75.0", "missing=true", "address=10.0.0.7:9080");
    }

    @Test
    void anUnknownHostIsSaidToPassThrough() {
        assertThat(SNAPSHOT.explain(FakeCall.get("/").to("ratings", 80)).verdict())
                .isEqualTo("passes through untouched: the mesh does not know host ratings");
        assertThat(SNAPSHOT.explain(FakeCall.get("/").to("reviews", 80)).verdict())
                .isEqualTo("passes through untouched: the mesh knows host reviews on port [9080], not on 80");
    }

    @Test
    void aCallThatNoRouteMatchesIsSaidToBeAnswered() {
        assertThat(SNAPSHOT.explain(FakeCall.get("/other")).verdict())
                .isEqualTo("answered 404: none of the 3 routes matches");
        assertThat(SNAPSHOT.explain(FakeCall.get("/closed")).verdict())
                .isEqualTo("answered by route closed: direct response 503");
    }

    @Test
    void aClusterWithoutEndpointsIsSaidToRefuse() {
        assertThat(SNAPSHOT.explain(FakeCall.get("/").header("end-user", "jason"))
                        .verdict())
                .isEqualTo("refused: no endpoint for cluster \"empty\": 0 known, 0 ejected, 0 tried");
    }

    @Test
    void explainingCountsAndChangesNothing() {
        double before = SNAPSHOT.cluster("reviews-v1").retryBudget().available();
        assertThat(SNAPSHOT.explain(FakeCall.get("/reviews"))).isEqualTo(SNAPSHOT.explain(FakeCall.get("/reviews")));
        assertThat(SNAPSHOT.cluster("reviews-v1").retryBudget().available()).isEqualTo(before);
        assertThat(SNAPSHOT.cluster("reviews-v1").load().take()).isEmpty();
    }

    @Test
    void ofManyEndpointsTheFirstAreListedAndAllAreCounted() {
        ClusterConfig large = ClusterConfig.of("large");
        for (int i = 0; i < 200; i++) {
            large = large.endpoint("10.0.0." + i, 80);
        }
        Explanation explanation = compile(MeshConfig.builder()
                        .cluster(large)
                        .virtualHost(VirtualHostConfig.of("reviews", RouteConfig.to("large")))
                        .build())
                .explain(FakeCall.get("/"));
        Explanation.DestinationView view = explanation.route().destinations().get(0);
        assertThat(view.endpoints()).hasSize(Explainer.MOST_ENDPOINTS);
        assertThat(view.choice()).startsWith("200 known");
    }

    @Test
    void eachLocalitySaysWhatItTakesAndWhyItIsSkipped() {
        ClusterConfig zones = ClusterConfig.of("zones")
                .withEndpoints(List.of(
                        EndpointConfig.of("10.0.1.1", 80).withLocality("eu/a"),
                        EndpointConfig.of("10.0.2.1", 80).withLocality("eu/b").withHealth(Health.UNHEALTHY),
                        EndpointConfig.of("10.0.3.1", 80).withLocality("us/a").withPriority(1)));
        Explanation explanation = compile(MeshConfig.builder()
                        .cluster(zones)
                        .virtualHost(VirtualHostConfig.of("reviews", RouteConfig.to("zones")))
                        .build())
                .explain(FakeCall.get("/"));
        assertThat(explanation.toString())
                .contains(
                        "priority 0, locality eu/a takes its endpoints' part of the priority; 70.00 % of the calls, 1 of 1",
                        "priority 0, locality eu/b is skipped: none of its endpoints is usable; 0.00 % of the calls, 0 of 1",
                        "priority 1, locality us/a takes its endpoints' part of the priority; 30.00 % of the calls",
                        "endpoint 10.0.3.1:80 may be picked; weight 1, priority 1, locality us/a");
        assertThat(explanation.toMap().get("route").toString()).contains("locality=eu/b", "percent=30.0");
    }

    private static Snapshot compile(MeshConfig config) {
        FakeClock clock = new FakeClock();
        SnapshotCompiler compiler = new SnapshotCompiler(new LiveState(clock), clock, new SeededRandomness(1));
        return ((Compiled.Ok) compiler.compile(config, null)).snapshot();
    }
}
