package io.inmesh.server.source.consul;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collector;
import java.util.stream.Collectors;

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

    /** What is read of a check. */
    static final Fields CHECK_FIELDS =
            Fields.of("Node", "CheckID", "ServiceID", "ServiceName", "ServiceTags", "Status");

    /** What is read of a node. */
    static final Fields NODE_FIELDS = Fields.of("Node", "Address", "Meta", "Locality");

    /** {@return what makes rows of checks; what these have to say in words does not count} */
    static Collector<JsonNode, ?, Rows> ofChecks() {
        return of((check, rows) -> rows.add(
                check.path("ServiceName").asText(),
                check.path("Node").asText(),
                check.path("CheckID").asText(),
                check.path("ServiceID").asText(),
                check.path("Status").asText(),
                check.path("ServiceTags").toString()));
    }

    /** {@return what makes rows of nodes} */
    static Collector<JsonNode, ?, Rows> ofNodes() {
        return of((node, rows) -> rows.add(
                "",
                node.path("Node").asText(),
                "",
                node.path("Address").asText(),
                node.path("Meta").toString(),
                node.path("Locality").toString()));
    }

    private static Collector<JsonNode, ?, Rows> of(BiConsumer<JsonNode, Growing> read) {
        return Collector.of(
                Growing::new,
                (rows, row) -> read.accept(row, rows),
                Growing::and,
                rows -> new Rows(Map.copyOf(rows.rows)));
    }

    /** Rows while they are read. Most say what others say, too, which is kept once. */
    private static final class Growing {
        private final Map<Owner, List<String>> rows = new HashMap<>();
        private final Map<String, String> said = new HashMap<>();

        void add(String service, String node, String id, String... values) {
            rows.put(
                    new Owner(once(service), once(node), once(id)),
                    Arrays.stream(values).map(this::once).toList());
        }

        private String once(String text) {
            return said.computeIfAbsent(text, same -> same);
        }

        Growing and(Growing others) {
            rows.putAll(others.rows);
            return this;
        }
    }

    /** {@return the names of the nodes that instances of a service are on} */
    static Set<String> nodesOf(List<ConsulInstance> instances) {
        return instances.stream().map(ConsulInstance::node).collect(Collectors.toSet());
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
