package io.inmesh.server.graph;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.EndpointLoadMetricStats;
import io.inmesh.xds.endpoint.UpstreamEndpointStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportedGraphTest {

    private static final Subject.Reporter PRODUCTPAGE = new Subject.Reporter(
            "default", "bookinfo-productpage", new WorkloadVersion("default", "productpage", "v1"));
    private static final String REVIEWS = "outbound|9080|v1|reviews.default.svc.cluster.local";

    private final FakeTime time = new FakeTime();
    private final TrafficGraph graph = new TrafficGraph(time, time, new SimpleMeterRegistry());

    @Test
    void routeWorkloadProtocolAndSecurityAreReadOutOfTheMetadata() {
        report(REVIEWS, group("canary", "default;reviews;v2", true, "grpc", metric("once.ok.1048576", 3)));
        assertThat(entries()).singleElement().satisfies(entry -> {
            assertThat(entry.subject())
                    .isEqualTo(new Subject.Calls(
                            PRODUCTPAGE,
                            "reviews.default.svc.cluster.local",
                            9080,
                            "v1",
                            "canary",
                            new WorkloadVersion("default", "reviews", "v2"),
                            true,
                            true));
            Figures figures = Figures.of(entry.counts());
            assertThat(figures.calls().good()).isEqualTo(3);
            assertThat(figures.attempts().good()).isEqualTo(3);
            assertThat(figures.calls().p50()).isBetween(1.048, 1.311);
        });
    }

    @Test
    void everyResultIsToldApart() {
        report(
                REVIEWS,
                group(
                        "r",
                        "default;reviews;v1",
                        false,
                        "http",
                        metric("once.ok.0", 10),
                        metric("once.http_4xx", 2),
                        metric("attempt.failed.2097152", 6),
                        metric("attempt.http_5xx", 3),
                        metric("attempt.grpc_14", 2),
                        metric("attempt.transport_connect", 1),
                        metric("attempt.cancelled", 1),
                        metric("call.ok.4194304", 4),
                        metric("call.rejected_fault", 2),
                        metric("call.rejected_something_new", 1)));
        Figures figures = figures();
        assertThat(figures.attempts())
                .extracting(
                        Figures.Results::good,
                        Figures.Results::failed,
                        Figures.Results::http4xx,
                        Figures.Results::http5xx,
                        Figures.Results::cancelled,
                        Figures.Results::rejected)
                .containsExactly(10L, 6L, 2L, 3L, 1L, 0L);
        assertThat(figures.attempts().grpc()).containsEntry(14, 2L).hasSize(1);
        assertThat(figures.attempts().transport()).containsEntry("connect", 1L).hasSize(1);
        assertThat(figures.calls().good()).isEqualTo(14);
        assertThat(figures.calls().reasons())
                .containsEntry("fault", 2L)
                .containsEntry("other", 1L)
                .hasSize(2);
        assertThat(ServiceGraph.Edge.retries(figures)).isEqualTo(17 / 14.0 - 1);
    }

    @Test
    void clientsThatKnowLrsOnlyAreInTheGraphWithoutDurations() {
        report(ClusterStats.newBuilder()
                .setClusterName(REVIEWS)
                .addUpstreamLocalityStats(UpstreamLocalityStats.newBuilder()
                        .setTotalIssuedRequests(9)
                        .setTotalSuccessfulRequests(6)
                        .setTotalErrorRequests(2)));
        Figures figures = figures();
        assertThat(figures.calls().good()).isEqualTo(6);
        assertThat(figures.calls().failed()).isEqualTo(2);
        assertThat(figures.calls().p50()).isNaN();
    }

    @Test
    void whatPassedThroughIsKnownByItsHostOnly() {
        report(ClusterStats.newBuilder()
                .setClusterName("PassthroughCluster")
                .addUpstreamLocalityStats(UpstreamLocalityStats.newBuilder()
                        .addLoadMetricStats(metric("inmesh.host|example.com", 4))
                        .addLoadMetricStats(metric("something", 4))));
        assertThat(entries()).singleElement().satisfies(entry -> {
            assertThat(entry.subject()).isEqualTo(new Subject.PassedThrough(PRODUCTPAGE, "example.com"));
            assertThat(Figures.of(entry.counts()).attempts().unknown()).isEqualTo(4);
            assertThat(Figures.of(entry.counts()).attempts().success()).isNaN();
        });
    }

    @Test
    void whoCameInIsReadOutOfClustersOfPorts() {
        report(ClusterStats.newBuilder()
                .setClusterName("inbound|9080||")
                .addUpstreamLocalityStats(UpstreamLocalityStats.newBuilder()
                        .addUpstreamEndpointStats(UpstreamEndpointStats.newBuilder()
                                .setMetadata(Struct.newBuilder()
                                        .putFields("source", text("10.0.0.9"))
                                        .putFields("connection", text("plaintext")))
                                .addLoadMetricStats(metric("once.ok.1000000", 2)))));
        assertThat(entries())
                .extracting(Reading.Entry::subject)
                .containsExactly(new Subject.CameIn(PRODUCTPAGE, 9080, false, "10.0.0.9"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "|||",
                "outbound",
                "outbound|x||h",
                "outbound|-1||h",
                "outbound|99999||h",
                "outbound|1||",
                "outbound|1||h|x",
                "sideways|1||h",
                "inbound|99999999999||"
            })
    void namesThatMakeNoSenseArePassedOver(String cluster) {
        report(cluster, group("r", "a;b;c", false, "http", metric("once.ok.0", 1)));
        assertThat(entries()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "once",
                "once.",
                "once.ok",
                "once.ok.",
                "once.ok.x",
                "once.ok.-5",
                "once.ok.1.2",
                "once.ok.99999999999999999999",
                "twice.ok.1",
                "once.grpc_99",
                "once.NaN",
                "once.ok.NaN"
            })
    void metricsThatMakeNoSenseArePassedOver(String metric) {
        report(REVIEWS, group("r", "a;b;c", false, "http", metric(metric, 1)));
        assertThat(entries()).isEmpty();
    }

    @Test
    void countsThatCannotBeAreCut() {
        report(
                REVIEWS,
                group(
                        "r",
                        "a;b;c",
                        false,
                        "http",
                        metric("once.ok.0", -1),
                        metric("once.ok.1000000", Long.MAX_VALUE),
                        metric("once.ok.1000000", Long.MAX_VALUE)));
        assertThat(figures().calls().good()).isPositive().isLessThanOrEqualTo(Packed.MAX_COUNT);
    }

    @Test
    void valuesThatAreNoNumbersChangeNothing() {
        report(
                REVIEWS,
                group(
                        "r",
                        "a;b;c",
                        false,
                        "http",
                        metric("once.ok.0", 1).toBuilder()
                                .setTotalMetricValue(Double.NaN)
                                .build(),
                        metric("once.ok.0", 1).toBuilder()
                                .setTotalMetricValue(Double.NEGATIVE_INFINITY)
                                .build()));
        assertThat(figures().calls().good()).isEqualTo(2);
    }

    @Test
    void hugeNamesAreNotKept() {
        report("outbound|1||" + "h".repeat(5_000), group("r", "a;b;c", false, "http", metric("once.ok.0", 1)));
        assertThat(entries()).isEmpty();
        report(REVIEWS, group("r".repeat(5_000), "w".repeat(5_000), false, "http", metric("once.ok.0", 1)));
        assertThat(entries()).singleElement().satisfies(entry -> {
            Subject.Calls calls = (Subject.Calls) entry.subject();
            assertThat(calls.route()).isEqualTo("other");
            assertThat(calls.answered()).isEqualTo(new WorkloadVersion("", "other", ""));
        });
    }

    @Test
    void namesDoNotReachTerminalsWithControlCharacters() {
        report("outbound|1||h\u001b[31m", group("r\n", "a;b;\u0007", false, "http", metric("once.ok.0", 1)));
        assertThat(entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.subject().toString()).doesNotContain("\u001b", "\n", "\u0007"));
    }

    @Test
    void aReportOfTooManyGroupsIsCut() {
        UpstreamLocalityStats.Builder locality = UpstreamLocalityStats.newBuilder();
        for (int i = 0; i < 3_000; i++) {
            locality.addUpstreamEndpointStats(group("r" + i, "a;b;c", false, "http", metric("once.ok.0", 1)));
        }
        report(ClusterStats.newBuilder().setClusterName(REVIEWS).addUpstreamLocalityStats(locality));
        assertThat(entries()).hasSize(2_000);
    }

    private void report(String cluster, UpstreamEndpointStats group) {
        report(ClusterStats.newBuilder()
                .setClusterName(cluster)
                .addUpstreamLocalityStats(UpstreamLocalityStats.newBuilder().addUpstreamEndpointStats(group)));
    }

    private void report(ClusterStats.Builder stats) {
        ReportedGraph.add(
                graph,
                PRODUCTPAGE,
                stats.setLoadReportInterval(Duration.newBuilder().setSeconds(10))
                        .build());
    }

    private List<Reading.Entry> entries() {
        return graph.read(java.time.Duration.ofMinutes(1), all -> true).entries();
    }

    private Figures figures() {
        return Figures.of(entries().get(0).counts());
    }

    private static UpstreamEndpointStats group(
            String route, String workload, boolean mtls, String protocol, EndpointLoadMetricStats... metrics) {
        return UpstreamEndpointStats.newBuilder()
                .setMetadata(Struct.newBuilder()
                        .putFields("route", text(route))
                        .putFields("workload", text(workload))
                        .putFields("mtls", Value.newBuilder().setBoolValue(mtls).build())
                        .putFields("protocol", text(protocol)))
                .addAllLoadMetricStats(List.of(metrics))
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static EndpointLoadMetricStats metric(String name, long count) {
        return EndpointLoadMetricStats.newBuilder()
                .setMetricName(name)
                .setNumRequestsFinishedWithMetric(count)
                .build();
    }
}
