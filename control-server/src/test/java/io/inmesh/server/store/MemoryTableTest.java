package io.inmesh.server.store;

import io.inmesh.server.fixture.MemoryTable;

/** The stand-in of other tests behaves as the real engine does. */
class MemoryTableTest extends EngineContract {
    @Override
    Engine open() {
        return new MemoryTable();
    }
}
