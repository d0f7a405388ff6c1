package io.inmesh.server.store;

import io.inmesh.server.store.ConfigStore.Event;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The last changes, for watches that go on from a revision. Not safe for use by several threads. */
final class History {

    private final int capacity;
    private final Deque<Event> events = new ArrayDeque<>();

    /** Every change after this revision is here. */
    private long completeAfter;

    /**
     * Begins empty.
     *
     * @param capacity how many changes to keep
     * @param revision what happened up to this revision is not known
     */
    History(int capacity, long revision) {
        this.capacity = capacity;
        this.completeAfter = revision;
    }

    void add(Event event) {
        events.addLast(event);
        if (events.size() > capacity) {
            completeAfter = events.removeFirst().resource().resourceVersion();
        }
    }

    /** Begins anew after a gap. */
    void restart(long revision) {
        events.clear();
        completeAfter = revision;
    }

    /** {@return what happened after a revision; empty if that is too long ago to tell} */
    Optional<List<Event>> after(long revision) {
        if (revision < completeAfter) {
            return Optional.empty();
        }
        return Optional.of(events.stream()
                .filter(event -> event.resource().resourceVersion() > revision)
                .toList());
    }
}
