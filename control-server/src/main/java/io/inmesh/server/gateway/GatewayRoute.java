package io.inmesh.server.gateway;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import java.util.ArrayList;
import java.util.List;

/**
 * An HTTPRoute or GRPCRoute with everything it refers to looked up.
 *
 * @param resource where it comes from
 * @param kind which of the two it is
 * @param attachments what becomes of each {@code parentRef}, in the order written
 * @param rules its rules, in the order written
 */
public record GatewayRoute(Resource resource, RouteKind kind, List<Attachment> attachments, List<RouteRule> rules) {
    public GatewayRoute {
        attachments = List.copyOf(attachments);
        rules = List.copyOf(rules);
    }

    static GatewayRoute of(Resource resource, ServiceDirectory services) {
        Field spec = Field.spec(resource);
        String namespace = resource.key().namespace();
        List<Attachment> attachments = spec.get("parentRefs").items().stream()
                .map(ref -> Parents.resolve(ref, namespace, services))
                .toList();
        List<Field> written = spec.get("rules").items();
        if (written.isEmpty()) {
            // The API's own default: one rule that matches everything and, having no backend, refuses it.
            ObjectNode everything = JsonNodeFactory.instance.objectNode();
            written = List.of(Field.of(everything, "spec.rules[0]"));
        }
        String prefix = namespace + "." + resource.key().name();
        List<RouteRule> rules = new ArrayList<>();
        for (int i = 0; i < written.size(); i++) {
            rules.add(RouteRule.of(written.get(i), prefix, i, namespace, services));
        }
        return new GatewayRoute(resource, RouteKind.of(resource), attachments, rules);
    }

    /** Its namespace. */
    public String namespace() {
        return resource.key().namespace();
    }
}
