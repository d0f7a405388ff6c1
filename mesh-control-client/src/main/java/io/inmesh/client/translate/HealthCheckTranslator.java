package io.inmesh.client.translate;

import io.inmesh.config.HealthCheckConfig;
import io.inmesh.config.HealthCheckConfig.Grpc;
import io.inmesh.config.HealthCheckConfig.Http;
import io.inmesh.config.HealthCheckConfig.Protocol;
import io.inmesh.config.HealthCheckConfig.StatusRange;
import io.inmesh.config.HealthCheckConfig.Tcp;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.HealthCheck;
import io.inmesh.xds.core.RequestMethod;
import io.inmesh.xds.type.Int64Range;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Active health checks. Of several the first is followed, as Envoy takes no more than one. */
final class HealthCheckTranslator {

    private static final String FIELD = "health_checks";
    private static final int PERCENT = 100;

    private final IgnoredFields ignored;

    HealthCheckTranslator(IgnoredFields ignored) {
        this.ignored = ignored;
    }

    @Nullable
    HealthCheckConfig translate(Cluster cluster) {
        if (cluster.getHealthChecksCount() == 0) {
            return null;
        }
        ignored.noteIf(cluster.getHealthChecksCount() > 1, FIELD + "[1]", "one check per cluster is followed");
        HealthCheck sent = cluster.getHealthChecks(0);
        Protocol protocol = protocol(sent);
        if (protocol == null) {
            ignored.note(FIELD, "checks are HTTP, gRPC or TCP; endpoints stand as reported");
            return null;
        }
        HealthCheckConfig usual = HealthCheckConfig.of(protocol);
        Duration interval = sent.hasInterval() ? Values.duration(sent.getInterval()) : usual.interval();
        return new HealthCheckConfig(
                protocol,
                sent.hasTimeout() ? Values.duration(sent.getTimeout()) : usual.timeout(),
                interval,
                sent.hasUnhealthyInterval() ? Values.duration(sent.getUnhealthyInterval()) : interval,
                sent.hasNoTrafficInterval() ? Values.duration(sent.getNoTrafficInterval()) : null,
                jitter(sent, interval),
                sent.hasUnhealthyThreshold()
                        ? (int) Math.min(Integer.MAX_VALUE, Values.unsigned(sent.getUnhealthyThreshold()))
                        : usual.unhealthyThreshold(),
                sent.hasHealthyThreshold()
                        ? (int) Math.min(Integer.MAX_VALUE, Values.unsigned(sent.getHealthyThreshold()))
                        : usual.healthyThreshold());
    }

    private static Duration jitter(HealthCheck sent, Duration interval) {
        long percent = Integer.toUnsignedLong(sent.getIntervalJitterPercent());
        return Values.duration(sent.getIntervalJitter())
                .plus(interval.multipliedBy(percent).dividedBy(PERCENT));
    }

    private @Nullable Protocol protocol(HealthCheck sent) {
        return switch (sent.getHealthCheckerCase()) {
            case HTTP_HEALTH_CHECK -> http(sent.getHttpHealthCheck());
            case GRPC_HEALTH_CHECK ->
                new Grpc(
                        sent.getGrpcHealthCheck().getServiceName(),
                        sent.getGrpcHealthCheck().getAuthority());
            case TCP_HEALTH_CHECK -> {
                HealthCheck.TcpHealthCheck tcp = sent.getTcpHealthCheck();
                ignored.noteIf(
                        tcp.hasSend() || tcp.getReceiveCount() > 0,
                        FIELD + ".tcp_health_check",
                        "only the connection is checked, no bytes are exchanged");
                yield new Tcp();
            }
            case HEALTHCHECKER_NOT_SET -> null;
        };
    }

    private static Protocol http(HealthCheck.HttpHealthCheck http) {
        RequestMethod method = http.getMethod();
        return new Http(
                method == RequestMethod.METHOD_UNSPECIFIED || method == RequestMethod.UNRECOGNIZED
                        ? "GET"
                        : method.name(),
                http.getPath().isEmpty() ? "/" : http.getPath(),
                http.getHost(),
                http.getExpectedStatusesCount() == 0 ? Http.OK : ranges(http.getExpectedStatusesList()),
                ranges(http.getRetriableStatusesList()));
    }

    private static List<StatusRange> ranges(List<Int64Range> sent) {
        return sent.stream()
                .map(range -> new StatusRange((int) range.getStart(), (int) range.getEnd()))
                .toList();
    }
}
