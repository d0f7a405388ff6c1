package io.inmesh.client.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.config.EndpointConfig;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.LbEndpoint;
import io.inmesh.xds.endpoint.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Endpoints of a cluster (EDS). */
final class EndpointTranslator {

    private static final String MATCH_METADATA = "envoy.transport_socket_match";

    private final ResourceReader reader;

    /** Labels and texts read so far: thousands of endpoints say the same, and each would keep a copy of its own. */
    private final Map<Map<String, String>, Map<String, String>> labels = new HashMap<>();

    private final Map<String, String> texts = new HashMap<>();

    EndpointTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    Translated.Endpoints translate(ClusterLoadAssignment assignment) {
        IgnoredFields ignored = reader.ignored();
        ignored.noteIf(
                assignment.getPolicy().getDropOverloadsCount() > 0, "policy.drop_overloads", "no call is dropped");
        List<EndpointConfig> endpoints = new ArrayList<>();
        for (int i = 0; i < assignment.getEndpointsCount(); i++) {
            LocalityLbEndpoints locality = assignment.getEndpoints(i);
            String path = SpreadTranslator.path(locality.getLocality());
            for (int j = 0; j < locality.getLbEndpointsCount(); j++) {
                endpoints.add(endpoint(
                        "endpoints[" + i + "].lb_endpoints[" + j + "]",
                        path,
                        locality.getPriority(),
                        locality.getLbEndpoints(j)));
            }
        }
        return new Translated.Endpoints(
                endpoints,
                SpreadTranslator.localities(assignment),
                SpreadTranslator.overprovisioningPercent(assignment));
    }

    private EndpointConfig endpoint(String field, String locality, int priority, LbEndpoint endpoint) {
        SocketAddress address = endpoint.getEndpoint().getAddress().getSocketAddress();
        if (address.getAddress().isEmpty() || address.getPortValue() == 0) {
            throw reader.invalid(field + ".endpoint.address", "needs an IP address and a port");
        }
        Map<String, Struct> metadata = endpoint.getMetadata().getFilterMetadataMap();
        boolean tls = "istio".equals(text(metadata.get(MATCH_METADATA), "tlsMode"));
        long weight = endpoint.hasLoadBalancingWeight() ? Values.unsigned(endpoint.getLoadBalancingWeight()) : 1;
        Struct own = metadata.get("inmesh");
        Value given = own == null ? null : own.getFieldsMap().get("labels");
        return new EndpointConfig(
                address.getAddress(),
                address.getPortValue(),
                Math.max(1, weight),
                health(endpoint),
                priority,
                locality,
                tls,
                given == null ? Map.of() : shared(Values.strings(given.getStructValue())),
                shared(text(metadata.get("istio"), "workload")));
    }

    private Map<String, String> shared(Map<String, String> read) {
        Map<String, String> known = labels.get(read);
        if (known == null) {
            Map<String, String> fresh = new HashMap<>();
            read.forEach((name, value) -> fresh.put(shared(name), shared(value)));
            known = Map.copyOf(fresh);
            labels.put(known, known);
        }
        return known;
    }

    private String shared(String read) {
        String known = texts.putIfAbsent(read, read);
        return known == null ? read : known;
    }

    private static EndpointConfig.Health health(LbEndpoint endpoint) {
        return switch (endpoint.getHealthStatus()) {
            case UNKNOWN, HEALTHY, DEGRADED -> EndpointConfig.Health.HEALTHY;
            case DRAINING -> EndpointConfig.Health.DRAINING;
            case UNHEALTHY, TIMEOUT, UNRECOGNIZED -> EndpointConfig.Health.UNHEALTHY;
        };
    }

    private static String text(@Nullable Struct struct, String key) {
        Value value = struct == null ? null : struct.getFieldsMap().get(key);
        return value == null ? "" : value.getStringValue();
    }
}
