package io.inmesh.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.cluster.Cluster;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.SpreadConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.route.VirtualHost;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of a config, and what survives it. */
final class SnapshotCompilerTest {

    private final FakeClock clock = new FakeClock();
    private final LiveState live = new LiveState(clock);
    private final SnapshotCompiler compiler = new SnapshotCompiler(live, clock, new SeededRandomness(1));
    private @Nullable Snapshot current;

    @Test
    void whatIsEqualStaysTheSameObject() {
        Snapshot before = apply(config("1", cluster("a", 1), cluster("b", 2)));
        Snapshot after = apply(config("2", cluster("a", 1), cluster("b", 2)));
        assertThat(after).isNotSameAs(before);
        assertThat(after.version()).isEqualTo("2");
        assertThat(after.cluster("a")).isSameAs(before.cluster("a"));
        assertThat(after.virtualHost("a")).isSameAs(before.virtualHost("a"));
        assertThat(after.routes()).isSameAs(before.routes());
        assertThat(after.inbound()).isSameAs(before.inbound());
    }

    @Test
    void aChangeOfOneClusterLeavesTheOthersAlone() {
        Snapshot before = apply(config("1", cluster("a", 1), cluster("b", 2)));
        Snapshot after = apply(config("2", cluster("a", 1), cluster("b", 2, 3)));
        assertThat(after.cluster("a")).isSameAs(before.cluster("a"));
        assertThat(after.virtualHost("a")).isSameAs(before.virtualHost("a"));
        assertThat(after.cluster("b")).isNotSameAs(before.cluster("b"));
        VirtualHost host = after.virtualHost("b");
        assertThat(host.routes().get(0).destinations().get(0).cluster()).isSameAs(after.cluster("b"));
        assertThat(host.routes().get(0).retry())
                .as("its rules are not compiled again")
                .isSameAs(before.virtualHost("b").routes().get(0).retry());
    }

    @Test
    void liveStateSurvivesAChangeOfItsCluster() {
        Cluster before = apply(config("1", cluster("a", 1, 2))).cluster("a");
        Endpoint kept = before.endpoints().get(0);
        kept.ejection().set(true);
        kept.begin();
        Cluster after =
                apply(config("2", cluster("a", 1, 3).withService("other"))).cluster("a");
        assertThat(after).isNotSameAs(before);
        assertThat(after.endpoints().get(0)).isSameAs(kept);
        assertThat(after.load()).isSameAs(before.load());
        assertThat(after.limits()).isSameAs(before.limits());
        assertThat(after.outlierDetection()).isSameAs(before.outlierDetection());
        assertThat(after.pick(null))
                .as("still ejected")
                .isSameAs(after.endpoints().get(1));
    }

    @Test
    void clustersOfOneServiceShareARetryBudgetThatTheFirstDecides() {
        Snapshot snapshot = apply(config(
                "1",
                cluster("v1", 1).withService("reviews").withRetryBudget(RetryBudgetConfig.succeeded(0, 1)),
                cluster("v2", 2).withService("reviews").withRetryBudget(RetryBudgetConfig.succeeded(0, 7)),
                cluster("other", 3)));
        assertThat(snapshot.cluster("v1").retryBudget())
                .isSameAs(snapshot.cluster("v2").retryBudget())
                .isNotSameAs(snapshot.cluster("other").retryBudget());
        assertThat(snapshot.cluster("v1").retryBudget().available())
                .as("1 a second for 10 s")
                .isEqualTo(10);
    }

    @Test
    void endpointsThatLeaveAreReported() {
        Snapshot before = apply(config("1", cluster("a", 1, 2), cluster("b", 3)));
        Set<Endpoint> gone = new HashSet<>(before.cluster("b").endpoints());
        gone.add(before.cluster("a").endpoints().get(0));
        Compiled.Ok ok = (Compiled.Ok) compiler.compile(config("2", cluster("a", 2)), before);
        assertThat(new HashSet<>(ok.removed())).isEqualTo(gone);
    }

    @Test
    void aThousandSwapsLeaveNothingBehind() {
        for (int i = 0; i < 1000; i++) {
            apply(config(
                    String.valueOf(i),
                    cluster("fixed", i % 100),
                    cluster("c" + i, i % 100).withService("s" + i)));
        }
        assertThat(live.clusterCount()).isEqualTo(2);
        assertThat(live.serviceCount()).isEqualTo(2);
        assertThat(live.endpointCount()).isEqualTo(2);
        assertThat(current.clusters()).hasSize(2);
    }

    /** Trap 70: what a locality needed goes with it, or stays what it was, however often it comes and goes. */
    @Test
    void aLocalityThatFlapsAThousandTimesLeavesNothingBehind() {
        SpreadConfig weighted = SpreadConfig.DEFAULT.withMode(SpreadConfig.Mode.WEIGHTED);
        EndpointConfig stable = EndpointConfig.of("10.0.0.1", 80).withLocality("eu/a");
        for (int i = 0; i < 1000; i++) {
            EndpointConfig flapping = EndpointConfig.of("10.0.1." + i % 200, 80).withLocality("eu/flap" + i);
            List<EndpointConfig> endpoints = i % 2 == 0 ? List.of(stable, flapping) : List.of(stable);
            Snapshot now = apply(
                    config("" + i, ClusterConfig.of("a").withSpread(weighted).withEndpoints(endpoints)));
            Cluster cluster = now.cluster("a");
            cluster.load().of(i % 2 == 0 ? "eu/flap" + i : "eu/a").start(true);
            cluster.load().of(i % 2 == 0 ? "eu/flap" + i : "eu/a").succeed();
            cluster.load().take();
        }
        assertThat(live.endpointCount()).isEqualTo(1);
        assertThat(current.cluster("a").load().size()).isEqualTo(1);
    }

    @Test
    void aBadConfigChangesNothingAtAll() {
        Snapshot before = apply(config("1", cluster("a", 1)));
        Endpoint endpoint = before.cluster("a").endpoints().get(0);
        MeshConfig bad = MeshConfig.builder()
                .cluster(cluster("a", 2))
                .cluster(cluster("b", 3))
                .cluster(cluster("b", 4))
                .build();
        Compiled compiled = compiler.compile(bad, before);
        assertThat(compiled).isInstanceOf(Compiled.Invalid.class);
        assertThat(live.clusterCount()).isEqualTo(1);
        assertThat(live.endpointCount()).isEqualTo(1);
        assertThat(before.cluster("a").pick(null)).isSameAs(endpoint);
        assertThat(apply(config("2", cluster("a", 1))).cluster("a").endpoints()).containsExactly(endpoint);
    }

    @Test
    void aRouteToAClusterThatDoesNotExistCompilesAndFindsItLater() {
        VirtualHostConfig host = VirtualHostConfig.of("late", RouteConfig.to("late"));
        MeshConfig without = MeshConfig.builder().virtualHost(host).build();
        Snapshot before = apply(without);
        assertThat(destination(before).missing()).isTrue();
        assertThat(destination(before).pick(null)).isNull();
        assertThat(before.clusters()).isEmpty();
        assertThat(apply(without).virtualHost("late")).isSameAs(before.virtualHost("late"));
        Snapshot after = apply(MeshConfig.builder()
                .virtualHost(host)
                .cluster(cluster("late", 1))
                .build());
        assertThat(destination(after)).isSameAs(after.cluster("late"));
        assertThat(destination(apply(without)).missing())
                .as("and loses it again")
                .isTrue();
    }

    private static Cluster destination(Snapshot snapshot) {
        return snapshot.routes()
                .find("late", 80)
                .match(FakeCall.get("/"))
                .destinations()
                .get(0)
                .cluster();
    }

    @Test
    void fiveThousandEndpointsAreReplacedByFiveThousand() {
        apply(config("1", large(0)));
        Compiled.Ok ok = (Compiled.Ok) compiler.compile(config("2", large(5000)), current);
        assertThat(ok.removed()).hasSize(5000);
        assertThat(ok.snapshot().cluster("large").endpoints()).hasSize(5000);
        assertThat(live.endpointCount()).isEqualTo(5000);
    }

    @Test
    void inboundPoliciesAreCompiledAgainOnlyWhenTheyChange() {
        Snapshot before = apply(config("1", cluster("a", 1)));
        MeshConfig strict = MeshConfig.builder()
                .inbound(new InboundConfig(InboundConfig.Mtls.STRICT, List.of(), "test"))
                .build();
        Snapshot after = apply(strict);
        assertThat(after.inbound()).isNotSameAs(before.inbound());
        assertThat(after.inbound().mtls()).isEqualTo(InboundConfig.Mtls.STRICT);
    }

    private static ClusterConfig large(int from) {
        List<EndpointConfig> endpoints = new ArrayList<>();
        for (int i = from; i < from + 5000; i++) {
            endpoints.add(EndpointConfig.of("10.0." + i / 256 + "." + i % 256, 80));
        }
        return ClusterConfig.of("large").withEndpoints(endpoints);
    }

    private Snapshot apply(MeshConfig config) {
        Compiled compiled = compiler.compile(config, current);
        assertThat(compiled).isInstanceOf(Compiled.Ok.class);
        current = ((Compiled.Ok) compiled).snapshot();
        return current;
    }

    /** A config with a virtual host for each cluster, of the same name. */
    private static MeshConfig config(String version, ClusterConfig... clusters) {
        MeshConfig.Builder builder = MeshConfig.builder().version(version);
        for (ClusterConfig cluster : clusters) {
            builder.cluster(cluster);
            builder.virtualHost(VirtualHostConfig.of(cluster.name(), RouteConfig.to(cluster.name())));
        }
        return builder.build();
    }

    private static ClusterConfig cluster(String name, int... lastBytes) {
        ClusterConfig cluster = ClusterConfig.of(name);
        for (int last : lastBytes) {
            cluster = cluster.endpoint("10.0.0." + last, 80);
        }
        return cluster;
    }
}
