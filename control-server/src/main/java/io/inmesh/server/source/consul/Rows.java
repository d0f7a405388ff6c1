package io.inmesh.server.source.consul;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * All checks or all nodes of a catalog, as far as they say something about endpoints.
 *
 * @param byOwner what is said, by whom it is about
 */
record Rows(Map<Owner, List<String>> byOwner) {

    /**
     * Whom a row is about.
     *
     * @param service a service; empty for everything on the node
     * @param node the node's name
     * @param id which of its rows, such as a check's id
     */
    record Owner(String service, String node, String id) {}

    /** {@return the rows of {@code /v1/health/state/any}; what checks have to say in words does not count} */
    static Rows ofChecks(JsonNode answer) {
        Map<Owner, List<String>> rows = new HashMap<>();
        for (JsonNode check : answer) {
            rows.put(
                    new Owner(
                            check.path("ServiceName").asText(),
                            check.path("Node").asText(),
                            check.path("CheckID").asText()),
                    List.of(
                            check.path("ServiceID").asText(),
                            check.path("Status").asText(),
                            check.path("ServiceTags").toString()));
        }
        return new Rows(Map.copyOf(rows));
    }

    /** {@return the rows of {@code /v1/catalog/nodes}} */
    static Rows ofNodes(JsonNode answer) {
        Map<Owner, List<String>> rows = new HashMap<>();
        for (JsonNode node : answer) {
            rows.put(
                    new Owner("", node.path("Node").asText(), ""),
                    List.of(
                            node.path("Address").asText(),
                            node.path("Meta").toString(),
                            node.path("Locality").toString()));
        }
        return new Rows(Map.copyOf(rows));
    }

    /** {@return the names of the nodes that instances of a service are on} */
    static Set<String> nodesOf(JsonNode instances) {
        Set<String> nodes = new HashSet<>();
        instances.forEach(instance -> nodes.add(instance.at("/Node/Node").asText()));
        return nodes;
    }

    /** {@return whose rows are new, gone or others than before} */
    Set<Owner> differentFrom(Rows before) {
        Set<Owner> owners = new HashSet<>(byOwner.keySet());
        owners.addAll(before.byOwner().keySet());
        owners.removeIf(
                owner -> Objects.equals(byOwner.get(owner), before.byOwner().get(owner)));
        return owners;
    }
}
