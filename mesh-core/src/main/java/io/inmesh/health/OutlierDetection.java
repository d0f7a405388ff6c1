package io.inmesh.health;

import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.endpoint.EjectionState;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Takes endpoints of one cluster out of rotation after errors in a row, or because of the share of their attempts that fails, and puts
 * them back.
 *
 * <p>Source: Envoy's outlier detection, with two rules on top: the last usable endpoint is never ejected, whatever the percentages
 * say, and the ejection multiplier decays with every quiet sweep. The n-th ejection lasts n times the base time, up to the cap, and
 * then up to the jitter longer. Errors in a row eject at once; rates are judged at each sweep, over the attempts since the sweep before.
 *
 * <p>A success costs one volatile read: whether the endpoint has failed since it last succeeded; and one atomic addition where rates are
 * judged. Everything else happens under one lock, which errors, sweeps and changes of membership take; listeners are called after
 * it is released, so they may call back. Only the monotonic clock is used.
 */
public final class OutlierDetection {

    /** Told about endpoints that leave and re-enter rotation, on the thread that noticed. */
    public interface Listener {
        /** Hears nothing. */
        Listener NONE = new Listener() {
            @Override
            public void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why) {}

            @Override
            public void returned(Endpoint endpoint) {}
        };

        /** An endpoint was taken out of rotation for at least {@code durationNanos}. */
        void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why);

        /** An endpoint is back in rotation. */
        void returned(Endpoint endpoint);
    }

    private final String cluster;
    private final Clock clock;
    private final Randomness randomness;
    private final ReentrantLock lock = new ReentrantLock();
    private final IdentityHashMap<Endpoint, EndpointHistory> members = new IdentityHashMap<>();
    private final List<Event> events = new ArrayList<>();
    private volatile Listener listener = Listener.NONE;
    private volatile OutlierDetectionConfig config;
    private int ejected;
    private long lastSweepNanos;

    /**
     * Makes a detection without members.
     *
     * @param cluster name of the cluster, for messages
     * @param config when to eject
     * @param clock its monotonic time is used
     * @param randomness draws jitter, and whether a rule is enforced
     */
    public OutlierDetection(String cluster, OutlierDetectionConfig config, Clock clock, Randomness randomness) {
        this.cluster = cluster;
        this.config = config;
        this.clock = clock;
        this.randomness = randomness;
        this.lastSweepNanos = clock.nanos();
    }

    /** Sets who is told about ejections and returns. */
    public void listener(Listener listener) {
        this.listener = listener;
    }

    /** Takes over other rules. Ejections under way end by the rules they began with; switched off, all endpoints return. */
    public void reconfigure(OutlierDetectionConfig newer) {
        locked(() -> {
            config = newer;
            if (!newer.enabled()) {
                members.values().forEach(this::giveBack);
                members.values().forEach(EndpointHistory::forget);
            }
            keepWithinCap();
        });
    }

    /** Takes over the endpoints of the newest config. Those that stay keep their history; that of the others is dropped. */
    public void members(List<Endpoint> endpoints) {
        locked(() -> {
            IdentityHashMap<Endpoint, EndpointHistory> before = new IdentityHashMap<>(members);
            members.clear();
            ejected = 0;
            for (Endpoint endpoint : endpoints) {
                EndpointHistory known = before.get(endpoint);
                EndpointHistory history = known == null ? new EndpointHistory(endpoint) : known;
                if (members.put(endpoint, history) == null && history.ejected()) {
                    ejected++;
                }
            }
            keepWithinCap();
        });
    }

    /** Tells what an attempt experienced. Endpoints that are no longer members are ignored. */
    public void report(Endpoint endpoint, ErrorClass error) {
        OutlierDetectionConfig rules = config;
        if (rules.judgesRates()) {
            count(endpoint.ejection(), error, rules.splitLocalOrigin());
        }
        if (error == ErrorClass.NONE && !endpoint.ejection().suspect()) {
            return;
        }
        if (!rules.enabled()) {
            return;
        }
        locked(() -> {
            EndpointHistory history = members.get(endpoint);
            if (history == null || history.ejected()) {
                return;
            }
            Finding finding = history.count(error, config);
            if (finding != null) {
                eject(finding);
            }
        });
    }

    private static void count(EjectionState state, ErrorClass error, boolean split) {
        if (split) {
            state.reached().count(error == ErrorClass.LOCAL_ORIGIN);
        }
        if (!split || error != ErrorClass.LOCAL_ORIGIN) {
            state.answers().count(error != ErrorClass.NONE);
        }
    }

    private void eject(Finding finding) {
        EndpointHistory history = finding.history();
        if (history.ejected() || !roomToEject(history.endpoint()) || !enforced(finding.enforcingPercent())) {
            return;
        }
        long nanos = history.eject(config, clock.nanos(), jitterNanos(), finding.why());
        ejected++;
        events.add(new Event(history.endpoint(), nanos, finding));
    }

    private boolean enforced(int percent) {
        return percent >= 100 || randomness.below(100) < percent;
    }

    private long jitterNanos() {
        long most = config.maxEjectionJitter().toNanos();
        return most <= 0 ? 0 : randomness.below(most + 1);
    }

    /** Sweeps if the interval since the last sweep has passed; cheap enough to be asked every second. */
    public void sweepIfDue() {
        OutlierDetectionConfig rules = config;
        if (rules.enabled()
                && clock.nanos() - lastSweepNanos >= rules.interval().toNanos()) {
            sweep();
        }
    }

    /** Puts back whose time is over, lets the multiplier of the others decay by one, and judges rates. */
    public void sweep() {
        locked(() -> {
            long now = clock.nanos();
            lastSweepNanos = now;
            for (EndpointHistory history : members.values()) {
                if (!history.ejected()) {
                    history.decay();
                } else if (history.timeIsOver(now)) {
                    giveBack(history);
                }
            }
            RateJudge.judge(members.values(), config).forEach(this::eject);
        });
    }

    /** {@return how many members are out of rotation now} */
    public int ejectedCount() {
        lock.lock();
        try {
            return ejected;
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many endpoints there is a history of; equals the number of members} */
    public int memberCount() {
        lock.lock();
        try {
            return members.size();
        } finally {
            lock.unlock();
        }
    }

    /** {@return the cluster's name and how many of its endpoints are out} */
    @Override
    public String toString() {
        return cluster + ": " + ejectedCount() + " of " + memberCount() + " ejected";
    }

    private boolean roomToEject(Endpoint candidate) {
        return ejected < cap() && othersUsable(candidate);
    }

    /** The percentage, but at least one, so that small clusters profit too. */
    private int cap() {
        return Math.max(1, (int) ((long) members.size() * config.maxEjectionPercent() / 100));
    }

    private boolean othersUsable(Endpoint candidate) {
        for (Endpoint other : members.keySet()) {
            if (other != candidate && usable(other)) {
                return true;
            }
        }
        return false;
    }

    private static boolean usable(Endpoint endpoint) {
        return endpoint.inRotation() && endpoint.config().health() == Health.HEALTHY;
    }

    /** Fewer members, or other rules, may leave more ejected than allowed: those nearest to their return come back. */
    private void keepWithinCap() {
        while (ejected > cap() || (ejected > 0 && members.keySet().stream().noneMatch(OutlierDetection::usable))) {
            EndpointHistory next = null;
            for (EndpointHistory history : members.values()) {
                if (history.ejected() && (next == null || history.returnsBefore(next))) {
                    next = history;
                }
            }
            if (next == null) {
                return;
            }
            giveBack(next);
        }
    }

    private void giveBack(EndpointHistory history) {
        if (history.ejected()) {
            history.giveBack();
            ejected--;
            events.add(new Event(history.endpoint(), 0, null));
        }
    }

    private void locked(Runnable change) {
        List<Event> happened;
        lock.lock();
        try {
            change.run();
            happened = List.copyOf(events);
            events.clear();
        } finally {
            lock.unlock();
        }
        for (Event event : happened) {
            event.tell(listener);
        }
    }
}
