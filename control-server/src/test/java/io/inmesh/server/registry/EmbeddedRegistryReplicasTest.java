package io.inmesh.server.registry;

import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;

/** On the engine of one process. */
class EmbeddedRegistryReplicasTest extends RegistryReplicasContract {
    @Override
    protected Engine open() {
        return EmbeddedEngine.inMemory();
    }
}
