package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.store.ConfigStore;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Kinds that are not stored. Files for Kubernetes hold them beside what is about the mesh, so they are taken with a warning instead
 * of breaking {@code kubectl apply} and {@code kubectl delete} of the whole file.
 */
final class SkippedApi {

    private final ConfigStore store;

    SkippedApi(ConfigStore store) {
        this.store = store;
    }

    void handle(Exchange exchange, Kinds.Kind kind, @Nullable String name) throws IOException, HttpProblem {
        switch (exchange.method()) {
            case "POST", "PUT", "PATCH" -> {
                ObjectNode body = exchange.object();
                exchange.warn(kind.kind() + " "
                        + body.path("metadata").path("name").asText() + " skipped, nothing is stored: " + kind.why());
                exchange.json(exchange.method().equals("POST") ? 201 : 200, body);
            }
            case "DELETE" -> {
                exchange.warn(
                        kind.kind() + (name == null ? "" : " " + name) + " skipped, nothing was stored: " + kind.why());
                exchange.json(200, ResourceApi.success(kind, name));
            }
            case "GET" -> get(exchange, kind, name);
            default -> throw HttpProblem.notAllowed(exchange.method() + " is not supported here");
        }
    }

    private void get(Exchange exchange, Kinds.Kind kind, @Nullable String name) throws IOException, HttpProblem {
        if (name == null) {
            exchange.json(200, ResourceApi.emptyList(kind, store.view().revision()));
        } else if (kind.kind().equals("Namespace")) {
            // Every namespace is there; none has to be made.
            ObjectNode body =
                    Exchange.JSON.createObjectNode().put("kind", "Namespace").put("apiVersion", "v1");
            body.putObject("metadata").put("name", name);
            body.putObject("status").put("phase", "Active");
            exchange.json(200, body);
        } else {
            throw HttpProblem.notFound(kind.qualifiedPlural() + " \"" + name + "\"");
        }
    }
}
