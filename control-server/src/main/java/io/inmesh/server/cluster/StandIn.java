package io.inmesh.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.AuthorizationPolicies;
import java.util.Optional;
import java.util.Set;

/**
 * What is served in the place of a rule about access that the cluster has accepted and this server cannot take. Without it access would
 * be wider than whoever wrote the rule meant: security fails closed.
 */
final class StandIn {

    /** Marks what stands in the place of something else. */
    static final String ANNOTATION = "inmesh.io/stand-in";

    /** As Go reads a boolean. */
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");

    private StandIn() {}

    /**
     * {@return the narrowest that a rule can have meant, for the workloads that it selects; empty if it narrows no access here}
     *
     * @param document the rule
     * @param selected whether its selector is taken as it is; the whole namespace is meant if not
     */
    static Optional<ObjectNode> of(ObjectNode document, boolean selected) {
        JsonNode spec = document.path("spec");
        boolean policy = document.path("kind").asText().equals("AuthorizationPolicy");
        boolean others = spec.has("targetRef") || spec.has("targetRefs");
        JsonNode trial = document.path("metadata").path("annotations").path(AuthorizationPolicies.DRY_RUN);
        if (!document.path("apiVersion").asText().startsWith("security.istio.io/")
                || !(policy || document.path("kind").asText().equals("PeerAuthentication"))
                || policy
                        && (others
                                || TRUE.contains(trial.asText())
                                || spec.path("action").asText().equals("AUDIT"))) {
            return Optional.empty();
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("apiVersion", document.get("apiVersion"));
        body.set("kind", document.get("kind"));
        ObjectNode metadata = body.putObject("metadata");
        metadata.set("name", document.path("metadata").path("name"));
        metadata.set("namespace", document.path("metadata").path("namespace"));
        metadata.putObject("annotations").put(ANNOTATION, "true");
        ObjectNode own = body.putObject("spec");
        if (selected && spec.has("selector")) {
            own.set("selector", spec.get("selector"));
        }
        if (!policy) {
            own.putObject("mtls").put("mode", "STRICT");
        } else if (spec.path("action").asText("ALLOW").equals("ALLOW")) {
            own.put("action", "ALLOW");
        } else {
            // What other rules allow would be allowed beside one that allows nothing.
            own.put("action", "DENY").putArray("rules").addObject();
        }
        return Optional.of(body);
    }

    /** {@return whether a resource is one} */
    static boolean is(Resource resource) {
        return resource.annotations().containsKey(ANNOTATION);
    }
}
