package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Principal;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.store.ConfigStore.Event;
import io.inmesh.server.store.ConfigStore.EventType;
import io.inmesh.server.store.ConfigView;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Streams changes of a kind, as {@code kubectl get -w} and informers read them. */
final class Watches {

    /** Each watch holds a thread; the rest of the threads stay free for everything else. */
    static final int MAX_WATCHES = 100;

    private static final long DEFAULT_TIMEOUT_SECONDS = 300;
    private static final long LONGEST_TIMEOUT_SECONDS = 3600;
    private static final long BOOKMARK_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** How soon a stopping server is noticed. */
    private static final long LONGEST_WAIT_MILLIS = 500;

    private final Semaphore free = new Semaphore(MAX_WATCHES);
    private final ConfigStore store;
    private final Statuses statuses;
    private final StatusLog log;

    private final Map<String, Integer> byCaller = new HashMap<>();
    private final int perCaller;

    Watches(ConfigStore store, Statuses statuses, StatusLog log, int perCaller) {
        this.perCaller = perCaller;
        this.store = store;
        this.statuses = statuses;
        this.log = log;
    }

    void stream(Exchange exchange, Kinds.Kind kind, @Nullable String namespace)
            throws IOException, InterruptedException, HttpProblem {
        if (exchange.flag("sendInitialEvents")) {
            // What a client that knows streamed lists falls back to lists and watches on.
            throw new HttpProblem(422, "Invalid", "sendInitialEvents is not supported; list, then watch");
        }
        Selection selection = Selection.of(exchange, kind, namespace);
        long seconds = Math.min(LONGEST_TIMEOUT_SECONDS, exchange.number("timeoutSeconds", DEFAULT_TIMEOUT_SECONDS));
        long revision = exchange.number("resourceVersion", 0);
        Principal caller = exchange.principal();
        if (!enter(caller)) {
            throw HttpProblem.tooMany(
                    caller.id() + " has " + perCaller + " watches already; end some, or list instead", 1);
        }
        if (!free.tryAcquire()) {
            leave(caller);
            throw HttpProblem.tooMany("there are " + MAX_WATCHES + " watches already; end some, or list instead", 1);
        }
        try {
            exchange.begin("application/json;stream=watch");
            ShownStatuses shown =
                    new ShownStatuses(log, kind, selection, store.view(), revision == 0 ? Long.MAX_VALUE : revision);
            if (revision == 0) {
                revision = present(exchange, selection, shown);
            }
            follow(exchange, kind, selection, shown, revision, System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
            exchange.end();
        } finally {
            free.release();
            leave(caller);
        }
    }

    /** Nobody in particular is everybody on the machine, whom the limit of all watches has to do for. */
    private boolean enter(Principal caller) {
        synchronized (byCaller) {
            int present = byCaller.getOrDefault(caller.id(), 0);
            if (caller.authenticated() && present >= perCaller) {
                return false;
            }
            byCaller.put(caller.id(), present + 1);
            return true;
        }
    }

    private void leave(Principal caller) {
        synchronized (byCaller) {
            byCaller.computeIfPresent(caller.id(), (id, count) -> count == 1 ? null : count - 1);
        }
    }

    /** A watch from nowhere begins with what is there now. */
    private long present(Exchange exchange, Selection selection, ShownStatuses shown) throws IOException {
        ConfigView view = store.view();
        for (Resource resource : selection.of(view.all())) {
            shown.sent(resource, send(exchange, EventType.ADDED, resource));
        }
        return view.revision();
    }

    private void follow(
            Exchange exchange, Kinds.Kind kind, Selection selection, ShownStatuses shown, long from, long endNanos)
            throws IOException, InterruptedException {
        long revision = from;
        long bookmarkNanos = System.nanoTime() + BOOKMARK_NANOS;
        while (System.nanoTime() - endNanos < 0 && exchange.running()) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            Optional<List<Event>> events =
                    store.eventsAfter(revision, Math.max(1, Math.min(LONGEST_WAIT_MILLIS, leftMillis)));
            if (events.isEmpty()) {
                String message = "resourceVersion " + revision + " is too old; list again";
                line(exchange, "ERROR", new HttpProblem(410, "Expired", message).body());
                return;
            }
            for (Event event : events.get()) {
                revision = event.resource().resourceVersion();
                sendIfSelected(exchange, selection, event, shown);
            }
            ConfigView view = store.view();
            // A version is only told when everything before it has been.
            if (view.revision() == revision) {
                for (Resource resource : shown.changed(view)) {
                    send(exchange, EventType.MODIFIED, resource);
                }
            }
            if (exchange.flag("allowWatchBookmarks") && System.nanoTime() - bookmarkNanos > 0) {
                bookmarkNanos = System.nanoTime() + BOOKMARK_NANOS;
                ObjectNode body = Exchange.JSON
                        .createObjectNode()
                        .put("kind", kind.kind())
                        .put("apiVersion", kind.apiVersion());
                body.putObject("metadata").put("resourceVersion", Long.toString(revision));
                line(exchange, "BOOKMARK", body);
            }
        }
    }

    /** A resource whose labels do not fit any more is gone for this watch, and new when they fit. */
    private void sendIfSelected(Exchange exchange, Selection selection, Event event, ShownStatuses shown)
            throws IOException {
        boolean now = event.type() != EventType.DELETED && selection.matches(event.resource());
        Resource previous = event.previous();
        boolean before = previous != null && selection.matches(previous);
        if (now) {
            shown.sent(
                    event.resource(), send(exchange, before ? EventType.MODIFIED : EventType.ADDED, event.resource()));
        } else if (before) {
            send(exchange, EventType.DELETED, event.resource());
        }
    }

    /** {@return the resource as it was shown} */
    private JsonNode send(Exchange exchange, EventType type, Resource resource) throws IOException {
        JsonNode body = statuses.shown(resource, store.view());
        line(
                exchange,
                type.name(),
                exchange.wantsTable() ? Tables.of(List.of(resource), resource.resourceVersion(), one -> body) : body);
        return body;
    }

    private static void line(Exchange exchange, String type, JsonNode object) throws IOException {
        ObjectNode line = Exchange.JSON.createObjectNode().put("type", type);
        line.set("object", object);
        exchange.line(line);
    }
}
