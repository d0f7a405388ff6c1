package io.inmesh;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The end of a mesh, and who wants to know of it: everybody once, also who asks when it has come already. Thread-safe. */
final class Closing {

    private final AtomicBoolean begun = new AtomicBoolean();
    private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();

    /** {@return whether this is the first who asks for the end} */
    boolean begin() {
        return begun.compareAndSet(false, true);
    }

    /**
     * Calls a listener at the end, or at once if that has begun.
     *
     * @return closing it ends that
     */
    AutoCloseable add(Runnable listener) {
        listeners.add(listener);
        if (begun.get()) {
            tell(listener);
        }
        return () -> listeners.remove(listener);
    }

    /** Calls all who have been added. */
    void tell() {
        listeners.forEach(this::tell);
    }

    /** The end may come while somebody is being added; only one of the two threads calls it. */
    private void tell(Runnable listener) {
        if (listeners.remove(listener)) {
            listener.run();
        }
    }
}
