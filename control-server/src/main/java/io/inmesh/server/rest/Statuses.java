package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.gateway.RouteStatuses;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rollout.Rollouts;
import io.inmesh.server.store.ConfigView;
import java.util.Optional;

/** Resources as they are shown: with a status where there is one, which is kept apart from them, so that it is no change of the resource. */
final class Statuses {

    private final RouteStatuses routes;
    private final Rollouts rollouts;

    Statuses(RouteStatuses routes, Rollouts rollouts) {
        this.routes = routes;
        this.rollouts = rollouts;
    }

    /** {@return the body of a resource with its status} */
    JsonNode shown(Resource resource, ConfigView view) {
        if (!resource.key().kind().equals("Rollout") || !(resource.raw() instanceof ObjectNode raw)) {
            return routes.shown(resource, view);
        }
        Optional<ObjectNode> status = rollouts.status(resource);
        if (status.isEmpty()) {
            return raw;
        }
        ObjectNode body = raw.deepCopy();
        body.set("status", status.get());
        return body;
    }
}
