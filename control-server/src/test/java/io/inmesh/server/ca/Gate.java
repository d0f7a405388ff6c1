package io.inmesh.server.ca;

import io.inmesh.server.fixture.ForwardingEngine;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.StoreUnavailableException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** An engine that first answers when several have asked, and that can be away. */
final class Gate extends ForwardingEngine {
    private final CountDownLatch asked;
    volatile boolean away;

    /** @param together how many ask before the first of them is answered */
    Gate(Engine engine, int together) {
        super(engine);
        this.asked = new CountDownLatch(together);
    }

    @Override
    protected void check() {
        if (away) {
            throw StoreUnavailableException.nothingChanged("away on purpose", null);
        }
    }

    @Override
    public Optional<byte[]> get(String table, String key) {
        Optional<byte[]> value = super.get(table, key);
        asked.countDown();
        try {
            asked.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return value;
    }
}
