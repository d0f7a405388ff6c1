package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.inmesh.config.HealthCheckConfig;
import io.inmesh.config.HealthCheckConfig.Grpc;
import io.inmesh.config.HealthCheckConfig.Http;
import io.inmesh.config.HealthCheckConfig.StatusRange;
import io.inmesh.config.HealthCheckConfig.Tcp;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.HealthCheck;
import io.inmesh.xds.core.RequestMethod;
import io.inmesh.xds.type.Int64Range;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthCheckTranslatorTest {

    private final IgnoredFields ignored = new IgnoredFields("cluster a");

    @Test
    void withoutChecksNobodyIsAsked() {
        assertThat(new HealthCheckTranslator(ignored).translate(Cluster.getDefaultInstance()))
                .isNull();
    }

    @Test
    void timesAndThresholdsAreTakenOver() {
        HealthCheckConfig config = translate(HealthCheck.newBuilder()
                .setTimeout(seconds(2))
                .setInterval(seconds(10))
                .setUnhealthyInterval(seconds(4))
                .setNoTrafficInterval(seconds(60))
                .setIntervalJitter(seconds(1))
                .setIntervalJitterPercent(20)
                .setUnhealthyThreshold(UInt32Value.of(5))
                .setHealthyThreshold(UInt32Value.of(6))
                .setTcpHealthCheck(HealthCheck.TcpHealthCheck.getDefaultInstance()));

        assertThat(config)
                .isEqualTo(new HealthCheckConfig(
                        new Tcp(),
                        java.time.Duration.ofSeconds(2),
                        java.time.Duration.ofSeconds(10),
                        java.time.Duration.ofSeconds(4),
                        java.time.Duration.ofSeconds(60),
                        java.time.Duration.ofSeconds(3),
                        5,
                        6));
    }

    @Test
    void aFailingEndpointIsAskedAsOftenUnlessToldOtherwise() {
        HealthCheckConfig config = translate(HealthCheck.newBuilder()
                .setInterval(seconds(7))
                .setTcpHealthCheck(HealthCheck.TcpHealthCheck.getDefaultInstance()));

        assertThat(config.unhealthyInterval()).isEqualTo(java.time.Duration.ofSeconds(7));
        assertThat(config.noTrafficInterval()).isNull();
    }

    @Test
    void unexpectedStatusesAreDecisiveUnlessTheyMayBeRetried() {
        HealthCheckConfig config = translate(HealthCheck.newBuilder()
                .setHttpHealthCheck(HealthCheck.HttpHealthCheck.newBuilder()
                        .setPath("/healthz")
                        .setHost("reviews")
                        .setMethod(RequestMethod.HEAD)
                        .addExpectedStatuses(
                                Int64Range.newBuilder().setStart(200).setEnd(300))
                        .addRetriableStatuses(
                                Int64Range.newBuilder().setStart(500).setEnd(600))));

        assertThat(config.protocol())
                .isEqualTo(new Http(
                        "HEAD",
                        "/healthz",
                        "reviews",
                        List.of(new StatusRange(200, 300)),
                        List.of(new StatusRange(500, 600))));
    }

    @Test
    void only200IsExpectedUnlessStatusesAreListed() {
        HealthCheckConfig config = translate(HealthCheck.newBuilder()
                .setHttpHealthCheck(HealthCheck.HttpHealthCheck.newBuilder().setPath("/")));

        assertThat(config.protocol()).isEqualTo(new Http("GET", "/", "", Http.OK, List.of()));
    }

    @Test
    void grpcAsksAboutAService() {
        HealthCheckConfig config = translate(HealthCheck.newBuilder()
                .setGrpcHealthCheck(HealthCheck.GrpcHealthCheck.newBuilder()
                        .setServiceName("ratings.Ratings")
                        .setAuthority("ratings")));

        assertThat(config.protocol()).isEqualTo(new Grpc("ratings.Ratings", "ratings"));
    }

    @Test
    void aKindOfCheckNobodyKnowsIsReported() {
        Cluster cluster = Cluster.newBuilder()
                .addHealthChecks(HealthCheck.newBuilder().setInterval(seconds(1)))
                .build();

        assertThat(new HealthCheckTranslator(ignored).translate(cluster)).isNull();
        assertThat(ignored.list()).extracting(IgnoredField::path).containsExactly("health_checks");
    }

    private HealthCheckConfig translate(HealthCheck.Builder sent) {
        return new HealthCheckTranslator(ignored)
                .translate(Cluster.newBuilder().addHealthChecks(sent).build());
    }

    private static Duration.Builder seconds(int seconds) {
        return Duration.newBuilder().setSeconds(seconds);
    }
}
