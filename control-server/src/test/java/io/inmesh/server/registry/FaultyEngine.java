package io.inmesh.server.registry;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** An engine that cannot be asked while a flag says so, or fails some writes. Watches go on. */
final class FaultyEngine implements Engine {

    private final Engine engine;
    private final AtomicBoolean away;
    private final Consumer<List<Write>> failure;

    FaultyEngine(Engine engine, AtomicBoolean away) {
        this(engine, away, writes -> {});
    }

    /** Throws what {@code failure} throws when it sees the writes of a change. */
    FaultyEngine(Engine engine, AtomicBoolean away, Consumer<List<Write>> failure) {
        this.engine = engine;
        this.away = away;
        this.failure = failure;
    }

    private Engine there() {
        if (away.get()) {
            throw StoreUnavailableException.nothingChanged("the store is away", null);
        }
        return engine;
    }

    @Override
    public Optional<byte[]> get(String table, String key) {
        return there().get(table, key);
    }

    @Override
    public boolean change(List<Guard> guards, List<Write> writes) {
        failure.accept(writes);
        return there().change(
                        guards, writes.stream().map(FaultyEngine::unwrapped).toList());
    }

    private static Write unwrapped(Write write) {
        return write.lease() instanceof FaultyLease faulty
                ? new Write(write.table(), write.key(), write.value(), faulty.lease)
                : write;
    }

    @Override
    public long revision() {
        return there().revision();
    }

    @Override
    public Listing list(String... tables) {
        return there().list(tables);
    }

    @Override
    public Watch watch(Set<String> tables, long after, Watcher watcher) {
        return there().watch(tables, after, watcher);
    }

    @Override
    public Lease grant(Duration timeToLive, Runnable lost) {
        return new FaultyLease(there().grant(timeToLive, lost));
    }

    private final class FaultyLease implements Lease {
        private final Lease lease;

        FaultyLease(Lease lease) {
            this.lease = lease;
        }

        @Override
        public boolean keepAlive() {
            there();
            return lease.keepAlive();
        }

        @Override
        public void revoke() {
            there();
            lease.revoke();
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
