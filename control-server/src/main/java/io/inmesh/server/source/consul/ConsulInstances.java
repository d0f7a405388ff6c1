package io.inmesh.server.source.consul;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.rule.IpAddresses;
import io.inmesh.server.service.Health;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.Protocol;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import io.inmesh.server.source.NamedSource;
import io.inmesh.server.source.SourceService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** Reads an answer of {@code /v1/health/service/:name}. */
final class ConsulInstances {
    private static final String PORT = "inmesh-port";
    private static final String PROTOCOL = "inmesh-protocol";
    private static final String ACCOUNT = "inmesh-service-account";
    private static final String MESH_TLS = "inmesh-mtls";
    private static final int MAX_PORT = 65_535;

    private final String source;
    private final ConsulSettings settings;

    ConsulInstances(String source, ConsulSettings settings) {
        this.source = source;
        this.settings = settings;
    }

    SourceService read(String name, JsonNode answer) {
        List<JsonNode> usable = new ArrayList<>();
        int unusable = 0;
        for (JsonNode instance : answer) {
            String kind = instance.at("/Service/Kind").asText();
            boolean real = kind.isEmpty() || kind.equals("typical");
            boolean reachable = IpAddresses.valid(address(instance)) && validPort(port(instance));
            if (real && reachable) {
                usable.add(instance);
            } else if (real) {
                unusable++;
            }
        }
        int called = calledPort(usable);
        List<Workload> endpoints = usable.stream()
                .map(instance -> endpoint(name, called, instance))
                .toList();
        return new SourceService(
                settings.namespace(),
                name,
                // Without instances it is not known which port callers use.
                called == 0 ? List.of() : List.of(new ServicePort(called, "", protocol(usable), "")),
                endpoints,
                unusable == 0 ? "" : unusable + " instances have no IP address or no port and are not used");
    }

    private Workload endpoint(String name, int called, JsonNode instance) {
        Map<String, String> labels = new HashMap<>();
        instance.at("/Service/Tags").forEach(tag -> {
            String[] parts = tag.asText().split("=", 2);
            if (parts.length == 2 && !parts[0].isEmpty()) {
                labels.put(parts[0], parts[1]);
            }
        });
        JsonNode meta = instance.at("/Service/Meta");
        meta.properties()
                .forEach(entry -> labels.put(entry.getKey(), entry.getValue().asText()));
        String id = instance.at("/Node/Node").asText() + "/"
                + instance.at("/Service/ID").asText(name);
        return new Workload(
                settings.namespace(),
                name,
                NamedSource.endpointId(source, id),
                labels,
                address(instance),
                Map.of(Integer.toString(called), port(instance)),
                locality(instance),
                weight(instance),
                meta.path(ACCOUNT).asText(),
                health(instance),
                meta.path(MESH_TLS).asBoolean());
    }

    private static String address(JsonNode instance) {
        String own = instance.at("/Service/Address").asText();
        return own.isEmpty() ? instance.at("/Node/Address").asText() : own;
    }

    private static int port(JsonNode instance) {
        return instance.at("/Service/Port").asInt();
    }

    private static boolean validPort(int port) {
        return port > 0 && port <= MAX_PORT;
    }

    /** What an instance says, else the settings, else what most instances listen on, of several the lowest; 0 without instances. */
    private int calledPort(List<JsonNode> instances) {
        for (JsonNode instance : instances) {
            int said = instance.at("/Service/Meta").path(PORT).asInt();
            if (validPort(said)) {
                return said;
            }
        }
        if (instances.isEmpty() || settings.port() > 0) {
            return settings.port();
        }
        Map<Integer, Integer> counts = new TreeMap<>();
        instances.forEach(instance -> counts.merge(port(instance), 1, Integer::sum));
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() == most)
                .mapToInt(Map.Entry::getKey)
                .min()
                .orElse(0);
    }

    private Protocol protocol(List<JsonNode> instances) {
        for (JsonNode instance : instances) {
            String said = instance.at("/Service/Meta").path(PROTOCOL).asText().toUpperCase(Locale.ROOT);
            for (Protocol protocol : Protocol.values()) {
                if (protocol.name().equals(said)) {
                    return protocol;
                }
            }
        }
        return settings.protocol();
    }

    private static Locality locality(JsonNode instance) {
        for (String of : List.of("/Service/Locality", "/Node/Locality")) {
            JsonNode said = instance.at(of);
            if (!said.path("Region").asText().isEmpty()) {
                return new Locality(
                        said.path("Region").asText(), said.path("Zone").asText(), "");
            }
        }
        return new Locality(
                instance.at("/Node/Datacenter").asText(),
                instance.at("/Node/Meta").path("zone").asText(),
                "");
    }

    private static int weight(JsonNode instance) {
        String of = any(instance, "warning", check -> true) ? "Warning" : "Passing";
        return Math.max(1, instance.at("/Service/Weights").path(of).asInt(1));
    }

    /** In maintenance it is drained; with a check that is critical it wants no calls. Consul itself answers those with a warning. */
    private static Health health(JsonNode instance) {
        if (any(instance, "critical", index -> isMaintenance(instance, index))) {
            return Health.DRAINING;
        }
        return any(instance, "critical", index -> true) ? Health.UNHEALTHY : Health.HEALTHY;
    }

    private static boolean isMaintenance(JsonNode instance, int check) {
        String id = instance.path("Checks").path(check).path("CheckID").asText();
        return id.equals("_node_maintenance") || id.startsWith("_service_maintenance");
    }

    private static boolean any(JsonNode instance, String status, IntPredicate which) {
        JsonNode checks = instance.path("Checks");
        for (int i = 0; i < checks.size(); i++) {
            if (checks.get(i).path("Status").asText().equals(status) && which.test(i)) {
                return true;
            }
        }
        return false;
    }
}
