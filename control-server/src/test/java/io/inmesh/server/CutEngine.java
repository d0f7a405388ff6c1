package io.inmesh.server;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A store as one server reaches it, or not, when a test says so. Others reach it all the same. */
final class CutEngine implements Engine {

    private final Engine shared;
    private final Set<Watching> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    CutEngine(Engine shared) {
        this.shared = shared;
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

    private void check() {
        if (cut) {
            throw StoreUnavailableException.nothingChanged("cut off on purpose", null);
        }
    }

    @Override
    public Optional<byte[]> get(String table, String key) {
        check();
        return shared.get(table, key);
    }

    @Override
    public boolean change(List<Guard> guards, List<Write> writes) {
        check();
        return shared.change(
                guards,
                writes.stream()
                        .map(write -> write.lease() instanceof Reached reached
                                ? new Write(write.table(), write.key(), write.value(), reached.lease)
                                : write)
                        .toList());
    }

    @Override
    public long revision() {
        check();
        return shared.revision();
    }

    @Override
    public Listing list(String... tables) {
        check();
        return shared.list(tables);
    }

    @Override
    public Watch watch(Set<String> tables, long after, Watcher watcher) {
        Watching watching = new Watching(watcher);
        watches.add(watching);
        watching.begin(tables, after);
        return watching;
    }

    @Override
    public Lease grant(Duration timeToLive, Runnable lost) {
        check();
        return new Reached(shared.grant(timeToLive, lost));
    }

    /** The store is not this server's alone. */
    @Override
    public void close() {}

    private final class Watching implements Watch, Watcher {
        private final Watcher watcher;
        private volatile Watch inner = () -> {};

        Watching(Watcher watcher) {
            this.watcher = watcher;
        }

        void begin(Set<String> tables, long after) {
            inner = shared.watch(tables, after, this);
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

    private final class Reached implements Lease {
        private final Lease lease;

        Reached(Lease lease) {
            this.lease = lease;
        }

        @Override
        public boolean keepAlive() {
            check();
            return lease.keepAlive();
        }

        @Override
        public void revoke() {
            check();
            lease.revoke();
        }
    }
}
