package io.inmesh.server.store;

import io.inmesh.server.store.Engine.Lease;
import io.inmesh.server.store.Engine.LeaseLostException;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.time.Timer;
import io.inmesh.server.time.Timer.Cancellable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The leases of one process's engine, and which entries are bound to them. All state is guarded by the engine's lock. */
final class EmbeddedLeases {

    private final ReentrantLock lock;
    private final Timer timer;
    private final Consumer<List<Write>> remove;
    private final Map<Place, LocalLease> bound = new HashMap<>();

    /**
     * Where an entry is.
     *
     * @param table its table
     * @param key its key
     */
    record Place(String table, String key) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int order = table.compareTo(other.table);
            return order == 0 ? key.compareTo(other.key) : order;
        }
    }

    /**
     * Begins without any.
     *
     * @param lock the engine's
     * @param timer decides when leases have run out
     * @param remove makes removals durable; called with the lock held
     */
    EmbeddedLeases(ReentrantLock lock, Timer timer, Consumer<List<Write>> remove) {
        this.lock = lock;
        this.timer = timer;
        this.remove = remove;
    }

    /** As {@link Engine#grant}. */
    Lease grant(Duration timeToLive, Runnable lost) {
        LocalLease lease = new LocalLease(timeToLive, lost);
        lock.lock();
        try {
            lease.begin();
        } finally {
            lock.unlock();
        }
        return lease;
    }

    /** {@return whether an entry is bound to a lease} */
    boolean holds(String table, String key) {
        return bound.containsKey(new Place(table, key));
    }

    /**
     * Sees whether writes name leases that have run out.
     *
     * @throws LeaseLostException if one does
     */
    void check(List<Write> writes) {
        for (Write write : writes) {
            if (write.lease() != null && ((LocalLease) write.lease()).over) {
                throw new LeaseLostException();
            }
        }
    }

    /** Notes what a write that has been made says of leases. */
    void written(Write write) {
        Place place = new Place(write.table(), write.key());
        LocalLease before = bound.remove(place);
        if (before != null) {
            before.places.remove(place);
        }
        if (write.value() != null && write.lease() instanceof LocalLease lease) {
            bound.put(place, lease);
            lease.places.add(place);
        }
    }

    private final class LocalLease implements Lease {
        private final Duration timeToLive;
        private final Runnable lost;
        private final Set<Place> places = new TreeSet<>();
        private long deadline;
        private boolean over;
        private @Nullable Cancellable alarm;

        LocalLease(Duration timeToLive, Runnable lost) {
            this.timeToLive = timeToLive;
            this.lost = lost;
        }

        private void begin() {
            if (alarm != null) {
                alarm.cancel();
            }
            deadline = timer.nanoTime() + timeToLive.toNanos();
            alarm = timer.schedule(timeToLive, this::endIfDue);
        }

        private void endIfDue() {
            lock.lock();
            try {
                if (over || timer.nanoTime() - deadline < 0) {
                    return;
                }
                end();
            } finally {
                lock.unlock();
            }
            lost.run();
        }

        private void end() {
            over = true;
            if (alarm != null) {
                alarm.cancel();
            }
            remove.accept(places.stream()
                    .map(place -> new Write(place.table(), place.key(), null))
                    .toList());
        }

        @Override
        public boolean keepAlive() {
            endIfDue();
            lock.lock();
            try {
                if (!over) {
                    begin();
                }
                return !over;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void revoke() {
            lock.lock();
            try {
                if (!over) {
                    end();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
