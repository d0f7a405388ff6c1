package io.inmesh.server.rest;

import io.inmesh.server.access.AccessLimits;
import io.inmesh.server.access.CallerRates;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what a connection may cost: how many there are, of all callers and of each address, and how long each may take for what it is
 * about. A time-out that each byte begins anew, which is all the server below has, does not stop who sends one byte at a time.
 */
final class Connections implements Connection.Listener {

    /** What a connection is about. */
    enum Phase {
        /** Nothing yet, or the head of a request is on its way; also TLS handshakes and what is kept for another request. */
        HEAD,
        /** The body of a request is read. */
        BODY,
        /** A request is answered. */
        ANSWER,
        /** A watch goes on; it has an end of its own. */
        WATCH
    }

    private static final class State {

        private final String address;
        private Phase phase = Phase.HEAD;
        private long since;
        private @Nullable Request request;

        State(String address, long since) {
            this.address = address;
            this.since = since;
        }
    }

    private final AccessLimits limits;
    private final LongSupplier nanoTime;
    private final Map<EndPoint, State> open = new ConcurrentHashMap<>();
    private final Map<String, Integer> byAddress = new HashMap<>();

    Connections(AccessLimits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    @Override
    public void onOpened(Connection connection) {
        EndPoint endPoint = connection.getEndPoint();
        if (endPoint instanceof EndPoint.Wrapper) {
            // HTTP within TLS: the connection below has been counted.
            return;
        }
        String address = endPoint.getRemoteSocketAddress() instanceof InetSocketAddress remote
                ? CallerRates.keyOf(remote.getAddress())
                : "";
        synchronized (byAddress) {
            if (open.size() >= limits.connections()
                    || byAddress.getOrDefault(address, 0) >= limits.connectionsPerAddress()) {
                endPoint.close();
                return;
            }
            byAddress.merge(address, 1, Integer::sum);
            open.put(endPoint, new State(address, nanoTime.getAsLong()));
        }
    }

    @Override
    public void onClosed(Connection connection) {
        synchronized (byAddress) {
            State state = open.remove(connection.getEndPoint());
            if (state != null) {
                byAddress.computeIfPresent(state.address, (address, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    /** A request has come; from now on its connection is about it until it ends. */
    void begin(Request request) {
        State state = stateOf(request);
        if (state != null) {
            synchronized (state) {
                state.request = request;
                state.phase = Phase.ANSWER;
                state.since = nanoTime.getAsLong();
            }
            Request.addCompletionListener(request, failure -> end(state, request));
        }
    }

    private void end(State state, Request request) {
        synchronized (state) {
            if (state.request == request) {
                state.request = null;
                state.phase = Phase.HEAD;
                state.since = nanoTime.getAsLong();
            }
        }
    }

    /** What a request is about from now on. */
    void now(Request request, Phase phase) {
        State state = stateOf(request);
        if (state != null) {
            synchronized (state) {
                if (state.request == request) {
                    state.phase = phase;
                    state.since = nanoTime.getAsLong();
                }
            }
        }
    }

    /** Closes the connections that have taken too long. To be called every second or so. */
    void closeOverdue() {
        long now = nanoTime.getAsLong();
        open.forEach((endPoint, state) -> {
            boolean overdue;
            synchronized (state) {
                overdue = state.phase != Phase.WATCH
                        && now - state.since > limit(state.phase).toNanos();
            }
            if (overdue) {
                endPoint.close(new TimeoutException("too slow"));
            }
        });
    }

    private Duration limit(Phase phase) {
        return switch (phase) {
            case HEAD -> limits.headTimeout();
            case BODY -> limits.bodyTimeout();
            case ANSWER, WATCH -> limits.answerTimeout();
        };
    }

    private @Nullable State stateOf(Request request) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        while (endPoint instanceof EndPoint.Wrapper wrapper) {
            endPoint = wrapper.unwrap();
        }
        return open.get(endPoint);
    }
}
