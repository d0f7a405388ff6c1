package io.inmesh.server.registry;

import io.inmesh.server.time.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All processes that registered themselves. A registration lives as long as the stream it came over (its lease), and a grace period
 * longer, so that a reconnect is no gap. After a restart of the server those known before stay for a warm-up period, because their
 * processes are still there and only have to find back. Safe for use by several threads.
 */
public final class WorkloadRegistry {
    /** How long a registration outlives its stream, unless it was drained. */
    public static final Duration GRACE = Duration.ofSeconds(10);

    /** How long a registration outlives a restart of the server without its process coming back. */
    public static final Duration WARM_UP = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(WorkloadRegistry.class);

    private final WorkloadTable table;
    private final Timer timer;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Entry> byNodeId = new TreeMap<>();
    private @Nullable List<RegisteredWorkload> snapshot;

    /** A registration and what keeps it alive: a lease, or for a while a timer. */
    private record Entry(
            RegisteredWorkload workload, @Nullable Object lease, Timer.@Nullable Cancellable expiry) {}

    /** Says why a registration is refused. The message may be shown to the caller. */
    public static final class Refused extends Exception {
        Refused(String message) {
            super(message);
        }
    }

    /** Takes over what {@code table} remembers from before a restart. */
    public WorkloadRegistry(WorkloadTable table, Timer timer) {
        this.table = table;
        this.timer = timer;
        List<RegisteredWorkload> remembered = table.load();
        synchronized (this) {
            remembered.forEach(workload -> byNodeId.put(workload.nodeId(), leaving(workload, WARM_UP)));
        }
        if (!remembered.isEmpty()) {
            LOG.info(
                    "{} workloads remembered; those that do not come back within {} s go",
                    remembered.size(),
                    WARM_UP.toSeconds());
        }
    }

    /** Calls {@code listener} after every change, on the thread that made it. It must be short. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** All registered workloads by node id. Immutable. */
    public synchronized List<RegisteredWorkload> workloads() {
        if (snapshot == null) {
            snapshot = byNodeId.values().stream().map(Entry::workload).toList();
        }
        return snapshot;
    }

    /**
     * Registers a workload or updates it. The newest lease counts: what an older stream of the same process says or how it ends does
     * not matter any more.
     *
     * @param lease the stream it came over, compared by identity
     * @throws Refused if another identity has registered that node id
     */
    public void report(Object lease, RegisteredWorkload workload) throws Refused {
        boolean changed;
        synchronized (this) {
            Entry before = byNodeId.get(workload.nodeId());
            if (before != null) {
                checkOwner(before.workload(), workload);
                cancel(before);
            }
            changed = before == null || !before.workload().equals(workload);
            put(new Entry(workload, lease, null), changed);
        }
        if (changed) {
            table.save(workload);
            changed();
        }
    }

    /**
     * Removes a workload at once, because it asked for it.
     *
     * @return whether it was there and under this lease
     */
    public boolean drain(Object lease, String nodeId) {
        synchronized (this) {
            Entry entry = byNodeId.get(nodeId);
            if (entry == null || entry.lease() != lease) {
                return false;
            }
            remove(nodeId);
        }
        table.delete(nodeId);
        changed();
        return true;
    }

    /** Begins the grace period of a workload whose stream has ended. */
    public synchronized void disconnected(Object lease, String nodeId) {
        Entry entry = byNodeId.get(nodeId);
        if (entry != null && entry.lease() == lease) {
            put(leaving(entry.workload(), GRACE), false);
        }
    }

    private Entry leaving(RegisteredWorkload workload, Duration delay) {
        return new Entry(workload, null, timer.schedule(delay, () -> expire(workload.nodeId())));
    }

    private void expire(String nodeId) {
        synchronized (this) {
            Entry entry = byNodeId.get(nodeId);
            // A process that came back in the very moment its time was over stays.
            if (entry == null || entry.lease() != null) {
                return;
            }
            remove(nodeId);
        }
        LOG.info("workload {} did not come back and is removed", nodeId);
        table.delete(nodeId);
        changed();
    }

    private void put(Entry entry, boolean changed) {
        byNodeId.put(entry.workload().nodeId(), entry);
        if (changed) {
            snapshot = null;
        }
    }

    private void remove(String nodeId) {
        byNodeId.remove(nodeId);
        snapshot = null;
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }

    private static void cancel(Entry entry) {
        if (entry.expiry() != null) {
            entry.expiry().cancel();
        }
    }

    /** Node ids are claims. Without this check any member of the mesh could take over any other's registration. */
    private static void checkOwner(RegisteredWorkload before, RegisteredWorkload now) throws Refused {
        if (!before.namespace().equals(now.namespace())
                || !before.serviceAccount().equals(now.serviceAccount())) {
            throw new Refused("node id " + now.nodeId() + " is registered by another service account");
        }
    }
}
