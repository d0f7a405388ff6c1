package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.service.Workload;
import io.inmesh.server.source.EndpointOrigin;
import io.inmesh.server.source.SourceStatus;
import java.util.List;
import java.util.Optional;

/** Other registries, and what is known from them, in JSON. */
final class SourceJson {

    private SourceJson() {}

    static void write(ArrayNode list, List<SourceStatus> statuses) {
        for (SourceStatus status : statuses) {
            ObjectNode node = list.addObject()
                    .put("name", status.name())
                    .put("type", status.type())
                    .put("state", status.state().name())
                    .put("since", status.since().toString())
                    .put("problem", status.problem())
                    .put("services", status.services())
                    .put("endpoints", status.endpoints())
                    .put("vanished", status.vanished())
                    .put("frozen", status.frozen());
            status.answered().ifPresent(answered -> node.put("answered", answered.toString()));
        }
    }

    /** Where a workload is known from: a source, a process that registered itself, or the configuration. */
    static void origin(ObjectNode node, Workload workload, Optional<EndpointOrigin> discovered) {
        if (discovered.isEmpty()) {
            // Node ids of xDS are the only ones with this sign in them.
            boolean registered = workload.id().indexOf('~') >= 0;
            node.put("source", registered ? "registration" : "configuration");
            return;
        }
        EndpointOrigin origin = discovered.get();
        node.put("source", origin.source())
                .put("type", origin.type())
                .put("since", origin.since().toString())
                .put("vanished", origin.vanished());
        origin.confirmed().ifPresent(confirmed -> node.put("confirmed", confirmed.toString()));
    }
}
