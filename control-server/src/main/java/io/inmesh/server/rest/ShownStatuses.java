package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which statuses one watch has shown, to show those that are others. */
final class ShownStatuses {

    private final StatusLog log;
    private final Kinds.Kind kind;
    private final Selection selection;
    private final Map<ResourceKey, JsonNode> shown = new HashMap<>();
    private Map<ResourceKey, StatusLog.Seen> last;

    /**
     * Begins where a reader is.
     *
     * @param revision what it has read; statuses that changed after that it has perhaps not seen, and is shown
     */
    ShownStatuses(StatusLog log, Kinds.Kind kind, Selection selection, ConfigView view, long revision) {
        this.log = log;
        this.kind = kind;
        this.selection = selection;
        this.last = StatusLog.concerns(kind) ? log.look(kind, view) : Map.of();
        boolean unread = false;
        for (Map.Entry<ResourceKey, StatusLog.Seen> entry : last.entrySet()) {
            if (entry.getValue().changedAt() < revision || entry.getValue().changedAt() == 0) {
                shown.put(entry.getKey(), entry.getValue().status());
            } else {
                unread = true;
            }
        }
        if (unread) {
            last = Map.of();
        }
    }

    /** Remembers what a resource was shown with. */
    void sent(Resource resource, JsonNode body) {
        if (StatusLog.concerns(kind)) {
            shown.put(resource.key(), body.path("status"));
        }
    }

    /** {@return resources with another status than they were shown with} */
    List<Resource> changed(ConfigView view) {
        if (!StatusLog.concerns(kind)) {
            return List.of();
        }
        Map<ResourceKey, StatusLog.Seen> now = log.look(kind, view);
        if (now == last) {
            return List.of();
        }
        last = now;
        shown.keySet().retainAll(now.keySet());
        List<Resource> changed = new ArrayList<>();
        for (Map.Entry<ResourceKey, StatusLog.Seen> entry : now.entrySet()) {
            JsonNode status = entry.getValue().status();
            if (!status.equals(shown.put(entry.getKey(), status))) {
                view.get(entry.getKey()).filter(selection::matches).ifPresent(changed::add);
            }
        }
        return changed;
    }
}
