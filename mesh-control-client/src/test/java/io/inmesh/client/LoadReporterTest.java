package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.grpc.Status;
import io.inmesh.cluster.ClusterLoad.LocalityShare;
import io.inmesh.inbound.SourceShare;
import io.inmesh.spi.LoadReport;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.EndpointLoadMetricStats;
import io.inmesh.xds.endpoint.UpstreamEndpointStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import io.inmesh.xds.load.LoadStatsRequest;
import io.inmesh.xds.load.LoadStatsResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Load reports (LRS): when the server asks for them, and saying what the mesh counted. */
final class LoadReporterTest {

    @TempDir
    Path folder;

    @Test
    void reportsAsOftenAsTheServerAsks() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            var stream = joined.nextLoadStream();
            LoadStatsRequest first = FakeControlPlane.next(stream.requests);
            assertThat(first.getNode().getCluster()).isEqualTo("reviews.default");
            assertThat(first.getClusterStatsList())
                    .as("nothing was asked for yet")
                    .isEmpty();
            ask(joined, stream, 7);
            joined.mesh.time.advance(java.time.Duration.ofMillis(6_999));
            assertThat(stream.requests).isEmpty();
            for (int i = 0; i < 3; i++) {
                joined.mesh.time.advance(java.time.Duration.ofMillis(i == 0 ? 1 : 7_000));
                assertThat(FakeControlPlane.next(stream.requests).hasNode()).isFalse();
                joined.mesh.nextDelay(java.time.Duration.ofSeconds(7), java.time.Duration.ofSeconds(7));
            }
        }
    }

    @Test
    void lastIntervalThatWasAskedForCountsAndNoOther() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            var stream = joined.nextLoadStream();
            FakeControlPlane.next(stream.requests);
            ask(joined, stream, 7);
            ask(joined, stream, 70);
            joined.mesh.time.advance(java.time.Duration.ofSeconds(69));
            assertThat(stream.requests).isEmpty();
            joined.mesh.time.advance(java.time.Duration.ofSeconds(1));
            FakeControlPlane.next(stream.requests);
        }
    }

    @Test
    void serverThatAsksForAReportEveryMomentGetsOneEverySecond() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            var stream = joined.nextLoadStream();
            FakeControlPlane.next(stream.requests);
            stream.responses.onNext(LoadStatsResponse.getDefaultInstance());
            assertThat(joined.mesh.nextDelay(java.time.Duration.ZERO, java.time.Duration.ofSeconds(2)))
                    .isEqualTo(java.time.Duration.ofSeconds(1));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 999999999, 86400999",
        "315576000000, 0, 86400000",
        "-9223372036854775808, -999999999, 1000",
        "0, -2147483648, 1000",
        "2, 5000000, 2005"
    })
    void intervalThatOverflowsIsNotTakenForTheShortest(long seconds, int nanos, long millis) throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            var stream = joined.nextLoadStream();
            FakeControlPlane.next(stream.requests);
            stream.responses.onNext(interval(seconds, nanos));
            joined.mesh.nextDelay(java.time.Duration.ofMillis(millis), java.time.Duration.ofMillis(millis + 1));
        }
    }

    /** Else whoever repeats it more often than that would never get a report. */
    @Test
    void serverThatRepeatsWhatItAskedForDoesNotPutTheReportOff() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            var stream = joined.nextLoadStream();
            FakeControlPlane.next(stream.requests);
            ask(joined, stream, 7);
            stream.responses.onNext(interval(7, 0));
            stream.responses.onCompleted();
            assertThat(joined.mesh.nextDelay(java.time.Duration.ofMillis(900), java.time.Duration.ofSeconds(7)))
                    .as("what comes next is the wait for another stream")
                    .isEqualTo(java.time.Duration.ofSeconds(1));
        }
    }

    @Test
    void serverThatAnswersAndEndsEachStreamIsTriedEverMoreSeldom() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            joined.nextStream();
            for (int wait : new int[] {1_000, 1_600, 2_560}) {
                var stream = joined.nextLoadStream();
                FakeControlPlane.next(stream.requests);
                ask(joined, stream, 70);
                stream.responses.onCompleted();
                joined.mesh.time.advance(joined.mesh.nextDelay(
                        java.time.Duration.ofMillis(wait - 10), java.time.Duration.ofMillis(wait + 10)));
            }
            var stream = joined.nextLoadStream();
            FakeControlPlane.next(stream.requests);
            ask(joined, stream, 3);
            joined.mesh.time.advance(java.time.Duration.ofSeconds(3));
            FakeControlPlane.next(stream.requests);
            joined.mesh.nextDelay(java.time.Duration.ofSeconds(3), java.time.Duration.ofSeconds(3));
            stream.responses.onCompleted();
            // It began anew with the report.
            joined.mesh.nextDelay(java.time.Duration.ofMillis(990), java.time.Duration.ofMillis(1_010));
        }
    }

    @Test
    void countsAreTheMeshsOwnByClusterAndLocality() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            joined.mesh.load = new LoadReport(
                    java.time.Duration.ofMillis(7_250),
                    List.of(
                            new LoadReport.Entry(
                                    Shapes.REVIEWS,
                                    "reviews:9080",
                                    List.of(
                                            new LocalityShare("eu/a/rack1", 100, 80, 15, 5, 7),
                                            new LocalityShare("us", 10, 10, 0, 0, 0))),
                            new LoadReport.Entry(
                                    Shapes.RATINGS, "ratings:9080", List.of(new LocalityShare("", 1, 0, 1, 0, 0)))),
                    List.of());
            var stream = joined.nextLoadStream();
            FakeControlPlane.next(stream.requests);
            ask(joined, stream, 7);
            joined.mesh.time.advance(java.time.Duration.ofSeconds(7));
            LoadStatsRequest report = FakeControlPlane.next(stream.requests);
            assertThat(report.getClusterStatsList())
                    .extracting(ClusterStats::getClusterName)
                    .containsExactly(Shapes.REVIEWS, Shapes.RATINGS);
            ClusterStats reviews = report.getClusterStats(0);
            assertThat(reviews.getClusterServiceName()).isEqualTo("reviews:9080");
            assertThat(reviews.getLoadReportInterval())
                    .isEqualTo(Duration.newBuilder()
                            .setSeconds(7)
                            .setNanos(250_000_000)
                            .build());
            UpstreamLocalityStats rack = reviews.getUpstreamLocalityStats(0);
            assertThat(rack.getLocality().getRegion()).isEqualTo("eu");
            assertThat(rack.getLocality().getZone()).isEqualTo("a");
            assertThat(rack.getLocality().getSubZone()).isEqualTo("rack1");
            assertThat(rack.getTotalIssuedRequests()).isEqualTo(100);
            assertThat(rack.getTotalSuccessfulRequests()).isEqualTo(80);
            assertThat(rack.getTotalErrorRequests()).isEqualTo(15);
            assertThat(rack.getTotalRequestsInProgress()).isEqualTo(5);
            assertThat(rack.getLoadMetricStatsList()).containsExactly(metric("inmesh.plaintext", 7, 0));
            assertThat(reviews.getUpstreamLocalityStats(1).getLocality().getRegion())
                    .isEqualTo("us");
            assertThat(reviews.getUpstreamLocalityStats(1).getLocality().getZone())
                    .isEmpty();
            assertThat(report.getClusterStats(1).getUpstreamLocalityStats(0).getTotalErrorRequests())
                    .isEqualTo(1);
        }
    }

    @Test
    void endpointsThatAreOutOfRotationAreReportedWithTheReason() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            joined.mesh.load = new LoadReport(
                    java.time.Duration.ofSeconds(7),
                    List.of(new LoadReport.Entry(
                            Shapes.REVIEWS,
                            "reviews:9080",
                            List.of(),
                            List.of(),
                            List.of(new LoadReport.Unusable(
                                    "10.0.0.5", 9080, LoadReport.Unusable.Cause.CHECK_FAILED, "GET /: 503")))),
                    List.of());
            var stream = joined.nextLoadStream();
            FakeControlPlane.next(stream.requests);
            ask(joined, stream, 7);
            joined.mesh.time.advance(java.time.Duration.ofSeconds(7));

            UpstreamEndpointStats endpoint = FakeControlPlane.next(stream.requests)
                    .getClusterStats(0)
                    .getUpstreamLocalityStats(0)
                    .getUpstreamEndpointStats(0);
            assertThat(endpoint.getAddress().getSocketAddress().getAddress()).isEqualTo("10.0.0.5");
            assertThat(endpoint.getAddress().getSocketAddress().getPortValue()).isEqualTo(9080);
            assertThat(endpoint.getMetadata().getFieldsOrThrow("unusable").getStringValue())
                    .isEqualTo("check_failed");
            assertThat(endpoint.getMetadata().getFieldsOrThrow("why").getStringValue())
                    .isEqualTo("GET /: 503");
        }
    }

    @Test
    void whoCallsThisProcessIsReportedByPortAndConnection() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            String reviews = "spiffe://inmesh.local/ns/default/sa/reviews";
            joined.mesh.load = new LoadReport(
                    java.time.Duration.ofSeconds(7),
                    List.of(),
                    List.of(
                            new SourceShare(reviews, true, true, 9080, 30, 2, Map.of("p", 4L)),
                            new SourceShare("10.0.0.7", false, false, 9080, 5, 5, Map.of()),
                            new SourceShare("10.0.0.8", false, true, 9443, 1, 0, Map.of())));
            var stream = joined.nextLoadStream();
            FakeControlPlane.next(stream.requests);
            ask(joined, stream, 7);
            joined.mesh.time.advance(java.time.Duration.ofSeconds(7));
            LoadStatsRequest report = FakeControlPlane.next(stream.requests);
            assertThat(report.getClusterStatsList())
                    .extracting(ClusterStats::getClusterName)
                    .containsExactly("inbound|9080||", "inbound|9443||");
            UpstreamLocalityStats first = report.getClusterStats(0).getUpstreamLocalityStats(0);
            assertThat(first.getTotalIssuedRequests()).isEqualTo(35);
            assertThat(first.getLoadMetricStatsList())
                    .containsExactly(
                            metric("inmesh.source|mtls|" + reviews, 30, 2),
                            metric("inmesh.shadow_denied|p|" + reviews, 4, 0),
                            metric("inmesh.source|plaintext|10.0.0.7", 5, 5));
            assertThat(report.getClusterStats(1).getUpstreamLocalityStats(0).getLoadMetricStatsList())
                    .containsExactly(metric("inmesh.source|tls|10.0.0.8", 1, 0));
        }
    }

    private static EndpointLoadMetricStats metric(String name, long requests, double total) {
        return EndpointLoadMetricStats.newBuilder()
                .setMetricName(name)
                .setNumRequestsFinishedWithMetric(requests)
                .setTotalMetricValue(total)
                .build();
    }

    @Test
    void serverThatTakesNoReportsIsLeftAlone() throws Exception {
        try (Joined joined = Joined.to(folder, false);
                Logs logs = new Logs()) {
            Script discovery = joined.nextStream();
            joined.nextLoadStream().responses.onError(Status.UNIMPLEMENTED.asRuntimeException());
            joined.reviews(discovery);
            joined.mesh.time.advance(java.time.Duration.ofMinutes(10));
            // Answered after whatever the minutes have set off.
            discovery.answered(TypeUrls.LISTENER, "l2", List.of());
            assertThat(joined.server.loadStreams).isEmpty();
            assertThat(logs.warnings()).noneMatch(text -> text.contains("load"));
        }
    }

    @Test
    void streamThatFailsIsOpenedAgainAfterAWait() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            joined.nextStream();
            joined.nextLoadStream().responses.onError(Status.UNAVAILABLE.asRuntimeException());
            joined.mesh.time.advance(
                    joined.mesh.nextDelay(java.time.Duration.ofMillis(800), java.time.Duration.ofMillis(1200)));
            assertThat(FakeControlPlane.next(joined.nextLoadStream().requests).hasNode())
                    .isTrue();
        }
    }

    private static void ask(Joined joined, FakeStream<LoadStatsRequest, LoadStatsResponse> stream, int seconds)
            throws InterruptedException {
        stream.responses.onNext(interval(seconds, 0));
        joined.mesh.nextDelay(java.time.Duration.ofSeconds(seconds), java.time.Duration.ofSeconds(seconds));
    }

    private static LoadStatsResponse interval(long seconds, int nanos) {
        return LoadStatsResponse.newBuilder()
                .setLoadReportingInterval(
                        Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
                .build();
    }
}
