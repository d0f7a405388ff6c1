package io.inmesh.dispatch;

import io.inmesh.balance.Tried;
import io.inmesh.call.Call;
import io.inmesh.call.CallContext;
import io.inmesh.call.Criticality;
import io.inmesh.cluster.Cluster;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.explain.Explains;
import io.inmesh.explain.Explanation;
import io.inmesh.fault.Fault;
import io.inmesh.observe.CallObserver;
import io.inmesh.route.CallKey;
import io.inmesh.route.Route;
import io.inmesh.route.VirtualHost;
import io.inmesh.stage.Passage;
import io.inmesh.time.Deadlines;
import io.inmesh.time.Randomness;
import org.jspecify.annotations.Nullable;

/**
 * One outbound call as its stages see it. What happens to it is decided by {@link Dispatch}, which is the same object, so that a call
 * costs one allocation less.
 */
abstract sealed class OutboundCall extends Passage permits AttemptedCall {

    final Call call;
    final VirtualHost virtualHost;
    final Explains config;
    CallObserver observer = CallObserver.NONE;
    /** What the request this call is made for means for it, known once started. */
    CallContext context = CallContext.NONE;

    @Nullable
    Route route;
    /** Endpoints that failed in this call, null while there are none. */
    @Nullable
    Tried tried;

    /** What decides where it goes, null unless its cluster hashes. */
    private @Nullable CallKey key;

    /** The last attempt, null before the first. */
    @Nullable
    OutboundAttempt attempt;
    /** Whether the last attempt has not been sent: it waits, or was refused. */
    boolean attemptPending;

    long startedNanos;
    long deadlineNanos = Deadlines.NEVER;

    OutboundCall(Call call, VirtualHost virtualHost, Explains config) {
        this.call = call;
        this.virtualHost = virtualHost;
        this.config = config;
    }

    /** {@return what the application asked for} */
    public Call call() {
        return call;
    }

    /**
     * {@return monotonic time at which the call ends at the latest, known once started: the earliest of the route's timeout, the
     * application's, and that of the request it is made for; {@link Long#MAX_VALUE} if there is none}
     */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** {@return why this call is decided as it is, by the config it began with} */
    public Explanation explain() {
        return config.explain(call);
    }

    final VirtualHost virtualHost() {
        return virtualHost;
    }

    /** {@return the route that matched, null if none did} */
    final @Nullable Route route() {
        return route;
    }

    /** {@return the faults of its route, null if there are none} */
    final @Nullable Fault fault() {
        return route == null ? null : route.fault();
    }

    /** {@return name of the config it began with} */
    final String version() {
        return config.version();
    }

    /** {@return what the request this call is made for means for it} */
    final CallContext context() {
        return context;
    }

    /** {@return how much the call matters: what it says itself, or else what the request it is made for does} */
    final Criticality criticality() {
        String own = call.header(Criticality.HEADER);
        return own == null ? context.criticality() : Criticality.of(own);
    }

    final CallObserver observer() {
        return observer;
    }

    final void observer(CallObserver told) {
        observer = told;
    }

    final long startedNanos() {
        return startedNanos;
    }

    /** {@return the attempt whose outcome is that of the call; null if it never came to that} */
    abstract @Nullable OutboundAttempt answering();

    /** {@return the attempt that the last one is a hedge of, null if it is none} */
    abstract @Nullable OutboundAttempt hedged();

    /** {@return monotonic time now} */
    abstract long nowNanos();

    /** {@return time since it started} */
    final long elapsedNanos() {
        return nowNanos() - startedNanos;
    }

    /** {@return attempts sent so far} */
    final int attempts() {
        if (attempt == null) {
            return 0;
        }
        return attemptPending ? attempt.number() - 1 : attempt.number();
    }

    /**
     * {@return an endpoint to try; null if there is none}
     *
     * @param matched its route, whose keys a hashing cluster goes by
     * @param avoided endpoints not to choose while others are left; null for none
     */
    final @Nullable Endpoint pick(Cluster cluster, Route matched, @Nullable Tried avoided, Randomness randomness) {
        if (!cluster.hashes()) {
            return cluster.pick(avoided);
        }
        if (key == null) {
            key = matched.key(call, randomness);
        }
        return cluster.pick(avoided, key.hash());
    }

    /** {@return what decides where it goes; null unless its cluster hashes} */
    final @Nullable CallKey key() {
        return key;
    }

    /** Remembers an endpoint to avoid while others are left. */
    final void avoid(Endpoint endpoint) {
        if (tried == null) {
            tried = new Tried();
        }
        tried.add(endpoint);
    }

    final @Nullable OutboundAttempt lastAttempt() {
        return attempt;
    }
}
