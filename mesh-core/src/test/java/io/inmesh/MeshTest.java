package io.inmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Response;
import io.inmesh.call.Step;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.EjectionReason;
import io.inmesh.observe.MeshObserver;
import io.inmesh.spi.ApplyResult;
import io.inmesh.spi.LoadReport;
import io.inmesh.spi.MeshStatus;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.SeededRandomness;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeshTest {

    private final FakeClock clock = new FakeClock();
    private final FakeScheduler time = new FakeScheduler(clock);
    private final List<String> events = new ArrayList<>();

    @Test
    void leavesHostsItDoesNotKnowAlone() {
        try (Mesh mesh = mesh(config("1", "10.0.0.1"))) {
            assertThat(mesh.outbound(FakeCall.get("/").to("example.com", 443))).isNull();
            assertThat(mesh.outbound(FakeCall.get("/"))).isNotNull();
        }
    }

    @Test
    void refusesToStartWithAWrongConfig() {
        assertThatThrownBy(() -> mesh(twice("reviews")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("config \"bad\" is invalid")
                .hasMessageContaining("reviews");
    }

    @Test
    void aWrongConfigChangesNothing() {
        try (Mesh mesh = mesh(config("1", "10.0.0.1"))) {
            ApplyResult result = mesh.apply(twice("reviews"));

            assertThat(result.applied()).isFalse();
            assertThat(result.problems()).isNotEmpty();
            assertThat(mesh.status().version()).isEqualTo("1");
            assertThat(endpointOf(mesh)).isEqualTo("10.0.0.1:9080");
            assertThat(events).containsExactly("applied 1", "rejected bad");
        }
    }

    @Test
    void aCallKeepsTheConfigItBeganWith() {
        RetryConfig patient = RetryConfig.DEFAULT.withBackoff(Duration.ofSeconds(1), Duration.ofSeconds(1));
        MeshConfig before = config("1", RouteConfig.to("reviews").withRetry(patient), "10.0.0.1");
        try (Mesh mesh = mesh(before)) {
            Dispatch dispatch = mesh.outbound(FakeCall.get("/"));
            Attempt first = (Attempt) dispatch.start();
            mesh.apply(config("2", "10.0.0.2"));

            Step step = dispatch.settle(
                    first, new Outcome.Failure(Outcome.Failure.Kind.CONNECT, false, new Exception("refused")));
            if (step instanceof Step.Wait wait) {
                clock.advanceNanos(wait.delayNanos());
                step = dispatch.resume();
            }

            assertThat(((Attempt) step).endpoint()).hasToString("10.0.0.1:9080");
            assertThat(endpointOf(mesh)).isEqualTo("10.0.0.2:9080");
        }
    }

    @Test
    void tellsAdaptersWhichEndpointsLeft() throws Exception {
        try (Mesh mesh = mesh(config("1", "10.0.0.1", "10.0.0.2"))) {
            List<Endpoint> removed = new ArrayList<>();
            AutoCloseable listening = mesh.onEndpointRemoved(removed::add);
            mesh.onEndpointRemoved(endpoint -> {
                throw new IllegalStateException("listener");
            });
            mesh.onEndpointRemoved(endpoint -> mesh.apply(config("3", "10.0.0.2")));

            mesh.apply(config("2", "10.0.0.2"));
            assertThat(removed).singleElement().hasToString("10.0.0.1:9080");
            assertThat(mesh.status().version()).isEqualTo("3");

            listening.close();
            mesh.apply(config("4", "10.0.0.9"));
            assertThat(removed).hasSize(1);
        }
    }

    @Test
    void returnsEjectedEndpointsByItsOwnSweeps() {
        OutlierDetectionConfig rules = new OutlierDetectionConfig(
                1, 0, false, 0, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(300), 50, 0);
        MeshConfig config = MeshConfig.builder()
                .cluster(ClusterConfig.of("reviews")
                        .endpoint("10.0.0.1", 9080)
                        .endpoint("10.0.0.2", 9080)
                        .withOutlierDetection(rules))
                .virtualHost(VirtualHostConfig.of("reviews:9080", RouteConfig.to("reviews")))
                .build();
        try (Mesh mesh = mesh(config)) {
            Dispatch dispatch = mesh.outbound(FakeCall.get("/"));
            dispatch.settle((Attempt) dispatch.start(), Response.http(500));
            assertThat(ejected(mesh)).isEqualTo(1);
            assertThat(reportedUnusable(mesh))
                    .singleElement()
                    .satisfies(endpoint -> assertThat(endpoint.cause()).isEqualTo(LoadReport.Unusable.Cause.EJECTED))
                    .satisfies(endpoint -> assertThat(endpoint.why()).isEqualTo("1 server errors in a row"));

            time.advance(Duration.ofSeconds(29));
            assertThat(ejected(mesh)).isEqualTo(1);
            assertThat(reportedUnusable(mesh))
                    .as("without traffic, and not for the first time")
                    .hasSize(1);
            time.advance(Duration.ofSeconds(11));
            assertThat(ejected(mesh)).isZero();
            assertThat(reportedUnusable(mesh)).isEmpty();
            assertThat(events).hasSize(3).last().asString().startsWith("returned 10.0.0.");
        }
        time.advance(Duration.ofSeconds(2));
        assertThat(time.pending()).isZero();
    }

    private static List<LoadReport.Unusable> reportedUnusable(Mesh mesh) {
        return mesh.loadReport().clusters().stream()
                .flatMap(cluster -> cluster.unusable().stream())
                .toList();
    }

    @Test
    void countsWhatWasSentSinceItWasAskedLast() {
        try (Mesh mesh = mesh(config("1", "10.0.0.1"))) {
            Dispatch open = mesh.outbound(FakeCall.get("/"));
            open.start();
            for (int status : new int[] {200, 200, 500}) {
                Dispatch dispatch = mesh.outbound(FakeCall.get("/"));
                dispatch.settle((Attempt) dispatch.start(), Response.http(status));
            }
            clock.advance(Duration.ofSeconds(10));

            LoadReport report = mesh.loadReport();
            assertThat(report.period()).isEqualTo(Duration.ofSeconds(10));
            assertThat(report.clusters()).singleElement().satisfies(cluster -> {
                assertThat(cluster.cluster()).isEqualTo("reviews");
                assertThat(cluster.localities()).singleElement().satisfies(share -> {
                    assertThat(share.started()).isEqualTo(4);
                    assertThat(share.succeeded()).isEqualTo(2);
                    assertThat(share.failed()).isEqualTo(1);
                    assertThat(share.inProgress()).isEqualTo(1);
                });
            });

            open.cancel();
            mesh.loadReport();
            assertThat(mesh.loadReport().clusters()).isEmpty();
        }
    }

    @Test
    void saysWhatItBelieves() {
        try (Mesh mesh = mesh(config("1", "10.0.0.1"))) {
            mesh.outbound(FakeCall.get("/")).start();

            MeshStatus status = mesh.status();
            assertThat(status.name()).isEqualTo("productpage.default");
            assertThat(status.version()).isEqualTo("1");
            assertThat(status.appliedAt()).isEqualTo("2026-01-01T00:00:00Z");
            assertThat(status.identity()).isNull();
            assertThat(status.controlPlane()).isNull();
            assertThat(status.clusters()).singleElement().satisfies(cluster -> {
                assertThat(cluster.retryBudget()).isEqualTo(30);
                assertThat(cluster.endpoints().get(0).inFlight()).isEqualTo(1);
            });
        }
    }

    @Test
    void countsInARegistry() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Mesh mesh = Mesh.builder()
                .clock(clock)
                .scheduler(time)
                .meterRegistry(registry)
                .config(config("1", "10.0.0.1", "10.0.0.2"))
                .build()) {
            Dispatch dispatch = mesh.outbound(FakeCall.get("/"));
            dispatch.settle((Attempt) dispatch.start(), Response.http(200));
        }
        assertThat(registry.get("http.client.request.duration").timer().count()).isEqualTo(1);
        assertThat(registry.get("inmesh.endpoints")
                        .tag("state", "healthy")
                        .gauge()
                        .value())
                .isEqualTo(2);
        assertThat(registry.get("inmesh.endpoints.panic").gauge().value()).isZero();
    }

    @Test
    void isReadyOnceThereIsAConfig() {
        try (Mesh mesh = Mesh.builder().clock(clock).scheduler(time).build()) {
            assertThat(mesh.awaitReady(Duration.ZERO)).isFalse();
            mesh.apply(config("1", "10.0.0.1"));
            assertThat(mesh.awaitReady(Duration.ZERO)).isTrue();
        }
    }

    @Test
    void closesOnceAndRefusesCallsAfterwards() {
        Mesh mesh = mesh(config("1", "10.0.0.1"));
        mesh.close();
        mesh.close();

        Step.Done done = (Step.Done) mesh.outbound(FakeCall.get("/")).start();
        assertThat(((Outcome.Rejection) done.outcome()).reason()).isEqualTo(Outcome.Reason.CLOSED);
        assertThat(mesh.awaitReady(Duration.ofDays(1))).isTrue();
    }

    @Test
    void joiningWithoutControlPlaneSaysWhatToAdd() {
        assertThatThrownBy(Mesh::join)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("io.inmesh:mesh-control-client");
    }

    private Mesh mesh(MeshConfig config) {
        return Mesh.builder()
                .clock(clock)
                .randomness(new SeededRandomness(5))
                .scheduler(time)
                .name("productpage")
                .observer(new Recording())
                .config(config)
                .build();
    }

    private static MeshConfig config(String version, String... hosts) {
        return config(version, RouteConfig.to("reviews"), hosts);
    }

    private static MeshConfig config(String version, RouteConfig route, String... hosts) {
        ClusterConfig cluster = ClusterConfig.of("reviews");
        for (String host : hosts) {
            cluster = cluster.endpoint(host, 9080);
        }
        return MeshConfig.builder()
                .version(version)
                .cluster(cluster)
                .virtualHost(VirtualHostConfig.of("reviews:9080", route))
                .build();
    }

    private static MeshConfig twice(String name) {
        return MeshConfig.builder()
                .version("bad")
                .cluster(ClusterConfig.of(name))
                .cluster(ClusterConfig.of(name))
                .build();
    }

    private static String endpointOf(Mesh mesh) {
        Dispatch dispatch = mesh.outbound(FakeCall.get("/"));
        String endpoint = ((Attempt) dispatch.start()).endpoint().toString();
        dispatch.cancel();
        return endpoint;
    }

    private static long ejected(Mesh mesh) {
        return mesh.status().clusters().get(0).endpoints().stream()
                .filter(MeshStatus.EndpointStatus::ejected)
                .count();
    }

    private final class Recording implements MeshObserver {
        @Override
        public void configApplied(String version, long durationNanos) {
            events.add("applied " + version);
        }

        @Override
        public void configRejected(String version, List<String> problems) {
            events.add("rejected " + version);
        }

        @Override
        public void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why) {
            events.add("ejected " + endpoint);
        }

        @Override
        public void returned(Endpoint endpoint) {
            events.add("returned " + endpoint);
        }
    }
}
