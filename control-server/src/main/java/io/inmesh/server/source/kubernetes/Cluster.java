package io.inmesh.server.source.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.IpAddresses;
import io.inmesh.server.service.CoreServices;
import io.inmesh.server.service.Health;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import io.inmesh.server.source.NamedSource;
import io.inmesh.server.source.SourceService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What is known of a cluster, and the services that follow from it. For one thread. */
final class Cluster {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final Pod UNKNOWN = new Pod(Map.of(), "");

    private final String source;
    private final KubernetesSettings settings;
    private final Map<String, JsonNode> services = new TreeMap<>();
    /** Slices by service, and of each by name. */
    private final Map<String, Map<String, JsonNode>> slices = new HashMap<>();

    /** The service that each slice belongs to. */
    private final Map<String, String> owners = new HashMap<>();

    private final Map<String, Pod> pods = new HashMap<>();

    /** What endpoints have of their pod. */
    private record Pod(Map<String, String> labels, String serviceAccount) {}

    Cluster(String source, KubernetesSettings settings) {
        this.source = source;
        this.settings = settings;
    }

    void replace(Collection collection, List<JsonNode> objects) {
        switch (collection) {
            case SERVICES -> services.clear();
            case SLICES -> {
                slices.clear();
                owners.clear();
            }
            case PODS -> pods.clear();
        }
        for (JsonNode object : objects) {
            if (collection == Collection.PODS && follows(object)) {
                // Which services have it does not matter: all are told of anew, and to look for it in each would take
                // long.
                pods.put(key(object), read(object));
            } else {
                change(collection, object, false);
            }
        }
    }

    /** {@return the services that may be other than before, as {@code namespace/name}} */
    Set<String> change(Collection collection, JsonNode object, boolean deleted) {
        if (!follows(object)) {
            return Set.of();
        }
        String namespace = namespace(object);
        String key = key(object);
        return switch (collection) {
            case SERVICES -> {
                if (deleted) {
                    services.remove(key);
                } else {
                    services.put(key, slim(object));
                }
                yield Set.of(key);
            }
            case SLICES -> slice(namespace, key, object, deleted);
            case PODS -> pod(key, object, deleted);
        };
    }

    private boolean follows(JsonNode object) {
        return settings.namespaces().isEmpty() || settings.namespaces().contains(namespace(object));
    }

    private static String namespace(JsonNode object) {
        return object.at("/metadata/namespace").asText();
    }

    private static String key(JsonNode object) {
        return namespace(object) + "/" + object.at("/metadata/name").asText();
    }

    private Set<String> slice(String namespace, String key, JsonNode object, boolean deleted) {
        String name = object.at("/metadata/labels").path(SERVICE_NAME).asText();
        Set<String> touched = new HashSet<>();
        // A slice that is given to another service leaves the one it had.
        String owner = owners.remove(key);
        if (owner != null) {
            touched.add(owner);
            slices.computeIfPresent(owner, (wanted, own) -> {
                own.remove(key);
                return own.isEmpty() ? null : own;
            });
        }
        if (!name.isEmpty()) {
            String service = namespace + "/" + name;
            touched.add(service);
            if (!deleted) {
                owners.put(key, service);
                slices.computeIfAbsent(service, wanted -> new TreeMap<>()).put(key, slim(object));
            }
        }
        return touched;
    }

    private static Pod read(JsonNode pod) {
        Map<String, String> labels = new HashMap<>();
        pod.at("/metadata/labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return new Pod(labels, pod.at("/spec/serviceAccountName").asText());
    }

    private Set<String> pod(String key, JsonNode object, boolean deleted) {
        Pod now = read(object);
        Pod before = deleted ? pods.remove(key) : pods.put(key, now);
        // Pods change all the time; what endpoints have of them hardly ever.
        if (now.equals(before)) {
            return Set.of();
        }
        Set<String> touched = new HashSet<>();
        slices.forEach((service, own) -> own.values()
                .forEach(slice -> slice.path("endpoints").forEach(endpoint -> {
                    if (key.equals(podOf(endpoint, service.substring(0, service.indexOf('/'))))) {
                        touched.add(service);
                    }
                })));
        return touched;
    }

    /** Without who changed which field when, which is most of many objects. */
    private static JsonNode slim(JsonNode object) {
        if (object instanceof ObjectNode node) {
            node.remove("status");
            if (node.get("metadata") instanceof ObjectNode metadata) {
                metadata.remove(List.of("managedFields", "annotations", "ownerReferences"));
            }
        }
        return object;
    }

    private static String podOf(JsonNode endpoint, String namespace) {
        JsonNode target = endpoint.path("targetRef");
        return target.path("kind").asText().equals("Pod")
                ? target.path("namespace").asText(namespace) + "/"
                        + target.path("name").asText()
                : "";
    }

    List<SourceService> all() {
        List<SourceService> all = new ArrayList<>();
        services.keySet().forEach(key -> service(key).ifPresent(all::add));
        return all;
    }

    /** {@return the service as callers are to see it; empty if there is none, or one that only is another name or has no ports} */
    Optional<SourceService> service(String key) {
        JsonNode object = services.get(key);
        if (object == null || object.at("/spec/type").asText().equals("ExternalName")) {
            return Optional.empty();
        }
        List<ServicePort> ports = new ArrayList<>();
        object.at("/spec/ports").forEach(port -> ports.add(CoreServices.port(Field.of(port, "port"))));
        if (ports.isEmpty()) {
            return Optional.empty();
        }
        String namespace = object.at("/metadata/namespace").asText();
        String name = object.at("/metadata/name").asText();
        String family = object.at("/spec/ipFamilies/0").asText();
        Map<String, Workload> endpoints = new TreeMap<>();
        int unusable = 0;
        for (JsonNode slice : slices.getOrDefault(key, Map.of()).values()) {
            String type = slice.path("addressType").asText();
            if (type.equals("FQDN")) {
                unusable += slice.path("endpoints").size();
            } else if (family.isEmpty() || family.equals(type)) {
                // A pod with addresses of both families must not count twice.
                Map<String, Integer> numbers = numbers(slice, ports);
                slice.path("endpoints")
                        .forEach(endpoint -> endpoint(namespace, name, endpoint, numbers)
                                .ifPresent(one -> endpoints.merge(one.id(), one, Cluster::joined)));
            }
        }
        String remark = unusable == 0 ? "" : unusable + " endpoints have names for addresses and are not used";
        return Optional.of(new SourceService(namespace, name, ports, List.copyOf(endpoints.values()), remark));
    }

    /** Ports of a slice by name; that of a service with one port without a name, by its number. */
    private static Map<String, Integer> numbers(JsonNode slice, List<ServicePort> ports) {
        Map<String, Integer> numbers = new HashMap<>();
        slice.path("ports").forEach(port -> {
            String name = port.path("name").asText("");
            for (ServicePort one : ports) {
                if (one.name().equals(name) && port.path("port").asInt() > 0) {
                    numbers.put(
                            name.isEmpty() ? Integer.toString(one.number()) : name,
                            port.path("port").asInt());
                }
            }
        });
        return numbers;
    }

    private Optional<Workload> endpoint(
            String namespace, String service, JsonNode endpoint, Map<String, Integer> numbers) {
        String address = endpoint.path("addresses").path(0).asText();
        if (!IpAddresses.valid(address)) {
            return Optional.empty();
        }
        String pod = podOf(endpoint, namespace);
        Pod known = pods.getOrDefault(pod, UNKNOWN);
        return Optional.of(new Workload(
                namespace,
                service,
                NamedSource.endpointId(source, service + "/" + (pod.isEmpty() ? "" : pod + "/") + address),
                known.labels(),
                address,
                numbers,
                new Locality(settings.region(), endpoint.path("zone").asText(), ""),
                1,
                known.serviceAccount(),
                health(endpoint.path("conditions")),
                "istio".equals(known.labels().get(Workload.TLS_MODE_LABEL))));
    }

    /** A pod that is never said to be unready is ready; one that ends may still serve, but gets nothing new. */
    private static Health health(JsonNode conditions) {
        if (conditions.path("ready").asBoolean(true)) {
            return Health.HEALTHY;
        }
        return conditions.path("terminating").asBoolean() ? Health.DRAINING : Health.UNHEALTHY;
    }

    /** One endpoint in two slices: on its way from one to the other, or with other ports in each. */
    private static Workload joined(Workload one, Workload other) {
        Map<String, Integer> ports = new HashMap<>(one.ports());
        ports.putAll(other.ports());
        Workload better = one.health().compareTo(other.health()) <= 0 ? one : other;
        return new Workload(
                better.namespace(),
                better.name(),
                better.id(),
                better.labels(),
                better.address(),
                ports,
                better.locality(),
                better.weight(),
                better.serviceAccount(),
                better.health(),
                better.meshTls());
    }
}
