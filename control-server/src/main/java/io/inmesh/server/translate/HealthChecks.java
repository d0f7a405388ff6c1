package io.inmesh.server.translate;

import io.inmesh.server.rule.Field;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.HealthCheck;
import io.inmesh.xds.core.RequestMethod;
import io.inmesh.xds.type.Int64Range;
import java.time.Duration;
import java.util.List;

/** {@code healthChecks} of a BackendTrafficPolicy: endpoints are asked whether they are well. */
final class HealthChecks {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    private static final Duration DEFAULT_JITTER = Duration.ofSeconds(1);
    private static final int DEFAULT_UNHEALTHY_THRESHOLD = 3;
    private static final int DEFAULT_HEALTHY_THRESHOLD = 2;

    private HealthChecks() {}

    static void apply(Cluster.Builder cluster, BackendPolicy backend) {
        for (Field check : backend.healthChecks().items()) {
            cluster.addHealthChecks(healthCheck(check));
        }
    }

    private static HealthCheck healthCheck(Field check) {
        HealthCheck.Builder sent = HealthCheck.newBuilder()
                .setTimeout(Protos.duration(check.get("timeout").duration().orElse(DEFAULT_TIMEOUT)))
                .setInterval(Protos.duration(check.get("interval").duration().orElse(DEFAULT_INTERVAL)))
                .setIntervalJitter(
                        Protos.duration(check.get("jitter").duration().orElse(DEFAULT_JITTER)))
                .setUnhealthyThreshold(
                        Protos.uint32(check.get("unhealthyThreshold").integer(DEFAULT_UNHEALTHY_THRESHOLD)))
                .setHealthyThreshold(Protos.uint32(check.get("healthyThreshold").integer(DEFAULT_HEALTHY_THRESHOLD)));
        check.get("noTrafficInterval").duration().ifPresent(d -> sent.setNoTrafficInterval(Protos.duration(d)));
        check.get("unhealthyInterval").duration().ifPresent(d -> sent.setUnhealthyInterval(Protos.duration(d)));
        if (check.get("http").present()) {
            sent.setHttpHealthCheck(http(check.get("http")));
        } else if (check.get("grpc").present()) {
            sent.setGrpcHealthCheck(HealthCheck.GrpcHealthCheck.newBuilder()
                    .setServiceName(check.get("grpc").get("service").text())
                    .setAuthority(check.get("grpc").get("authority").text()));
        } else {
            sent.setTcpHealthCheck(HealthCheck.TcpHealthCheck.getDefaultInstance());
        }
        return sent.build();
    }

    private static HealthCheck.HttpHealthCheck http(Field http) {
        HealthCheck.HttpHealthCheck.Builder sent = HealthCheck.HttpHealthCheck.newBuilder()
                .setHost(http.get("host").text())
                .setPath(http.get("path").text("/"))
                .setMethod(RequestMethod.valueOf(http.get("method").text("GET")))
                // Without this a single unexpected status would put an endpoint out, whatever the threshold.
                .addRetriableStatuses(range(100, 600));
        List<Field> expected = http.get("expectedStatuses").items();
        expected.forEach(status -> sent.addExpectedStatuses(range(status.integer(0), status.integer(0) + 1)));
        return sent.build();
    }

    private static Int64Range range(int start, int end) {
        return Int64Range.newBuilder().setStart(start).setEnd(end).build();
    }
}
