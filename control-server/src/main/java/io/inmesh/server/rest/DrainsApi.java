package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Permission;
import io.inmesh.server.access.Role;
import io.inmesh.server.ads.StreamHub;
import io.inmesh.server.drain.Drain;
import io.inmesh.server.drain.Drains;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;

/** Instances that operators drain, under {@code /inmesh/v1/drains}. */
final class DrainsApi {

    /** How long it is waited for that all callers have seen a change. */
    private static final Duration SEEN_LIMIT = Duration.ofSeconds(10);

    private final Drains drains;
    private final StreamHub hub;

    DrainsApi(Drains drains, StreamHub hub) {
        this.drains = drains;
        this.hub = hub;
    }

    /** Answers with the drains of one namespace, the query's, or of all. */
    void list(Exchange exchange) throws IOException, HttpProblem {
        String namespace = exchange.viewedNamespace();
        Predicate<Drain> shown = drain -> namespace.isEmpty() || namespace.equals(drain.namespace());
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode items = body.putArray("items");
        drains.all().stream().filter(shown).forEach(drain -> items.add(json(drain)));
        exchange.json(200, body);
    }

    /** Drains an instance, and answers when all callers have seen it, or after a while with that they have not. */
    void drain(Exchange exchange) throws IOException, HttpProblem, InterruptedException {
        ObjectNode asked = exchange.object();
        String namespace = asked.path("namespace").asText("default");
        demand(exchange, namespace);
        Drain drain;
        try {
            drain = drains.drain(
                    namespace,
                    asked.path("instance").asText(),
                    asked.path("reason").asText(),
                    exchange.principal().id());
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(422, "Invalid", String.valueOf(e.getMessage()));
        }
        exchange.json(200, json(drain).put("seen", seen()));
    }

    /** Ends a drain, and answers likewise. */
    void undrain(Exchange exchange) throws IOException, HttpProblem, InterruptedException {
        String namespace = Objects.requireNonNullElse(exchange.parameter("namespace"), "default");
        demand(exchange, namespace);
        String instance = Objects.requireNonNullElse(exchange.parameter("instance"), "");
        if (!drains.undrain(namespace, instance, exchange.principal().id())) {
            throw HttpProblem.notFound("a drain of instance \"" + instance + "\" in namespace " + namespace);
        }
        exchange.json(200, Exchange.JSON.createObjectNode().put("seen", seen()));
    }

    private boolean seen() throws InterruptedException {
        CompletableFuture<Boolean> all = new CompletableFuture<>();
        hub.afterEndpointsAcknowledged(SEEN_LIMIT, all::complete);
        try {
            return all.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("nothing fails here", e);
        }
    }

    private static ObjectNode json(Drain drain) {
        return Exchange.JSON
                .createObjectNode()
                .put("instance", drain.instance())
                .put("namespace", drain.namespace())
                .put("reason", drain.reason())
                .put("by", drain.by())
                .put("since", Instant.ofEpochSecond(drain.sinceEpochSecond()).toString());
    }

    private static void demand(Exchange exchange, String namespace) throws HttpProblem {
        String path = "/" + String.join("/", exchange.path());
        exchange.demand(new Permission(Role.EDITOR, namespace, "update", null, path));
    }
}
