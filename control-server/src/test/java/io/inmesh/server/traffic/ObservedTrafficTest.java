package io.inmesh.server.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.EndpointLoadMetricStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObservedTrafficTest {

    private static final WorkloadGroup REVIEWS =
            new WorkloadGroup("default", "bookinfo-reviews", Map.of("app", "reviews", "version", "v1"));
    private static final String PRODUCTPAGE = "spiffe://inmesh.local/ns/default/sa/bookinfo-productpage";

    private final FakeTime time = new FakeTime();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ObservedTraffic traffic = new ObservedTraffic(time, time, meters);

    @Test
    void reportsOfOneFlowAddUpAndTellWhenItWasSeenLast() {
        traffic.inbound(REVIEWS, 9080, Flow.Connection.MTLS, PRODUCTPAGE, 10, 1);
        time.advance(Duration.ofMinutes(30));
        Instant later = time.instant();
        traffic.inbound(REVIEWS, 9080, Flow.Connection.MTLS, PRODUCTPAGE, 5, 0);

        assertThat(traffic.flows())
                .containsExactly(new Flow.Inbound(REVIEWS, 9080, Flow.Connection.MTLS, PRODUCTPAGE, 15, 1, later));
    }

    @Test
    void whatIsOlderThanAnHourIsForgotten() {
        traffic.inbound(REVIEWS, 9080, Flow.Connection.PLAINTEXT, "10.0.0.9", 10, 0);
        traffic.outbound(REVIEWS, 9080, "ratings.default.svc.cluster.local", 4, 4);
        time.advance(Duration.ofMinutes(50));
        traffic.outbound(REVIEWS, 9080, "ratings.default.svc.cluster.local", 1, 0);
        time.advance(Duration.ofMinutes(15));

        assertThat(traffic.flows()).singleElement().isInstanceOfSatisfying(Flow.Outbound.class, flow -> {
            assertThat(flow.requests()).isEqualTo(1);
            assertThat(flow.plaintext()).isZero();
        });
        assertThat(traffic.since()).isEqualTo(time.instant().minus(Duration.ofHours(1)));
    }

    @Test
    void tooManyFlowsPushOutTheOneSeenLongestAgo() {
        traffic.inbound(REVIEWS, 1, Flow.Connection.MTLS, PRODUCTPAGE, 1, 0);
        traffic.inbound(REVIEWS, 2, Flow.Connection.MTLS, PRODUCTPAGE, 1, 0);
        traffic.inbound(REVIEWS, 1, Flow.Connection.MTLS, PRODUCTPAGE, 1, 0);
        for (int i = 0; i < ObservedTraffic.MAX_OF_IDENTITY - 1; i++) {
            traffic.shadowDenied(REVIEWS, "p", "10.0." + i, 1);
        }

        assertThat(traffic.flows()).hasSize(ObservedTraffic.MAX_OF_IDENTITY);
        assertThat(traffic.flows())
                .filteredOn(Flow.Inbound.class::isInstance)
                .extracting(flow -> ((Flow.Inbound) flow).port())
                .containsExactly(1);
        assertThat(meters.counter("inmesh.traffic.flows.evicted").count()).isEqualTo(1);
    }

    @Test
    void hostileReporterPushesOutNothingOfOthers() {
        WorkloadGroup hostile = new WorkloadGroup("default", "mallory", Map.of("app", "x".repeat(200)));
        traffic.inbound(REVIEWS, 1, Flow.Connection.MTLS, PRODUCTPAGE, 1, 0);
        for (int i = 0; i < ObservedTraffic.MAX_OF_IDENTITY + 10; i++) {
            traffic.outbound(hostile, 80, "a" + i, 1, 0);
        }
        assertThat(traffic.flows()).hasSize(ObservedTraffic.MAX_OF_IDENTITY + 1);

        for (int i = 0; i < 20_000; i++) {
            traffic.outbound(hostile, 80, i + "x".repeat(2_000), 1, 0);
        }
        assertThat(traffic.flows().size()).as("long names take more").isLessThan(10_000);
        assertThat(traffic.flows()).anyMatch(flow -> flow.reporter().equals(REVIEWS));
    }

    @Test
    void hostileReportersTogetherPushOutNothingOfOthers() {
        traffic.inbound(REVIEWS, 1, Flow.Connection.MTLS, PRODUCTPAGE, 1, 0);
        for (int who = 0; who < 6; who++) {
            WorkloadGroup hostile = new WorkloadGroup("default", "mallory-" + who, Map.of());
            for (int i = 0; i < ObservedTraffic.MAX_OF_IDENTITY; i++) {
                traffic.outbound(hostile, 80, "a" + i, 1, 0);
            }
        }
        assertThat(traffic.flows())
                .hasSize(ObservedTraffic.MAX_FLOWS)
                .anyMatch(flow -> flow.reporter().equals(REVIEWS));
    }

    @Test
    void hostileCountsAreNoNumbersThatNobodyCouldHaveCounted() {
        for (int i = 0; i < 3; i++) {
            report(
                    "inbound|9080||",
                    metric("inmesh.source|mtls|" + PRODUCTPAGE, Long.MAX_VALUE, Double.POSITIVE_INFINITY));
            report("inbound|9080||", metric("inmesh.source|tls|\u001b[2J", 7, Double.NaN));
            report("inbound|9080||", metric("inmesh.source|plaintext|10.0.0.9", Long.MIN_VALUE, -1));
        }

        long most = 3L << 40;
        assertThat(traffic.flows())
                .extracting(Flow.Inbound.class::cast)
                .extracting(Flow.Inbound::source, Flow.Inbound::requests, Flow.Inbound::refused)
                .containsExactlyInAnyOrder(tuple(PRODUCTPAGE, most, most), tuple("?[2J", 21L, 0L));
    }

    @Test
    void aLoadReportTellsWhatComesInAndWhatGoesOut() {
        report("inbound|9080||", metric("inmesh.source|mtls|" + PRODUCTPAGE, 10, 1));
        report("inbound|9080||", metric("inmesh.source|plaintext|10.0.0.9", 3, 0));
        report("inbound|9080||", metric("inmesh.shadow_denied|ns[default]-policy[p]|10.0.0.9", 2, 0));
        report("outbound|9080|v1|ratings.default.svc.cluster.local", metric("inmesh.plaintext", 4, 0));

        Instant now = time.instant();
        assertThat(traffic.flows())
                .containsExactlyInAnyOrder(
                        new Flow.Inbound(REVIEWS, 9080, Flow.Connection.MTLS, PRODUCTPAGE, 10, 1, now),
                        new Flow.Inbound(REVIEWS, 9080, Flow.Connection.PLAINTEXT, "10.0.0.9", 3, 0, now),
                        new Flow.ShadowDenied(REVIEWS, "ns[default]-policy[p]", "10.0.0.9", 2, now),
                        new Flow.Outbound(REVIEWS, 9080, "ratings.default.svc.cluster.local", 20, 4, now));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "reviews",
                "inbound|70000||",
                "inbound|-1||",
                "inbound|x||",
                "inbound|9080|",
                "sideways|9080||",
                "outbound|9080|v1"
            })
    void aClusterThatMeansNothingHereIsPassedOver(String cluster) {
        report(cluster, metric("inmesh.source|mtls|" + PRODUCTPAGE, 10, 1));

        assertThat(traffic.flows()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "inmesh.source", "inmesh.source|mtls", "inmesh.source|new|x", "cpu|mtls|x", "a|b|c|d"})
    void aMetricThatMeansNothingHereIsPassedOver(String name) {
        report("inbound|9080||", metric(name, 10, 1));
        report("inbound|9080||", metric("inmesh.source|mtls|" + "x".repeat(5_000), 10, 1));
        report("inbound|9080||", metric("inmesh.source|mtls|" + PRODUCTPAGE, -10, 1));

        assertThat(traffic.flows()).isEmpty();
    }

    private void report(String cluster, EndpointLoadMetricStats metric) {
        ReportedTraffic.add(
                traffic,
                REVIEWS,
                ClusterStats.newBuilder()
                        .setClusterName(cluster)
                        .addUpstreamLocalityStats(UpstreamLocalityStats.newBuilder()
                                .setTotalIssuedRequests(20)
                                .addLoadMetricStats(metric))
                        .build());
    }

    private static EndpointLoadMetricStats metric(String name, long requests, double total) {
        return EndpointLoadMetricStats.newBuilder()
                .setMetricName(name)
                .setNumRequestsFinishedWithMetric(requests)
                .setTotalMetricValue(total)
                .build();
    }
}
