package io.inmesh.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Call;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HashKeyConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.snapshot.Compiled;
import io.inmesh.snapshot.LiveState;
import io.inmesh.snapshot.Snapshot;
import io.inmesh.snapshot.SnapshotCompiler;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of the key of a call. */
final class KeyExplainerTest {

    private static final Call CALL = FakeCall.get("/")
            .to("reviews", 9080)
            .header("authorization", "Bearer secret")
            .header("user", "jason");

    private static Snapshot snapshot(HashKeyConfig key) {
        FakeClock clock = new FakeClock();
        MeshConfig config = MeshConfig.builder()
                .cluster(ClusterConfig.of("reviews")
                        .endpoint("10.0.0.1", 9080)
                        .endpoint("10.0.0.2", 9080)
                        .withLoadBalancer(LoadBalancer.RING_HASH))
                .virtualHost(VirtualHostConfig.of(
                        "reviews:9080", RouteConfig.to("reviews").withHashOn(List.of(key))))
                .build();
        return ((Compiled.Ok) new SnapshotCompiler(new LiveState(clock), clock, new SeededRandomness(1))
                        .compile(config, null))
                .snapshot();
    }

    private static String key(Snapshot snapshot) {
        return String.valueOf(
                snapshot.explain(CALL).route().destinations().get(0).key());
    }

    @Test
    void namesTheOwnerAndWhyAnotherIsTaken() {
        Snapshot snapshot = snapshot(new HashKeyConfig.Header("authorization", false));
        String usual = key(snapshot);
        assertThat(usual)
                .matches("header authorization \\([0-9a-f]{4}\\) belongs to 10.0.0.[12]:9080")
                .doesNotContain("secret");
        Endpoint owner = snapshot.cluster("reviews").endpoints().stream()
                .filter(endpoint -> usual.endsWith(endpoint.toString()))
                .findFirst()
                .orElseThrow();
        owner.ejection().set(true);
        assertThat(key(snapshot))
                .startsWith(usual + ", which is ejected, so 10.0.0.")
                .endsWith(":9080 is taken");
        assertThat(snapshot.explain(CALL).toString()).contains("key: header authorization");
        assertThat(snapshot.explain(CALL).toMap().toString()).contains("key=header authorization");
    }

    @Test
    void saysWhenChanceDecides() {
        assertThat(key(snapshot(new HashKeyConfig.Header("x", false))))
                .isEqualTo("none, so a random endpoint is taken");
        assertThat(key(snapshot(new HashKeyConfig.Cookie("session", Duration.ZERO, "", List.of(), false))))
                .isEqualTo("cookie session, which a new cookie is made for, so a random endpoint is taken");
    }
}
