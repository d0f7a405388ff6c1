package io.inmesh.bench.replicas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.bench.process.Json;

/** The resource that is changed again and again: a rule of details whose route is named after the number of the change. */
final class Change {

    /** What the name of the route begins with; the number follows. */
    static final String PREFIX = "change-";

    /** Where rules of its kind are. */
    static final String KIND = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";

    /** Where it is. */
    static final String PATH = KIND + "/details";

    private Change() {}

    /**
     * {@return the resource as it is to be}
     *
     * @param number of the change
     * @param after the version that it takes the place of; empty if there is none yet
     */
    static String body(long number, String after) {
        ObjectNode resource = Json.MAPPER.createObjectNode();
        resource.put("apiVersion", "networking.istio.io/v1").put("kind", "VirtualService");
        ObjectNode metadata =
                resource.putObject("metadata").put("name", "details").put("namespace", "default");
        if (!after.isEmpty()) {
            metadata.put("resourceVersion", after);
        }
        ObjectNode spec = resource.putObject("spec");
        spec.putArray("hosts").add("details");
        ObjectNode rule = spec.putArray("http").addObject().put("name", PREFIX + number);
        rule.putArray("route").addObject().putObject("destination").put("host", "details");
        return resource.toString();
    }

    /** {@return the number of the change that a resource is; 0 if it is none} */
    static long number(JsonNode resource) {
        String name = resource.at("/spec/http/0/name").asText();
        return name.startsWith(PREFIX) ? Long.parseLong(name.substring(PREFIX.length())) : 0;
    }

    /** {@return the version of a resource} */
    static String version(JsonNode resource) {
        return resource.at("/metadata/resourceVersion").asText();
    }
}
