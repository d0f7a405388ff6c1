package io.inmesh.server.registry;

import io.inmesh.server.fixture.ForwardingEngine;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** An engine that cannot be asked while a flag says so, or fails some writes. Watches go on. */
final class FaultyEngine extends ForwardingEngine {

    private final AtomicBoolean away;
    private final Consumer<List<Write>> failure;

    FaultyEngine(Engine engine, AtomicBoolean away) {
        this(engine, away, writes -> {});
    }

    /** Throws what {@code failure} throws when it sees the writes of a change. */
    FaultyEngine(Engine engine, AtomicBoolean away, Consumer<List<Write>> failure) {
        super(engine);
        this.away = away;
        this.failure = failure;
    }

    @Override
    protected void check() {
        if (away.get()) {
            throw StoreUnavailableException.nothingChanged("the store is away", null);
        }
    }

    @Override
    public boolean change(List<Guard> guards, List<Write> writes) {
        failure.accept(writes);
        return super.change(guards, writes);
    }

    @Override
    public void close() {
        engine.close();
    }
}
