package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.core.HealthCheck;
import io.inmesh.xds.core.RequestMethod;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Health checks of a BackendTrafficPolicy in Envoy's fields. */
class HealthChecksTest {
    private static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";

    @Test
    void anHttpCheckCountsEveryUnexpectedStatusTowardsItsThreshold() throws Exception {
        HealthCheck sent = check("{http: {path: /healthz, method: HEAD, host: reviews, expectedStatuses: [200, 204]},"
                + " interval: 5s, timeout: 2s, unhealthyThreshold: 4, healthyThreshold: 1,"
                + " noTrafficInterval: 60s, unhealthyInterval: 1s, jitter: 500ms}");

        assertThat(sent.getInterval().getSeconds()).isEqualTo(5);
        assertThat(sent.getTimeout().getSeconds()).isEqualTo(2);
        assertThat(sent.getUnhealthyThreshold().getValue()).isEqualTo(4);
        assertThat(sent.getHealthyThreshold().getValue()).isEqualTo(1);
        assertThat(sent.getNoTrafficInterval().getSeconds()).isEqualTo(60);
        assertThat(sent.getUnhealthyInterval().getSeconds()).isEqualTo(1);
        assertThat(sent.getIntervalJitter().getNanos()).isEqualTo(500_000_000);
        HealthCheck.HttpHealthCheck http = sent.getHttpHealthCheck();
        assertThat(http.getPath()).isEqualTo("/healthz");
        assertThat(http.getMethod()).isEqualTo(RequestMethod.HEAD);
        assertThat(http.getHost()).isEqualTo("reviews");
        assertThat(http.getExpectedStatusesList())
                .extracting(range -> range.getStart() + "-" + range.getEnd())
                .containsExactly("200-201", "204-205");
        assertThat(http.getRetriableStatusesList())
                .extracting(range -> range.getStart() + "-" + range.getEnd())
                .containsExactly("100-600");
    }

    @Test
    void whatIsLeftOutHasDefaults() throws Exception {
        HealthCheck sent = check("{tcp: {}}");

        assertThat(sent.hasTcpHealthCheck()).isTrue();
        assertThat(sent.getInterval().getSeconds()).isEqualTo(10);
        assertThat(sent.getTimeout().getSeconds()).isEqualTo(1);
        assertThat(sent.getUnhealthyThreshold().getValue()).isEqualTo(3);
        assertThat(sent.getHealthyThreshold().getValue()).isEqualTo(2);
        assertThat(sent.hasNoTrafficInterval()).isFalse();
    }

    @Test
    void aGrpcCheckNamesItsService() throws Exception {
        HealthCheck sent = check("{grpc: {service: reviews.Reviews}}");

        assertThat(sent.getGrpcHealthCheck().getServiceName()).isEqualTo("reviews.Reviews");
    }

    @Test
    void stockGrpcGetsNoChecksItWouldNotMake() throws Exception {
        assertThat(MeshFixture.of(policy("{tcp: {}}"))
                        .seenByGrpc()
                        .cluster(REVIEWS)
                        .getHealthChecksList())
                .isEmpty();
    }

    private static HealthCheck check(String check) throws Exception {
        List<HealthCheck> checks =
                MeshFixture.of(policy(check)).cluster(REVIEWS).getHealthChecksList();
        assertThat(checks).hasSize(1);
        return checks.get(0);
    }

    private static String policy(String check) {
        return """
            apiVersion: inmesh.io/v1alpha1
            kind: BackendTrafficPolicy
            metadata: {name: checks}
            spec:
              host: reviews
              healthChecks: [%s]
            """.formatted(check);
    }
}
