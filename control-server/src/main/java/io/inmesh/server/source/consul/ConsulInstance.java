package io.inmesh.server.source.consul;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.service.Health;
import io.inmesh.server.service.Locality;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What counts of one instance in an answer of {@code /v1/health/service/:name}.
 *
 * @param node name of its node
 * @param id of the instance; empty if it has none of its own
 * @param kind empty or {@code typical} for what callers may call; others are parts of Consul's own mesh
 * @param address its own, else its node's
 * @param port 0 if it says none
 * @param calledPort which its service is called at, as its meta says; 0 if it says nothing
 * @param protocol of its service, as its meta says; empty if it says nothing
 * @param serviceAccount whose certificate it shows, as its meta says; empty if it says nothing
 * @param meshTls whether it takes the mesh's mutual TLS, as its meta says
 * @param labels its meta, and its tags with an equals sign
 * @param locality its own, else its node's, else the datacenter and the node's zone
 * @param weight of now: another one while a check warns
 * @param health what its checks come to
 */
record ConsulInstance(
        String node,
        String id,
        String kind,
        String address,
        int port,
        int calledPort,
        String protocol,
        String serviceAccount,
        boolean meshTls,
        Map<String, String> labels,
        Locality locality,
        int weight,
        Health health) {
    /** What is read of it. */
    static final Fields FIELDS = Fields.of(
            "Node/Node",
            "Node/Address",
            "Node/Datacenter",
            "Node/Meta/zone",
            "Node/Locality",
            "Service/ID",
            "Service/Kind",
            "Service/Address",
            "Service/Port",
            "Service/Tags",
            "Service/Meta",
            "Service/Weights",
            "Service/Locality",
            "Checks/CheckID",
            "Checks/Status");

    static ConsulInstance of(JsonNode instance) {
        JsonNode node = instance.path("Node");
        JsonNode service = instance.path("Service");
        String own = service.path("Address").asText();
        JsonNode meta = service.path("Meta");
        return new ConsulInstance(
                node.path("Node").asText(),
                service.path("ID").asText(),
                service.path("Kind").asText(),
                own.isEmpty() ? node.path("Address").asText() : own,
                service.path("Port").asInt(),
                meta.path("inmesh-port").asInt(),
                meta.path("inmesh-protocol").asText(),
                meta.path("inmesh-service-account").asText(),
                meta.path("inmesh-mtls").asBoolean(),
                labels(service.path("Tags"), meta),
                locality(node, service),
                weight(instance),
                health(instance));
    }

    private static Map<String, String> labels(JsonNode tags, JsonNode meta) {
        Map<String, String> labels = new HashMap<>();
        tags.forEach(tag -> {
            String[] parts = tag.asText().split("=", 2);
            if (parts.length == 2 && !parts[0].isEmpty()) {
                labels.put(parts[0], parts[1]);
            }
        });
        meta.properties()
                .forEach(entry -> labels.put(entry.getKey(), entry.getValue().asText()));
        return Map.copyOf(labels);
    }

    private static Locality locality(JsonNode node, JsonNode service) {
        for (JsonNode of : List.of(service, node)) {
            JsonNode said = of.path("Locality");
            if (!said.path("Region").asText().isEmpty()) {
                return new Locality(
                        said.path("Region").asText(), said.path("Zone").asText(), "");
            }
        }
        return new Locality(
                node.path("Datacenter").asText(), node.path("Meta").path("zone").asText(), "");
    }

    private static int weight(JsonNode instance) {
        String of = any(instance, "warning", check -> true) ? "Warning" : "Passing";
        return Math.max(1, instance.at("/Service/Weights").path(of).asInt(1));
    }

    /** In maintenance it is drained; with a check that is critical it wants no calls. Consul itself answers those with a warning. */
    private static Health health(JsonNode instance) {
        if (any(instance, "critical", ConsulInstance::isMaintenance)) {
            return Health.DRAINING;
        }
        return any(instance, "critical", check -> true) ? Health.UNHEALTHY : Health.HEALTHY;
    }

    private static boolean isMaintenance(JsonNode check) {
        String id = check.path("CheckID").asText();
        return id.equals("_node_maintenance") || id.startsWith("_service_maintenance");
    }

    private static boolean any(JsonNode instance, String status, Predicate<JsonNode> which) {
        for (JsonNode check : instance.path("Checks")) {
            if (check.path("Status").asText().equals(status) && which.test(check)) {
                return true;
            }
        }
        return false;
    }
}
