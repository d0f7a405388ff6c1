package io.inmesh.server.source.consul;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/**
 * What Consul is asked, and what becomes of its answer.
 *
 * @param path of its HTTP API
 * @param listed whether it answers with an array of objects; else with an object, of which the names of the fields are the entries
 * @param fields of each entry that are read
 * @param reading makes an answer of the entries, each of which is there as JSON for that moment only
 */
record Question<T>(String path, boolean listed, Fields fields, Collector<JsonNode, ?, T> reading) {
    private static final String INSTANCES = "/v1/health/service/";

    /** The names of all services. */
    static Question<SortedSet<String>> services() {
        return new Question<>(
                "/v1/catalog/services",
                false,
                Fields.of(),
                Collectors.collectingAndThen(
                        Collectors.mapping(
                                JsonNode::asText, Collectors.<String, SortedSet<String>>toCollection(TreeSet::new)),
                        Collections::unmodifiableSortedSet));
    }

    /** The instances of a service, with their checks. */
    static Question<List<ConsulInstance>> instances(String service) {
        return new Question<>(
                INSTANCES + ConsulHttp.encoded(service),
                true,
                ConsulInstance.FIELDS,
                Collectors.mapping(ConsulInstance::of, Collectors.toUnmodifiableList()));
    }

    /** All checks, as far as they say something about endpoints. */
    static Question<Rows> checks() {
        return new Question<>("/v1/health/state/any", true, Rows.CHECK_FIELDS, Rows.ofChecks());
    }

    /** All nodes. */
    static Question<Rows> nodes() {
        return new Question<>("/v1/catalog/nodes", true, Rows.NODE_FIELDS, Rows.ofNodes());
    }

    boolean aboutInstances() {
        return path.startsWith(INSTANCES);
    }
}
