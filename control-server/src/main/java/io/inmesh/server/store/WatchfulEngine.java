package io.inmesh.server.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An engine that remembers that it does not take changes, as one whose quota or disk is full: it still answers and is followed, so that
 * nothing else would tell until somebody wants to change something.
 */
public final class WatchfulEngine implements Engine {
    private final Engine engine;
    private final InstantSource clock;
    private volatile @Nullable Refusal refusal;

    /**
     * An engine that is watched; it is closed with this one.
     *
     * @param clock dates refusals
     */
    public WatchfulEngine(Engine engine, InstantSource clock) {
        this.engine = engine;
        this.clock = clock;
    }

    @Override
    public boolean change(List<Guard> guards, List<Write> writes) {
        boolean made;
        try {
            made = engine.change(guards, writes);
        } catch (StoreUnavailableException e) {
            Refusal first = refusal;
            Instant now = clock.instant();
            refusal = new Refusal(first == null ? now : first.since(), now, String.valueOf(e.getMessage()));
            throw e;
        }
        // A guard that does not hold says nothing about what would have become of the change.
        if (made && refusal != null) {
            refusal = null;
        }
        return made;
    }

    @Override
    public Optional<Refusal> refusal() {
        return Optional.ofNullable(refusal);
    }

    @Override
    public Optional<byte[]> get(String table, String key) {
        return engine.get(table, key);
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
