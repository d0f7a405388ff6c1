package io.inmesh.limit;

import io.inmesh.call.Wakeup;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The place of one attempt among those that wait for a connection. It is granted a connection once, or leaves before. */
public final class ConnectionTurn implements Wakeup {

    private static final Runnable GRANTED = () -> {};

    private final ConnectionLimit limit;
    /** Null at first; then what to run when granted, or {@link #GRANTED}. */
    private final AtomicReference<@Nullable Runnable> told = new AtomicReference<>();

    ConnectionTurn(ConnectionLimit limit) {
        this.limit = limit;
    }

    /** {@return whether it has a connection} */
    public boolean granted() {
        return told.get() == GRANTED;
    }

    @Override
    public void whenReady(Runnable action) {
        if (!told.compareAndSet(null, action)) {
            action.run();
        }
    }

    /** Gives back what it has: its connection, or its place. To be called once. */
    public void leave() {
        // Whoever took it out of the queue has given, or is about to give, a connection to it.
        if (!limit.withdraw(this)) {
            limit.end();
        }
    }

    void grant() {
        Runnable action = told.getAndSet(GRANTED);
        if (action != null) {
            action.run();
        }
    }
}
