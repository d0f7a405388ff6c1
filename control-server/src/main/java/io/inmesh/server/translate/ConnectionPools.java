package io.inmesh.server.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.TrafficPolicy;
import io.inmesh.server.service.Protocol;
import io.inmesh.xds.cluster.CircuitBreakers;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.Http1ProtocolOptions;
import io.inmesh.xds.core.Http2ProtocolOptions;
import io.inmesh.xds.core.HttpProtocolOptions;
import io.inmesh.xds.core.UpstreamHttpProtocolOptions;
import io.inmesh.xds.type.Percent;
import java.time.Duration;

/** {@code connectionPool} and {@code retryBudget}: how many connections, requests and retries a client may have, and for how long. */
final class ConnectionPools {
    /** Istio's default for every limit: none (Envoy's own defaults are far lower). */
    private static final long UNLIMITED = 0xFFFF_FFFFL;

    private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final double DEFAULT_RETRY_PERCENT = 20;
    private static final int DEFAULT_MIN_RETRIES = 3;
    private static final String PROTOCOL_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private ConnectionPools() {}

    static void apply(Cluster.Builder cluster, TrafficPolicy policy, Protocol protocol) {
        Field tcp = policy.connectionPool().get("tcp");
        Field http = policy.connectionPool().get("http");
        cluster.setConnectTimeout(
                Protos.duration(tcp.get("connectTimeout").duration().orElse(DEFAULT_CONNECT_TIMEOUT)));
        CircuitBreakers.Thresholds.Builder limits = CircuitBreakers.Thresholds.newBuilder()
                .setMaxConnections(Protos.uint32(limit(tcp.get("maxConnections"))))
                .setMaxPendingRequests(Protos.uint32(limit(http.get("http1MaxPendingRequests"))))
                .setMaxRequests(Protos.uint32(limit(http.get("http2MaxRequests"))))
                .setMaxRetries(Protos.uint32(limit(http.get("maxRetries"))));
        if (policy.retryBudget().present()) {
            limits.setRetryBudget(retryBudget(policy.retryBudget()));
        }
        cluster.setCircuitBreakers(CircuitBreakers.newBuilder().addThresholds(limits));
        if (protocol.routable()) {
            cluster.putTypedExtensionProtocolOptions(PROTOCOL_OPTIONS, protocolOptions(tcp, http, protocol));
        }
    }

    /** No limits, where Envoy would have its own, which are far lower than what an application takes. */
    static CircuitBreakers unlimited() {
        return CircuitBreakers.newBuilder()
                .addThresholds(CircuitBreakers.Thresholds.newBuilder()
                        .setMaxConnections(Protos.uint32(UNLIMITED))
                        .setMaxPendingRequests(Protos.uint32(UNLIMITED))
                        .setMaxRequests(Protos.uint32(UNLIMITED))
                        .setMaxRetries(Protos.uint32(UNLIMITED)))
                .build();
    }

    /**
     * Has the host of each request be the server name of its connection.
     *
     * @param proved whether servers must prove that name too
     */
    static void nameServersByHost(Cluster.Builder cluster, boolean proved) {
        try {
            var options = io.inmesh.xds.upstream.HttpProtocolOptions.parseFrom(
                    cluster.getTypedExtensionProtocolOptionsOrThrow(PROTOCOL_OPTIONS)
                            .getValue())
                    .toBuilder();
            options.setUpstreamHttpProtocolOptions(
                    UpstreamHttpProtocolOptions.newBuilder().setAutoSni(true).setAutoSanValidation(proved));
            cluster.putTypedExtensionProtocolOptions(PROTOCOL_OPTIONS, Protos.pack(options.build()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("options made here cannot be read", e);
        }
    }

    /** Limits of a stock gRPC client: it knows only how many requests may be in flight. */
    static void applyGrpcSafe(Cluster.Builder cluster, TrafficPolicy policy) {
        Field maxRequests = policy.connectionPool().get("http").get("http2MaxRequests");
        if (maxRequests.integer(0) > 0) {
            cluster.setCircuitBreakers(CircuitBreakers.newBuilder()
                    .addThresholds(
                            CircuitBreakers.Thresholds.newBuilder().setMaxRequests(Protos.uint32(limit(maxRequests)))));
        }
    }

    /** Zero means "default" in these fields, which is no limit. */
    private static long limit(Field value) {
        int number = value.integer(0);
        return number > 0 ? number : UNLIMITED;
    }

    private static CircuitBreakers.Thresholds.RetryBudget retryBudget(Field budget) {
        var sent = CircuitBreakers.Thresholds.RetryBudget.newBuilder()
                .setBudgetPercent(Percent.newBuilder()
                        .setValue(budget.get("percent")
                                .get("value")
                                .decimal()
                                .orElse(budget.get("percent").decimal().orElse(DEFAULT_RETRY_PERCENT))))
                .setMinRetryConcurrency(
                        Protos.uint32(budget.get("minRetryConcurrency").integer(DEFAULT_MIN_RETRIES)));
        budget.get("budgetInterval").duration().ifPresent(d -> sent.setBudgetInterval(Protos.duration(d)));
        return sent.build();
    }

    private static Any protocolOptions(Field tcp, Field http, Protocol protocol) {
        HttpProtocolOptions.Builder common = HttpProtocolOptions.newBuilder();
        Field idle = http.get("idleTimeout").present() ? http.get("idleTimeout") : tcp.get("idleTimeout");
        idle.duration().ifPresent(d -> common.setIdleTimeout(Protos.duration(d)));
        tcp.get("maxConnectionDuration").duration().ifPresent(d -> common.setMaxConnectionDuration(Protos.duration(d)));
        int perConnection = http.get("maxRequestsPerConnection").integer(0);
        if (perConnection > 0) {
            common.setMaxRequestsPerConnection(Protos.uint32(perConnection));
        }
        var explicit = io.inmesh.xds.upstream.HttpProtocolOptions.ExplicitHttpConfig.newBuilder();
        if (protocol.http2() || http.get("h2UpgradePolicy").text().equals("UPGRADE")) {
            Http2ProtocolOptions.Builder http2 = Http2ProtocolOptions.newBuilder();
            int streams = http.get("maxConcurrentStreams").integer(0);
            if (streams > 0) {
                http2.setMaxConcurrentStreams(Protos.uint32(streams));
            }
            explicit.setHttp2ProtocolOptions(http2);
        } else {
            explicit.setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance());
        }
        return Protos.pack(io.inmesh.xds.upstream.HttpProtocolOptions.newBuilder()
                .setCommonHttpProtocolOptions(common)
                .setExplicitHttpConfig(explicit)
                .build());
    }
}
