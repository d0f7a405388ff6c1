package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigView;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * When statuses were seen to change. A status is kept apart from its resource, so the store tells nobody that it is another; who watches looks
 * here, and what one sees all see. Safe for use by several threads.
 */
final class StatusLog {

    /** Those whose status is more than a function of the configuration. */
    private static final Set<String> BY_THEMSELVES = Set.of("Rollout");

    private static final Set<String> BY_CONFIGURATION = Set.of("HTTPRoute", "GRPCRoute");

    private final Statuses statuses;
    private final Map<String, Look> looks = new HashMap<>();

    /**
     * A status as it is.
     *
     * @param status it; missing if there is none
     * @param changedAt newest revision that a reader may have who does not know it; 0 if it was never seen to change, as that of a resource
     *     that was new, or there before anybody looked
     */
    record Seen(JsonNode status, long changedAt) {}

    private record Look(ConfigView view, Map<ResourceKey, Seen> seen) {}

    StatusLog(Statuses statuses) {
        this.statuses = statuses;
    }

    /** {@return whether resources of a kind have a status} */
    static boolean concerns(Kinds.Kind kind) {
        return BY_THEMSELVES.contains(kind.kind()) || BY_CONFIGURATION.contains(kind.kind());
    }

    /** {@return the statuses of all resources of a kind; the same object as before if none has changed} */
    synchronized Map<ResourceKey, Seen> look(Kinds.Kind kind, ConfigView view) {
        Look last = looks.get(kind.kind());
        if (last != null) {
            boolean same = last.view() == view && BY_CONFIGURATION.contains(kind.kind());
            if (same || last.view().revision() > view.revision()) {
                return last.seen();
            }
        }
        Map<ResourceKey, Seen> before = last == null ? Map.of() : last.seen();
        Map<ResourceKey, Seen> now = new LinkedHashMap<>();
        boolean changed = false;
        for (Resource resource : view.byKind(kind.kind())) {
            JsonNode status = statuses.shown(resource, view).path("status");
            Seen old = before.get(resource.key());
            boolean kept = old != null && old.status().equals(status);
            now.put(resource.key(), kept ? old : new Seen(status, old == null ? 0 : view.revision()));
            changed |= !kept;
        }
        Map<ResourceKey, Seen> seen = changed || now.size() != before.size() ? Map.copyOf(now) : before;
        looks.put(kind.kind(), new Look(view, seen));
        return seen;
    }
}
