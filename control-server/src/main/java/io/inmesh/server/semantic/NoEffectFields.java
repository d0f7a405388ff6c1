package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Fields of Istio that are accepted and kept but have no effect here. Nothing is ever ignored in silence: each one is reported. */
final class NoEffectFields {
    /** Envoy and stock gRPC clients may do what follows this. */
    private static final String OWN_CLIENTS = "in Inmesh's own clients, ";

    private static final String POOLS = "their HTTP clients have settings of their own for connections";

    private static final Pattern POSITION = Pattern.compile("\\[\\d+]");

    private static final Map<String, String> GATEWAY_ROUTES = Map.of(
            "spec.hostnames", "a service is called by its own names, whatever stands here",
            "rules.sessionPersistence", "sessions are not kept; use consistentHash of a DestinationRule");

    /** Endings of paths, list positions left out, with the reason. */
    private static final Map<String, Map<String, String>> BY_KIND = Map.of(
            "VirtualService",
                    Map.ofEntries(
                            Map.entry("spec.tls", "TLS passthrough routes are not supported"),
                            Map.entry("spec.tcp", "TCP routes are not supported"),
                            Map.entry(
                                    "http.corsPolicy",
                                    "CORS is a matter of the edge; calls inside the mesh have no origin"),
                            Map.entry("match.statPrefix", "statistics per route are not offered"),
                            Map.entry("retries.retryRemoteLocalities", "retries do not look at localities"),
                            Map.entry("directResponse.headers", "set headers.response of the rule instead"),
                            Map.entry("abort.http2Error", "use httpStatus or grpcStatus"),
                            Map.entry("delay.exponentialDelay", "exponential delays are not supported")),
            "DestinationRule",
                    Map.ofEntries(
                            Map.entry(
                                    "consistentHash.useSourceIp",
                                    OWN_CLIENTS + "nobody connects to them: the process's own address is hashed"),
                            Map.entry("tcp.maxConnectionDuration", OWN_CLIENTS + POOLS),
                            Map.entry("tcp.idleTimeout", OWN_CLIENTS + POOLS),
                            Map.entry("http.idleTimeout", OWN_CLIENTS + POOLS),
                            Map.entry("http.maxRequestsPerConnection", OWN_CLIENTS + POOLS),
                            Map.entry("http.maxConcurrentStreams", OWN_CLIENTS + POOLS),
                            Map.entry("http.h2UpgradePolicy", OWN_CLIENTS + "the application chooses the protocol"),
                            Map.entry("tcp.tcpKeepalive", "the operating system's keepalive settings are used"),
                            Map.entry("http.useClientProtocol", "calls do not arrive over another connection"),
                            Map.entry("http.http2KeepAlive", "the HTTP client's own PING settings are used"),
                            Map.entry("trafficPolicy.tunnel", "tunnels are not supported"),
                            Map.entry("trafficPolicy.proxyProtocol", "the PROXY protocol is not supported"),
                            Map.entry("outlierDetection.consecutiveErrors", "deprecated; use consecutive5xxErrors")),
            "RequestAuthentication",
                    Map.of("jwtRules.timeout", "jwks.timeout of the server's settings says how long it waits for keys"),
            "Telemetry",
                    Map.of(
                            "tracing.disableContextPropagation",
                            "set the process's own propagators to none",
                            "tracing.enableIstioTags",
                            "spans have the attributes of OpenTelemetry, whatever stands here",
                            "tracing.useRequestIdForTraceSampling",
                            "no sampling goes by request ids",
                            "metrics.reportingInterval",
                            "TCP metrics are not kept"),
            "HTTPRoute", GATEWAY_ROUTES,
            "GRPCRoute", GATEWAY_ROUTES,
            "ServiceEntry",
                    Map.of(
                            "spec.addresses", "calls are routed by host name, never by virtual address",
                            "endpoints.network", "all endpoints are taken to be directly reachable"),
            "WorkloadEntry", Map.of("spec.network", "all endpoints are taken to be directly reachable"));

    /** Their own names, without the path: of few fields anything more has to be looked at. */
    private static final Map<String, Set<String>> NAMES = BY_KIND.entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(
                    Map.Entry::getKey,
                    kind -> kind.getValue().keySet().stream()
                            .map(ending -> ending.substring(ending.lastIndexOf('.') + 1))
                            .collect(Collectors.toUnmodifiableSet())));

    private NoEffectFields() {}

    static void check(Report report) {
        String kind = report.resource().key().kind();
        Map<String, String> fields = BY_KIND.get(kind);
        Set<String> names = NAMES.get(kind);
        if (fields != null && names != null) {
            walk(Field.spec(report.resource()), fields, names, report);
        }
    }

    private static void walk(Field field, Map<String, String> fields, Set<String> names, Report report) {
        field.items().forEach(item -> walk(item, fields, names, report));
        field.members().forEach((name, member) -> {
            if (names.contains(name) && member.present()) {
                tell(member, fields, report);
            }
            walk(member, fields, names, report);
        });
    }

    private static void tell(Field field, Map<String, String> fields, Report report) {
        String plain = POSITION.matcher(field.path()).replaceAll("");
        fields.forEach((ending, reason) -> {
            if (plain.equals(ending) || plain.endsWith("." + ending)) {
                report.add(
                        Check.NO_EFFECT,
                        field,
                        (reason.startsWith(OWN_CLIENTS) ? "has no effect " : "has no effect: ") + reason);
            }
        });
    }
}
