package io.inmesh.server.ads;

import io.grpc.stub.ServerCallStreamObserver;
import io.inmesh.server.ca.Caller;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.ControlPlane;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A client of either protocol without a network in between: what it is sent waits until the test lets it answer. It takes everything of
 * clusters and listeners, and endpoints and routes by name.
 *
 * @param <Q> its requests
 * @param <A> what it is sent
 */
abstract class ProtocolClient<Q, A> {
    static final List<String> TYPES = List.of(TypeUrls.CLUSTER, TypeUrls.ENDPOINT, TypeUrls.LISTENER, TypeUrls.ROUTE);
    static final Set<String> COMPLETE = Set.of(TypeUrls.CLUSTER, TypeUrls.LISTENER);

    private static final Caller CALLER =
            new Caller("test", null, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    final Queue<A> unread = new ArrayDeque<>();
    final Map<String, Map<String, String>> held = new TreeMap<>();
    final Map<String, Set<String>> names = new TreeMap<>();
    private final AdsParts parts;
    private final boolean incremental;
    private final BiFunction<ServerCallStreamObserver<A>, ControlPlane, Outbound> outbound;
    private final Function<Q, ClientRequest> reader;
    private ClientStream stream;
    private boolean ready = true;

    ProtocolClient(
            AdsParts parts,
            boolean incremental,
            BiFunction<ServerCallStreamObserver<A>, ControlPlane, Outbound> outbound,
            Function<Q, ClientRequest> reader) {
        this.parts = parts;
        this.incremental = incremental;
        this.outbound = outbound;
        this.reader = reader;
        TYPES.forEach(type -> held.put(type, new TreeMap<>()));
        TYPES.forEach(type -> names.put(type, new TreeSet<>()));
        this.stream = open();
    }

    /** The first request of a type on a stream. */
    abstract Q first(String type);

    /** A request for other names than before. */
    abstract Q changed(String type, Set<String> added, Set<String> dropped);

    /** Takes a response over, and answers it. */
    abstract Q answer(A response);

    /** Ends the stream and begins another. */
    void connect() {
        stream.ended();
        unread.clear();
        ready = true;
        stream = open();
        subscribeAll();
    }

    void subscribeAll() {
        TYPES.stream()
                .filter(type -> COMPLETE.contains(type) || !names.get(type).isEmpty())
                .forEach(type -> send(first(type)));
    }

    /** Wants these names of a type from now on. */
    void want(String type, Set<String> wanted) {
        Set<String> added = new TreeSet<>(wanted);
        added.removeAll(names.get(type));
        Set<String> dropped = new TreeSet<>(names.get(type));
        dropped.removeAll(wanted);
        if (added.isEmpty() && dropped.isEmpty()) {
            return;
        }
        boolean first = names.get(type).isEmpty() && held.get(type).isEmpty();
        names.put(type, new TreeSet<>(wanted));
        held.get(type).keySet().retainAll(wanted);
        send(first ? first(type) : changed(type, added, dropped));
    }

    /** Reads one response, if there is one, and answers it. */
    boolean answerOne() {
        A response = unread.poll();
        if (response == null) {
            return false;
        }
        send(answer(response));
        return true;
    }

    /** Whether the transport takes more. */
    void ready(boolean now) {
        ready = now;
        if (now) {
            stream.wake();
        }
    }

    private void send(Q request) {
        stream.receive(reader.apply(request));
    }

    private ClientStream open() {
        Outbound out = outbound.apply(new Observer(), ControlPlane.getDefaultInstance());
        return new ClientStream(parts, CALLER, incremental, out, new Mailbox(Runnable::run), () -> {});
    }

    private final class Observer extends ServerCallStreamObserver<A> {
        @Override
        public void onNext(A response) {
            unread.add(response);
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void onError(Throwable cause) {
            throw new AssertionError("the server ended the stream", cause);
        }

        @Override
        public void onCompleted() {}
    }
}
