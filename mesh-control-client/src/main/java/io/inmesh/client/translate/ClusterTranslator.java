package io.inmesh.client.translate;

import com.google.protobuf.Any;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.xds.cluster.CircuitBreakers.Thresholds;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.upstream.HttpProtocolOptions;
import java.time.Duration;
import java.util.List;

/** Clusters (CDS). */
final class ClusterTranslator {

    /** Envoy's connect timeout of a cluster that names none. */
    private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final ResourceReader reader;

    ClusterTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    Translated.Cluster translate(Cluster cluster) {
        String name = cluster.getName();
        Thresholds thresholds = thresholds(cluster);
        CircuitBreakerConfig limits = new LimitsTranslator(reader).translate(thresholds, cluster.getMetadata());
        noteUnused(cluster, limits);
        boolean named = cluster.getType() == Cluster.DiscoveryType.EDS;
        BalancingTranslator balancing = new BalancingTranslator(reader);
        Duration connectTimeout = Values.duration(cluster.getConnectTimeout());
        ClientTlsTranslator tls = new ClientTlsTranslator(reader);
        ClusterConfig config = new ClusterConfig(
                name,
                serviceOf(name),
                balancing.algorithm(cluster),
                new LearningTranslator(reader).settings(cluster, balancing.settings(cluster)),
                connectTimeout.isZero() ? DEFAULT_CONNECT_TIMEOUT : connectTimeout,
                limits,
                OutlierTranslator.translate(cluster),
                budget(thresholds),
                tls.translate(cluster),
                SpreadTranslator.ofCluster(cluster),
                new ClientPolicyTranslator(reader).translate(cluster.getMetadata()),
                new HealthCheckTranslator(reader.ignored()).translate(cluster),
                List.of(),
                false,
                Values.origin(cluster.getMetadata()));
        if (named) {
            return new Translated.Cluster(config, endpointName(cluster), null, tls.files());
        }
        Translated.Endpoints own = new EndpointTranslator(reader).translate(cluster.getLoadAssignment());
        return new Translated.Cluster(own.addTo(config), null, Naming.of(cluster), tls.files());
    }

    private static String endpointName(Cluster cluster) {
        String service = cluster.getEdsClusterConfig().getServiceName();
        return service.isEmpty() ? cluster.getName() : service;
    }

    /** {@return the part of Istio's cluster name that all subsets of a service share} */
    private static String serviceOf(String cluster) {
        String[] parts = cluster.split("\\|", -1);
        return parts.length == 4 ? parts[3] + ":" + parts[1] : cluster;
    }

    private static Thresholds thresholds(Cluster cluster) {
        return cluster.getCircuitBreakers().getThresholdsCount() == 0
                ? Thresholds.getDefaultInstance()
                : cluster.getCircuitBreakers().getThresholds(0);
    }

    private static RetryBudgetConfig budget(Thresholds thresholds) {
        if (!thresholds.hasRetryBudget()) {
            return RetryBudgetConfig.DEFAULT;
        }
        Thresholds.RetryBudget sent = thresholds.getRetryBudget();
        double percent =
                sent.hasBudgetPercent() ? sent.getBudgetPercent().getValue() : RetryBudgetConfig.DEFAULT_PERCENT;
        int minimum = sent.hasMinRetryConcurrency()
                ? (int) Math.min(Integer.MAX_VALUE, Values.unsigned(sent.getMinRetryConcurrency()))
                : RetryBudgetConfig.DEFAULT_MINIMUM;
        Duration interval = Values.duration(sent.getBudgetInterval());
        return interval.isZero()
                ? RetryBudgetConfig.inFlight(percent, minimum)
                : RetryBudgetConfig.started(percent, minimum, interval);
    }

    private void noteUnused(Cluster cluster, CircuitBreakerConfig limits) {
        IgnoredFields ignored = reader.ignored();
        ignored.noteIf(
                limits.maxPendingRequests() < CircuitBreakerConfig.UNLIMITED
                        && limits.maxConnections() >= CircuitBreakerConfig.UNLIMITED,
                "circuit_breakers.max_pending_requests",
                "calls wait only for a connection, and max_connections is unlimited");
        ignored.noteIf(
                cluster.getCircuitBreakers().getThresholdsCount() > 1,
                "circuit_breakers.thresholds[1]",
                "there is one set of limits per cluster");
        cluster.getTypedExtensionProtocolOptionsMap().forEach(this::noteUnused);
        ignored.noteIf(
                cluster.hasUpstreamConnectionOptions(),
                "upstream_connection_options",
                "TCP keep-alive is the HTTP client's own");
        ignored.noteIf(
                cluster.getType() == Cluster.DiscoveryType.ORIGINAL_DST,
                "type",
                "ORIGINAL_DST needs a proxy; this cluster has no endpoints here");
    }

    /** Which protocol a cluster speaks stands in each, and is nobody's wish: the application has chosen its client. */
    private void noteUnused(String extension, Any packed) {
        String field = "typed_extension_protocol_options";
        if (!extension.equals(OriginationTranslator.PROTOCOL_OPTIONS)) {
            reader.ignored().note(field + "." + extension, "it is not known here");
            return;
        }
        HttpProtocolOptions options = reader.unpack(field, packed, HttpProtocolOptions.parser());
        String why = "connections are kept by the application's own client";
        reader.ignored()
                .noteIf(
                        !options.getCommonHttpProtocolOptions()
                                .equals(io.inmesh.xds.core.HttpProtocolOptions.getDefaultInstance()),
                        field + ".common_http_protocol_options",
                        why);
        reader.ignored()
                .noteIf(
                        options.getExplicitHttpConfig()
                                .getHttp2ProtocolOptions()
                                .hasMaxConcurrentStreams(),
                        field + ".explicit_http_config.http2_protocol_options.max_concurrent_streams",
                        why);
    }
}
