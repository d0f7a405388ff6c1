package io.inmesh.server.backup;

import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Schema;
import java.io.IOException;
import java.util.Set;

/** Whether servers run on a store. The file of one server is locked by it, so only a store that servers share has to be asked. */
final class RunningServers {

    private RunningServers() {}

    /**
     * Refuses to go on while servers run on a store: what they write meanwhile would be lost, and what is half there would go to processes.
     *
     * @throws IOException if one says that it runs, or was killed so lately that its entry is still there; names them by their ids
     */
    static void refuse(Engine engine) throws IOException {
        Set<String> running = engine instanceof EmbeddedEngine
                ? Set.of()
                : engine.scan(Schema.REPLICAS).keySet();
        if (!running.isEmpty()) {
            throw new IOException("control servers run on the store: " + String.join(", ", running)
                    + "; stop them all first (one that was killed counts for 10 s more)");
        }
    }
}
