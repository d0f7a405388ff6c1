package io.inmesh.server.ca;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** An engine that first answers when several have asked, and that can be away. */
final class Gate implements Engine {
    private final Engine engine;
    private final CountDownLatch asked;
    volatile boolean away;

    /** @param together how many ask before the first of them is answered */
    Gate(Engine engine, int together) {
        this.engine = engine;
        this.asked = new CountDownLatch(together);
    }

    @Override
    public Optional<byte[]> get(String table, String key) {
        present();
        Optional<byte[]> value = engine.get(table, key);
        asked.countDown();
        try {
            asked.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return value;
    }

    @Override
    public boolean change(List<Guard> guards, List<Write> writes) {
        present();
        return engine.change(guards, writes);
    }

    private void present() {
        if (away) {
            throw StoreUnavailableException.nothingChanged("away on purpose", null);
        }
    }

    @Override
    public long revision() {
        return engine.revision();
    }

    @Override
    public Listing list(String... tables) {
        return engine.list(tables);
    }

    @Override
    public Watch watch(Set<String> tables, long after, Watcher watcher) {
        return engine.watch(tables, after, watcher);
    }

    @Override
    public Lease grant(Duration timeToLive, Runnable lost) {
        return engine.grant(timeToLive, lost);
    }

    @Override
    public void close() {
        engine.close();
    }
}
