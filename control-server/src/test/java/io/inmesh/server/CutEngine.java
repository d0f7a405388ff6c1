package io.inmesh.server;

import io.inmesh.server.fixture.ForwardingEngine;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.StoreUnavailableException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A store as one server reaches it, or not, when a test says so. Others reach it all the same. */
final class CutEngine extends ForwardingEngine {

    private final Set<Watching> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    CutEngine(Engine shared) {
        super(shared);
    }

    /** From now on nothing is heard, and nothing can be asked. */
    void cut() {
        cut = true;
        watches.forEach(watching -> watching.watcher.interrupted("cut off on purpose"));
    }

    /** What has happened meanwhile has to be read anew. */
    void mend() {
        cut = false;
        for (Watching watching : List.copyOf(watches)) {
            watching.close();
            watching.watcher.compacted();
        }
    }

    @Override
    protected void check() {
        if (cut) {
            throw StoreUnavailableException.nothingChanged("cut off on purpose", null);
        }
    }

    @Override
    public Watch watch(Set<String> tables, long after, Watcher watcher) {
        Watching watching = new Watching(watcher);
        watches.add(watching);
        watching.begin(tables, after);
        return watching;
    }

    private final class Watching implements Watch, Watcher {
        private final Watcher watcher;
        private volatile Watch inner = () -> {};

        Watching(Watcher watcher) {
            this.watcher = watcher;
        }

        void begin(Set<String> tables, long after) {
            inner = engine.watch(tables, after, this);
        }

        @Override
        public void changed(Transaction transaction) {
            if (!cut) {
                watcher.changed(transaction);
            }
        }

        @Override
        public void compacted() {
            if (!cut) {
                watches.remove(this);
                watcher.compacted();
            }
        }

        @Override
        public void close() {
            watches.remove(this);
            inner.close();
        }
    }
}
