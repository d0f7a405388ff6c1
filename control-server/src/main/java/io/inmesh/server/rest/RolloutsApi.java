package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Permission;
import io.inmesh.server.access.Role;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rollout.Command;
import io.inmesh.server.rollout.Rollouts;
import io.inmesh.server.store.ConfigStore;
import java.io.IOException;
import java.util.List;

/** Rollouts under {@code /inmesh/v1/rollouts}: how far each is, and what somebody tells it. */
final class RolloutsApi {

    private static final String GROUP = "inmesh.io";
    private static final String KIND = "Rollout";
    private static final int ONE = 3;
    private static final int TOLD = 4;

    private final Rollouts rollouts;
    private final ConfigStore store;

    RolloutsApi(Rollouts rollouts, ConfigStore store) {
        this.rollouts = rollouts;
        this.store = store;
    }

    static boolean knows(List<String> path) {
        return path.get(0).equals("rollouts");
    }

    void handle(Exchange exchange, List<String> path) throws IOException, HttpProblem {
        String method = exchange.method();
        if (method.equals("GET") && path.size() == 1) {
            list(exchange);
        } else if (method.equals("GET") && path.size() == ONE) {
            ResourceKey key = key(path);
            demand(exchange, Role.VIEWER, "get", key);
            exchange.json(200, shown(resource(key)));
        } else if (method.equals("POST") && path.size() == TOLD) {
            tell(exchange, key(path), path.get(TOLD - 1));
        } else {
            throw HttpProblem.notFound("/inmesh/v1/" + String.join("/", path));
        }
    }

    private void list(Exchange exchange) throws IOException, HttpProblem {
        String namespace = exchange.viewedNamespace();
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode items = body.putArray("items");
        for (Resource rollout : store.view().byKind(KIND)) {
            if (namespace.isEmpty() || rollout.key().namespace().equals(namespace)) {
                items.add(shown(rollout));
            }
        }
        exchange.json(200, body);
    }

    private void tell(Exchange exchange, ResourceKey key, String word) throws IOException, HttpProblem {
        Command command = Command.of(word)
                .orElseThrow(() -> HttpProblem.notFound("the command " + word
                        + " for rollouts (there are pause, resume, promote, abort and retry); it"));
        demand(exchange, Role.EDITOR, "patch", key);
        resource(key);
        try {
            rollouts.tell(key, command, exchange.principal().id());
        } catch (Rollouts.RefusedException e) {
            throw HttpProblem.conflict(String.valueOf(e.getMessage()));
        }
        exchange.json(200, shown(resource(key)));
    }

    private ObjectNode shown(Resource rollout) {
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("namespace", rollout.key().namespace())
                .put("name", rollout.key().name())
                .put("created", rollout.creationTimestamp().toString());
        body.set("spec", rollout.spec());
        rollouts.status(rollout).ifPresent(status -> body.set("status", status));
        return body;
    }

    private Resource resource(ResourceKey key) throws HttpProblem {
        return store.view().get(key).orElseThrow(() -> HttpProblem.notFound(key.toString()));
    }

    private static ResourceKey key(List<String> path) {
        return new ResourceKey(GROUP, KIND, path.get(1), path.get(2));
    }

    private static void demand(Exchange exchange, Role role, String verb, ResourceKey key) throws HttpProblem {
        exchange.demand(Permission.ofResource(role, key.namespace(), verb, GROUP, "rollouts", key.name()));
    }
}
