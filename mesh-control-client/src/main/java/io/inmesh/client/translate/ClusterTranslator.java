package io.inmesh.client.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.identity.SpiffeId;
import io.inmesh.xds.cluster.CircuitBreakers;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.OutlierDetection;
import io.inmesh.xds.core.Locality;
import io.inmesh.xds.core.TransportSocket;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.LbEndpoint;
import io.inmesh.xds.endpoint.LocalityLbEndpoints;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.SubjectAltNameMatcher;
import io.inmesh.xds.tls.UpstreamTlsContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Clusters (CDS) with their endpoints (EDS). */
final class ClusterTranslator {

    private static final String TLS_CONTEXT = "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
    private static final String MATCH_METADATA = "envoy.transport_socket_match";

    /**
     * What holds where no rule says anything: an endpoint that could not be reached three times in a row leaves rotation for five
     * seconds. Without it a process that died keeps its share of the calls until the control plane notices, and the retries
     * that this takes can exceed the budget. Answers are never judged by it, so it ejects nobody who answers.
     */
    private static final OutlierDetectionConfig UNREACHABLE = new OutlierDetectionConfig(
            0, 0, true, 3, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30), 100, 0);

    private final IgnoredFields ignored;

    ClusterTranslator(IgnoredFields ignored) {
        this.ignored = ignored;
    }

    ClusterConfig translate(Cluster cluster, ClusterLoadAssignment endpoints) {
        String name = cluster.getName();
        OutlierDetectionConfig outliers = cluster.hasOutlierDetection()
                ? outliers(cluster.getOutlierDetection(), panicPercent(cluster))
                : UNREACHABLE;
        CircuitBreakers.Thresholds thresholds = thresholds(cluster);
        noteUnused(cluster, thresholds);
        return new ClusterConfig(
                name,
                serviceOf(name),
                loadBalancer(cluster),
                cluster.hasConnectTimeout()
                                && !Values.duration(cluster.getConnectTimeout()).isZero()
                        ? Values.duration(cluster.getConnectTimeout())
                        : Duration.ofSeconds(5),
                limits(thresholds),
                outliers,
                budget(thresholds),
                tls(cluster),
                endpoints(name, endpoints),
                Values.origin(cluster.getMetadata()));
    }

    /** {@return the part of Istio's cluster name that all subsets of a service share} */
    private static String serviceOf(String cluster) {
        String[] parts = cluster.split("\\|", -1);
        return parts.length == 4 ? parts[3] + ":" + parts[1] : cluster;
    }

    private LoadBalancer loadBalancer(Cluster cluster) {
        return switch (cluster.getLbPolicy()) {
            case ROUND_ROBIN -> LoadBalancer.ROUND_ROBIN;
            case RANDOM -> LoadBalancer.RANDOM;
            case LEAST_REQUEST -> LoadBalancer.LEAST_REQUEST;
            default -> {
                ignored.note(
                        cluster.getName(),
                        "lb_policy",
                        cluster.getLbPolicy() + " is not done by this version; least request is used");
                yield LoadBalancer.LEAST_REQUEST;
            }
        };
    }

    private static int panicPercent(Cluster cluster) {
        return cluster.getCommonLbConfig().hasHealthyPanicThreshold()
                ? (int) Math.round(
                        cluster.getCommonLbConfig().getHealthyPanicThreshold().getValue())
                : 50;
    }

    private static OutlierDetectionConfig outliers(OutlierDetection sent, int minHealthPercent) {
        boolean enforce5xx = !sent.hasEnforcingConsecutive5Xx()
                || sent.getEnforcingConsecutive5Xx().getValue() > 0;
        boolean enforceGateway = sent.hasEnforcingConsecutiveGatewayFailure()
                && sent.getEnforcingConsecutiveGatewayFailure().getValue() > 0;
        return new OutlierDetectionConfig(
                enforce5xx
                        ? count(
                                sent.hasConsecutive5Xx(),
                                sent.getConsecutive5Xx().getValue())
                        : 0,
                enforceGateway
                        ? count(
                                sent.hasConsecutiveGatewayFailure(),
                                sent.getConsecutiveGatewayFailure().getValue())
                        : 0,
                sent.getSplitExternalLocalOriginErrors(),
                count(
                        sent.hasConsecutiveLocalOriginFailure(),
                        sent.getConsecutiveLocalOriginFailure().getValue()),
                sent.hasInterval() ? Values.duration(sent.getInterval()) : Duration.ofSeconds(10),
                sent.hasBaseEjectionTime() ? Values.duration(sent.getBaseEjectionTime()) : Duration.ofSeconds(30),
                sent.hasMaxEjectionTime() ? Values.duration(sent.getMaxEjectionTime()) : Duration.ofSeconds(300),
                sent.hasMaxEjectionPercent()
                        ? Math.min(100, sent.getMaxEjectionPercent().getValue())
                        : 10,
                minHealthPercent);
    }

    private static int count(boolean present, int value) {
        return present ? value : 5;
    }

    private static CircuitBreakers.Thresholds thresholds(Cluster cluster) {
        return cluster.getCircuitBreakers().getThresholdsCount() == 0
                ? CircuitBreakers.Thresholds.getDefaultInstance()
                : cluster.getCircuitBreakers().getThresholds(0);
    }

    private static CircuitBreakerConfig limits(CircuitBreakers.Thresholds thresholds) {
        CircuitBreakerConfig none = CircuitBreakerConfig.DEFAULT;
        return new CircuitBreakerConfig(
                thresholds.hasMaxRequests() ? Values.unsigned(thresholds.getMaxRequests()) : none.maxRequests(),
                thresholds.hasMaxRetries() ? Values.unsigned(thresholds.getMaxRetries()) : none.maxRetries(),
                none.failureRatePercent(),
                none.minimumCalls(),
                none.window(),
                none.openDuration());
    }

    private static RetryBudgetConfig budget(CircuitBreakers.Thresholds thresholds) {
        if (!thresholds.hasRetryBudget()) {
            return RetryBudgetConfig.DEFAULT;
        }
        CircuitBreakers.Thresholds.RetryBudget sent = thresholds.getRetryBudget();
        return new RetryBudgetConfig(
                sent.hasBudgetPercent() ? sent.getBudgetPercent().getValue() : RetryBudgetConfig.DEFAULT.percent(),
                sent.hasMinRetryConcurrency()
                        ? (int) Math.min(Integer.MAX_VALUE, Values.unsigned(sent.getMinRetryConcurrency()))
                        : RetryBudgetConfig.DEFAULT.minRetriesPerSecond());
    }

    private void noteUnused(Cluster cluster, CircuitBreakers.Thresholds thresholds) {
        String name = cluster.getName();
        if (limited(thresholds.hasMaxConnections(), Values.unsigned(thresholds.getMaxConnections()))) {
            ignored.note(name, "circuit_breakers.max_connections", "not done by this version; limit requests instead");
        }
        if (limited(thresholds.hasMaxPendingRequests(), Values.unsigned(thresholds.getMaxPendingRequests()))) {
            ignored.note(
                    name, "circuit_breakers.max_pending_requests", "calls are never queued; limit requests instead");
        }
        if (cluster.getTypedExtensionProtocolOptionsCount() > 0) {
            ignored.note(name, "typed_extension_protocol_options", "the protocol is the application's choice");
        }
        if (cluster.hasUpstreamConnectionOptions()) {
            ignored.note(name, "upstream_connection_options", "TCP keep-alive is the client's own");
        }
    }

    private static boolean limited(boolean present, long value) {
        return present && value < Integer.MAX_VALUE;
    }

    private ClientTlsConfig tls(Cluster cluster) {
        if (cluster.hasTransportSocket()) {
            return mesh(cluster, cluster.getTransportSocket(), ClientTlsConfig.Mode.MESH);
        }
        for (Cluster.TransportSocketMatch match : cluster.getTransportSocketMatchesList()) {
            boolean wantsMeshTls =
                    "istio".equals(Values.strings(match.getMatch()).get("tlsMode"));
            if (wantsMeshTls) {
                return mesh(cluster, match.getTransportSocket(), ClientTlsConfig.Mode.AUTO);
            }
        }
        return ClientTlsConfig.DISABLED;
    }

    private static ClientTlsConfig mesh(Cluster cluster, TransportSocket socket, ClientTlsConfig.Mode mode) {
        String field = "transport_socket";
        if (!socket.getTypedConfig().getTypeUrl().endsWith(TLS_CONTEXT)) {
            if (socket.getTypedConfig().getTypeUrl().endsWith("RawBuffer")
                    || socket.getName().endsWith("raw_buffer")) {
                return ClientTlsConfig.DISABLED;
            }
            throw new InvalidResourceException(
                    cluster.getName(),
                    field,
                    "only TLS and plaintext are known, not "
                            + socket.getTypedConfig().getTypeUrl());
        }
        UpstreamTlsContext context =
                Values.unpack(cluster.getName(), field, socket.getTypedConfig(), UpstreamTlsContext.parser());
        CommonTlsContext common = context.getCommonTlsContext();
        boolean ownCertificate =
                common.getTlsCertificateSdsSecretConfigsCount() > 0 || common.hasTlsCertificateProviderInstance();
        if (!ownCertificate) {
            throw new InvalidResourceException(
                    cluster.getName(),
                    field,
                    "TLS without the workload's own certificate (mode SIMPLE) is not supported; use ISTIO_MUTUAL or DISABLE");
        }
        Set<String> identities = new HashSet<>();
        CertificateValidationContext validation = common.hasCombinedValidationContext()
                ? common.getCombinedValidationContext().getDefaultValidationContext()
                : common.getValidationContext();
        for (SubjectAltNameMatcher name : validation.getMatchTypedSubjectAltNamesList()) {
            String uri = name.getMatcher().getExact();
            if (name.getSanType() != SubjectAltNameMatcher.SanType.URI || uri.isEmpty()) {
                throw new InvalidResourceException(
                        cluster.getName(),
                        field + ".match_typed_subject_alt_names",
                        "peers are known by exact SPIFFE ids only");
            }
            identities.add(checked(cluster.getName(), field, uri));
        }
        return new ClientTlsConfig(mode, identities, context.getSni().isEmpty() ? null : context.getSni());
    }

    private static String checked(String resource, String field, String uri) {
        try {
            return SpiffeId.parse(uri).toString();
        } catch (IllegalArgumentException e) {
            throw new InvalidResourceException(resource, field, String.valueOf(e.getMessage()));
        }
    }

    private static List<EndpointConfig> endpoints(String cluster, ClusterLoadAssignment assignment) {
        List<EndpointConfig> endpoints = new ArrayList<>();
        for (LocalityLbEndpoints locality : assignment.getEndpointsList()) {
            for (LbEndpoint endpoint : locality.getLbEndpointsList()) {
                endpoints.add(endpoint(cluster, locality, endpoint));
            }
        }
        return endpoints;
    }

    private static EndpointConfig endpoint(String cluster, LocalityLbEndpoints locality, LbEndpoint endpoint) {
        var address = endpoint.getEndpoint().getAddress().getSocketAddress();
        if (address.getAddress().isEmpty()) {
            throw new InvalidResourceException(
                    cluster, "lb_endpoints.endpoint.address", "needs an IP address and a port");
        }
        Map<String, Struct> metadata = endpoint.getMetadata().getFilterMetadataMap();
        boolean tls = "istio".equals(text(metadata.get(MATCH_METADATA), "tlsMode"));
        String workload = text(metadata.get("istio"), "workload");
        long weight = endpoint.hasLoadBalancingWeight() ? Values.unsigned(endpoint.getLoadBalancingWeight()) : 1;
        Struct own = metadata.get("inmesh");
        Value labels = own == null ? null : own.getFieldsMap().get("labels");
        return new EndpointConfig(
                address.getAddress(),
                address.getPortValue(),
                Math.max(1, weight),
                health(endpoint),
                locality.getPriority(),
                locality(locality.getLocality()),
                tls,
                labels == null ? Map.of() : Values.strings(labels.getStructValue()),
                workload);
    }

    private static EndpointConfig.Health health(LbEndpoint endpoint) {
        return switch (endpoint.getHealthStatus()) {
            case UNKNOWN, HEALTHY, DEGRADED -> EndpointConfig.Health.HEALTHY;
            case DRAINING -> EndpointConfig.Health.DRAINING;
            case UNHEALTHY, TIMEOUT, UNRECOGNIZED -> EndpointConfig.Health.UNHEALTHY;
        };
    }

    private static String locality(Locality locality) {
        StringBuilder path = new StringBuilder(locality.getRegion());
        if (!locality.getZone().isEmpty()) {
            path.append('/').append(locality.getZone());
            if (!locality.getSubZone().isEmpty()) {
                path.append('/').append(locality.getSubZone());
            }
        }
        return path.toString();
    }

    private static String text(@org.jspecify.annotations.Nullable Struct struct, String key) {
        Value value = struct == null ? null : struct.getFieldsMap().get(key);
        return value == null ? "" : value.getStringValue();
    }
}
