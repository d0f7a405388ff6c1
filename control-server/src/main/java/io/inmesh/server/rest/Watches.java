package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.store.ConfigStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Streams changes of a kind, as {@code kubectl get -w} reads them. */
final class Watches {

    private Watches() {}

    static void stream(Exchange exchange, ConfigStore store, Kinds.Kind kind, @Nullable String namespace)
            throws IOException, InterruptedException, HttpProblem {
        String from = exchange.parameter("resourceVersion");
        long revision = from == null || from.isEmpty() || from.equals("0")
                ? store.view().revision()
                : ResourceApi.number(from, "resourceVersion");
        String timeout = exchange.parameter("timeoutSeconds");
        Instant end = Instant.now().plusSeconds(timeout == null ? 300 : ResourceApi.number(timeout, "timeoutSeconds"));
        exchange.begin("application/json;stream=watch");
        while (Instant.now().isBefore(end)) {
            long waitMillis = Math.min(
                    1000, Math.max(1, Duration.between(Instant.now(), end).toMillis()));
            Optional<List<ConfigStore.Event>> events = store.eventsAfter(revision, waitMillis);
            if (events.isEmpty()) {
                ObjectNode line = Exchange.JSON.createObjectNode().put("type", "ERROR");
                line.set(
                        "object",
                        new HttpProblem(410, "Expired", "resourceVersion " + revision + " is too old", null).body());
                exchange.line(line);
                break;
            }
            for (ConfigStore.Event event : events.get()) {
                revision = Math.max(revision, event.resource().resourceVersion());
                if (!ResourceApi.select(List.of(event.resource()), kind, namespace, exchange.parameter("labelSelector"))
                        .isEmpty()) {
                    ObjectNode line = Exchange.JSON
                            .createObjectNode()
                            .put("type", event.type().name());
                    line.set(
                            "object",
                            ResourceApi.wantsTable(exchange)
                                    ? Tables.of(List.of(event.resource()), revision)
                                    : event.resource().raw());
                    exchange.line(line);
                }
            }
        }
        exchange.end();
    }
}
