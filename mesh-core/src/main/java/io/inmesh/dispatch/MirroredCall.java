package io.inmesh.dispatch;

import io.inmesh.call.Call;
import io.inmesh.call.CallContext;
import io.inmesh.call.Outcome;
import io.inmesh.cluster.Cluster;
import io.inmesh.observe.MeshObserver;
import io.inmesh.observe.MeshObserver.MirrorSkip;
import io.inmesh.route.Route;
import io.inmesh.time.Deadlines;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of a call that another cluster is to see. It holds a permit of that cluster until it has ended, so whoever gets one either {@linkplain
 * #dispatch drives} it to its end or {@linkplain #skip leaves it out}.
 *
 * <p>A copy is sent once and never repeated, ends by the deadline of its call, or {@value #LONGEST_SECONDS} s after it began where the call
 * has none, and its answer is thrown away. It has no part in the call: neither its time, its outcome, its metrics nor its trace. To the
 * cluster that gets it it is a request like any other, for breakers, limits and outlier detection, as in Envoy.
 */
public final class MirroredCall {

    /** Envoy's limit of a route that names none, in seconds. */
    static final int LONGEST_SECONDS = 15;

    private static final Logger LOG = LoggerFactory.getLogger(MirroredCall.class);

    private final OutboundCall of;
    private final OutboundGate gate;
    private final MeshObserver observer;
    private final Route route;
    private final Cluster cluster;
    private final long deadlineNanos;
    private final AtomicBoolean taken = new AtomicBoolean();

    /** Makes a copy that holds a permit already. */
    MirroredCall(OutboundCall of, OutboundGate gate, MeshObserver observer, Route route, Cluster cluster) {
        this.of = of;
        this.gate = gate;
        this.observer = observer;
        this.route = route;
        this.cluster = cluster;
        this.deadlineNanos = of.deadlineNanos() == Deadlines.NEVER
                ? Deadlines.after(gate.clock().nanos(), TimeUnit.SECONDS.toNanos(LONGEST_SECONDS))
                : of.deadlineNanos();
    }

    /** {@return name of the cluster that is to see it} */
    public String cluster() {
        return cluster.name();
    }

    /**
     * {@return the life of the copy, not yet started, to be driven apart from the call until it ends, or cancelled}
     *
     * @param copy what is asked for; it must stay readable after the call has ended
     * @throws IllegalStateException if it was driven or left out before
     */
    public Dispatch dispatch(Call copy) {
        take();
        return new MirroredDispatch(gate, copy, of, this);
    }

    /**
     * Leaves the copy out, and tells observers so.
     *
     * @throws IllegalStateException if it was driven or left out before
     */
    public void skip(MirrorSkip why) {
        take();
        cluster.limits().endMirrored();
        skipped(observer, cluster.name(), why);
    }

    Route route() {
        return route;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    CallContext context() {
        return of.context();
    }

    void ended(Call copy, Outcome outcome, long durationNanos) {
        cluster.limits().endMirrored();
        try {
            observer.mirrorEnded(cluster.name(), copy, outcome, durationNanos);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("An observer failed; nothing else is affected", e);
        }
    }

    static void skipped(MeshObserver observer, String cluster, MirrorSkip why) {
        try {
            observer.mirrorSkipped(cluster, why);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("An observer failed; nothing else is affected", e);
        }
    }

    private void take() {
        if (!taken.compareAndSet(false, true)) {
            throw new IllegalStateException("the copy for " + cluster + " was driven or left out before");
        }
    }
}
