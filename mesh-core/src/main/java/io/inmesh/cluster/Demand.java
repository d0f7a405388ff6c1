package io.inmesh.cluster;

import io.inmesh.call.Wakeup;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Who needs the endpoints of a {@linkplain io.inmesh.config.ClusterConfig#deferred deferred} cluster. Outlives configs, as all live state,
 * since those who wait wait for another config. Thread-safe.
 */
public final class Demand {

    /** How long a call waits for endpoints: 5 s. Source: Envoy {@code OnDemandCds.timeout}, its default. */
    public static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String cluster;
    private final Demands demands;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final Map<Object, Turn> waiting = new ConcurrentHashMap<>();
    private volatile @Nullable Cluster arrived;

    Demand(String cluster, Demands demands) {
        this.cluster = cluster;
        this.demands = demands;
    }

    /** Says that the endpoints are needed. */
    public void ask() {
        if (asked.compareAndSet(false, true)) {
            demands.tell(cluster);
        }
    }

    /** {@return the cluster with what was asked for, null while that is not known} */
    public @Nullable Cluster arrived() {
        return arrived;
    }

    /**
     * {@return what ends the wait of a call}
     *
     * @param call who waits, told from others by identity; it must {@linkplain #leave leave} when its wait is over, however that ended
     */
    public Wakeup await(Object call) {
        Turn turn = new Turn();
        waiting.put(call, turn);
        // Whoever brings the endpoints looks for waiting calls afterwards, so one of both sees the other.
        if (arrived != null) {
            turn.grant();
        }
        return turn;
    }

    /** Forgets a call that waits no longer, if it ever did. */
    public void leave(Object call) {
        waiting.remove(call);
    }

    /** Notes that another config of the cluster is in use. */
    public void compiled(Cluster newest) {
        if (newest.config().deferred()) {
            arrived = null;
            asked.set(false);
            return;
        }
        arrived = newest;
        waiting.values().forEach(Turn::grant);
    }

    /** The place of one call among those that wait. */
    private static final class Turn implements Wakeup {

        private static final Runnable GRANTED = () -> {};

        /** Null at first; then what to run when there are endpoints, or {@link #GRANTED}. */
        private final AtomicReference<@Nullable Runnable> told = new AtomicReference<>();

        @Override
        public void whenReady(Runnable action) {
            if (!told.compareAndSet(null, action)) {
                action.run();
            }
        }

        void grant() {
            Runnable action = told.getAndSet(GRANTED);
            if (action != null && action != GRANTED) {
                action.run();
            }
        }
    }
}
