package io.inmesh.server.ads;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/** Tells when every client has taken over a change, or has gone. Safe for use by several threads. */
final class Convergence {
    private final List<Wait> waits = new ArrayList<>();

    /** @param progress the newest generation of resources a client has answered */
    private record Wait(
            long generation, ToLongFunction<ClientStream> progress, Set<ClientStream> remaining, Runnable done) {
        boolean reached(ClientStream stream) {
            return progress.applyAsLong(stream) >= generation;
        }
    }

    /**
     * Runs {@code done} once all of {@code streams} have reached {@code generation}; at once if they have already.
     *
     * @return calls it off
     */
    Runnable await(
            long generation, ToLongFunction<ClientStream> progress, Collection<ClientStream> streams, Runnable done) {
        Wait wait = new Wait(generation, progress, new HashSet<>(streams), done);
        synchronized (waits) {
            // Registered before looking, so that nobody gets there unseen in between.
            waits.add(wait);
        }
        streams.forEach(this::progressed);
        if (streams.isEmpty()) {
            finish(wait);
        }
        return () -> {
            synchronized (waits) {
                waits.remove(wait);
            }
        };
    }

    /** To be called after a client has answered something. */
    void progressed(ClientStream stream) {
        settle(stream, false);
    }

    /** To be called when a client has gone. */
    void left(ClientStream stream) {
        settle(stream, true);
    }

    private void settle(ClientStream stream, boolean gone) {
        List<Runnable> done = new ArrayList<>();
        synchronized (waits) {
            for (Iterator<Wait> all = waits.iterator(); all.hasNext(); ) {
                Wait wait = all.next();
                if ((gone || wait.reached(stream))
                        && wait.remaining().remove(stream)
                        && wait.remaining().isEmpty()) {
                    all.remove();
                    done.add(wait.done());
                }
            }
        }
        done.forEach(Runnable::run);
    }

    private void finish(Wait wait) {
        boolean waiting;
        synchronized (waits) {
            waiting = waits.remove(wait);
        }
        if (waiting) {
            wait.done().run();
        }
    }
}
