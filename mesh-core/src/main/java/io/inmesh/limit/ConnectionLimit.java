package io.inmesh.limit;

import io.inmesh.config.CircuitBreakerConfig;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * How many connections to one cluster may be in use at once, and how many attempts may wait for one.
 *
 * <p>A connection counts as in use while an HTTP attempt is in flight, from its admission to the headers of its answer. Idle connections
 * and those an answer is still read from do not count, and neither do connections of gRPC, where one serves any number of calls.
 *
 * <p>Lock-free, and never above the limit: whoever gives a permit back hands it to the attempt that has waited longest. Source: Envoy
 * {@code CircuitBreakers.Thresholds.max_connections} and {@code max_pending_requests}; there an attempt is pending also while its
 * connection is made, here it then has one.
 */
public final class ConnectionLimit {

    private final InFlight inUse = new InFlight();
    private final InFlight waiting = new InFlight();
    private final Queue<ConnectionTurn> turns = new ConcurrentLinkedQueue<>();
    private volatile CircuitBreakerConfig config;

    ConnectionLimit(CircuitBreakerConfig config) {
        this.config = config;
    }

    /** Takes over other limits; whoever waits and may now go on is told. */
    void reconfigure(CircuitBreakerConfig newer) {
        config = newer;
        handOver();
    }

    /** {@return whether there is a limit; attempts that come while there is none are not counted} */
    public boolean limited() {
        return config.maxConnections() < CircuitBreakerConfig.UNLIMITED;
    }

    /** {@return whether a connection is free and nobody waits for one; if so it is in use and {@link #end} must follow} */
    public boolean tryBegin() {
        return turns.isEmpty() && inUse.tryBegin(config.maxConnections());
    }

    /** {@return a place among those that wait, to be {@linkplain ConnectionTurn#leave left} in any case; null if all are taken} */
    public @Nullable ConnectionTurn await() {
        if (!waiting.tryBegin(config.maxPendingRequests())) {
            return null;
        }
        ConnectionTurn turn = new ConnectionTurn(this);
        turns.add(turn);
        // A connection may have become free before anybody could know of this turn.
        handOver();
        return turn;
    }

    /** Counts one connection less, and lets whoever waited longest have it. */
    public void end() {
        inUse.end();
        handOver();
    }

    /** {@return connections counted as in use} */
    public long inUse() {
        return inUse.count();
    }

    /** {@return attempts that wait for a connection} */
    public long waiting() {
        return waiting.count();
    }

    /** {@return whether a turn still waited, and does so no longer} */
    boolean withdraw(ConnectionTurn turn) {
        boolean waited = turns.remove(turn);
        if (waited) {
            waiting.end();
        }
        return waited;
    }

    private void handOver() {
        while (!turns.isEmpty() && inUse.tryBegin(config.maxConnections())) {
            ConnectionTurn first = turns.poll();
            if (first == null) {
                // It was withdrawn. Looked again for others, which may have found this permit taken.
                inUse.end();
            } else {
                waiting.end();
                first.grant();
            }
        }
    }
}
