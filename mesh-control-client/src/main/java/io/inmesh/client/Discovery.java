package io.inmesh.client;

import io.grpc.Status;
import io.inmesh.client.translate.ConfigAssembler;
import io.inmesh.time.Scheduler;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.discovery.AggregatedDiscoveryServiceGrpc;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The discovery stream: subscribes, takes responses in, answers each with ACK or NACK, and comes back when the stream ends, with
 * growing waits. All methods on the control thread.
 */
final class Discovery {

    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);
    private static final int INVALID_ARGUMENT = 3;

    /** Characters of what is wrong that a server is told. */
    private static final int LONGEST_REFUSAL = 64 << 10;

    /** How long a stream may be without any answer, at first; it grows with each that is, since a server may only be slow. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long LONGEST_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(40);

    private final Link link;
    private final ControlThread thread;
    private final ResourceStore store;
    private final Progress progress;
    private final Publisher publisher;
    private final Supplier<Node> node;
    private final Listener listener;
    private final Backoff backoff;
    private final Set<String> subscribed = new HashSet<>();
    private boolean stateOfTheWorld;
    private long patienceNanos = PATIENCE_NANOS;
    private Scheduler.Cancellable silence = () -> {};
    private @Nullable Wire wire;
    private int streamNumber;
    private int begunNumber;
    private boolean closed;

    /** Hears what is not about resources. */
    interface Listener {
        /** A stream was asked for, which can be written to. */
        void opened(Wire wire);

        /** The connection has taken the stream; said once. Where it takes few, others that are asked for now do not take its place. */
        void begun();

        /** The server has answered a report of health. */
        void healthAnswered(String answer);

        /** The server has sent another trust bundle; returns what is wrong with it. */
        @Nullable
        String trustChanged();

        /** The server does not accept the certificate of this process. */
        void certificateRefused();

        /** The stream has ended. */
        void closed();
    }

    Discovery(
            Link link,
            ControlThread thread,
            ResourceStore store,
            Progress progress,
            Publisher publisher,
            Supplier<Node> node,
            Listener listener,
            Backoff backoff,
            boolean stateOfTheWorld) {
        this.link = link;
        this.thread = thread;
        this.store = store;
        this.progress = progress;
        this.publisher = publisher;
        this.node = node;
        this.listener = listener;
        this.backoff = backoff;
        this.stateOfTheWorld = stateOfTheWorld;
    }

    /** {@return the stream, null while there is none} */
    @Nullable
    Wire wire() {
        return wire;
    }

    private void silent(int which) {
        if (which == streamNumber) {
            ended(
                    which,
                    Status.UNAVAILABLE.withDescription("it does not answer").asException());
            // What becomes of the stream itself is of no interest any more.
            streamNumber++;
        }
    }

    /** {@return a number that is greater for each stream than for the one before} */
    long connection() {
        return streamNumber;
    }

    /** Opens the stream, unless it is open. */
    void open() {
        if (closed || wire != null) {
            return;
        }
        progress.server(link.server());
        int mine = ++streamNumber;
        subscribed.clear();
        store.newStream();
        Wire.Events events = new Wire.Events() {
            @Override
            public void begun() {
                thread.execute(() -> begunOnce(mine));
            }

            @Override
            public void update(Update update) {
                thread.execute(() -> received(mine, update));
            }

            @Override
            public void closed(@Nullable Throwable cause) {
                thread.execute(() -> ended(mine, cause));
            }
        };
        var stub = AggregatedDiscoveryServiceGrpc.newStub(link.channel());
        Wire opened = stateOfTheWorld ? new StateOfTheWorldWire(stub, events) : new DeltaWire(stub, events);
        wire = opened;
        subscribe(opened);
        listener.opened(opened);
        awaitAnswer(mine);
    }

    private void begunOnce(int which) {
        if (which == streamNumber && which != begunNumber && !closed) {
            begunNumber = which;
            listener.begun();
        }
    }

    /** One that takes connections and then says nothing is frozen or cut off; where there are others, they are asked. */
    private void awaitAnswer(int mine) {
        if (link.several()) {
            silence.cancel();
            silence = thread.schedule(() -> silent(mine), patienceNanos);
            patienceNanos = Math.min(LONGEST_PATIENCE_NANOS, 2 * patienceNanos);
        }
    }

    /** Ends the stream and opens another over a new connection, as one with a new certificate. */
    void reopen() {
        leave();
        open();
    }

    /** Ends the stream and its connection. */
    void leave() {
        drop();
        link.close();
    }

    /** Ends the stream for good. */
    void close() {
        closed = true;
        drop();
    }

    private void drop() {
        Wire before = wire;
        wire = null;
        silence.cancel();
        // Events of the stream that is dropped are of no interest any more.
        streamNumber++;
        if (before != null) {
            before.close();
            publisher.disconnected();
            listener.closed();
        }
    }

    private void subscribe(Wire opened) {
        for (TypeState type : store.types()) {
            // A first request without names would mean "everything" to a server that has wildcards for all types.
            if ((type.wildcard() || !type.wanted().isEmpty()) && subscribed.add(type.typeUrl())) {
                opened.subscribe(type, node.get());
            }
        }
    }

    private void ended(int which, @Nullable Throwable cause) {
        if (which != streamNumber || closed) {
            return;
        }
        wire = null;
        silence.cancel();
        boolean wasConnected = progress.connected();
        progress.connected(false);
        publisher.disconnected();
        listener.closed();
        if (!stateOfTheWorld && cause != null && Status.fromThrowable(cause).getCode() == Status.Code.UNIMPLEMENTED) {
            LOG.info("{} has no incremental xDS; going on with state of the world", link.server());
            stateOfTheWorld = true;
            open();
            return;
        }
        long waitNanos = backoff.nextNanos();
        String reason = cause == null ? "it ended the stream" : Failures.text(cause);
        String text = "no connection to the control server {}: {}; going on with what is known, next try in {} ms";
        if (wasConnected) {
            // Servers end connections now and then, so that clients spread and show fresh certificates.
            LOG.info(text, link.server(), reason, waitNanos / 1_000_000);
        } else {
            LOG.warn(text, link.server(), reason, waitNanos / 1_000_000);
        }
        boolean refused = cause != null && link.presents() && Failures.refusesCertificate(cause);
        link.next();
        thread.schedule(this::open, waitNanos);
        if (refused) {
            listener.certificateRefused();
        }
    }

    private void received(int which, Update update) {
        Wire current = wire;
        if (which != streamNumber || current == null) {
            return;
        }
        publisher.connected();
        silence.cancel();
        patienceNanos = PATIENCE_NANOS;
        if (!progress.connected()) {
            progress.connected(true);
            LOG.info("connected to the control server {}", link.server());
        }
        backoff.reset();
        if (update.typeUrl().equals(TypeUrls.HEALTH)) {
            listener.healthAnswered(update.version());
        } else if (store.knows(update.typeUrl())) {
            resources(current, update);
        } else {
            LOG.warn("the control server sent {}, which was not asked for", update.typeUrl());
        }
    }

    private void resources(Wire current, Update update) {
        TypeState type = store.type(update.typeUrl());
        String refused = store.apply(update);
        String trust = refused == null && update.typeUrl().equals(TypeUrls.SECRET) ? listener.trustChanged() : null;
        name(current, store.type(TypeUrls.ENDPOINT), ConfigAssembler.endpointNames(store));
        name(current, store.type(TypeUrls.ROUTE), ConfigAssembler.routeNames(store));
        // Before the answer, which says whether it can be used.
        String unusable = publisher.publish();
        String problem = brief(
                Stream.of(refused, trust, unusable).filter(text -> text != null).collect(Collectors.joining("; ")));
        if (problem.isEmpty()) {
            progress.accepted(type.shortName(), type.version());
            current.answer(type, null);
            return;
        }
        progress.refused(type.shortName(), problem);
        LOG.warn("refused from {}: {}: {}", link.server(), type.shortName(), problem);
        current.answer(
                type,
                io.inmesh.xds.rpc.Status.newBuilder()
                        .setCode(INVALID_ARGUMENT)
                        .setMessage(problem)
                        .build());
    }

    /** {@return the beginning of what is wrong} All of it, for thousands of resources, may be more than a message takes. */
    private static String brief(String problem) {
        return problem.length() <= LONGEST_REFUSAL
                ? problem
                : problem.substring(0, LONGEST_REFUSAL) + "… and " + (problem.length() - LONGEST_REFUSAL)
                        + " characters more";
    }

    /** Asks for the endpoints of a cluster that is about to be called. */
    void want(String cluster) {
        if (!store.want(cluster)) {
            return;
        }
        TypeState endpoints = store.type(TypeUrls.ENDPOINT);
        Set<String> names = ConfigAssembler.endpointNames(store);
        Wire current = wire;
        if (current == null) {
            // The next stream subscribes to them.
            endpoints.want(names);
        } else {
            name(current, endpoints, names);
        }
        // Another cluster may have the same endpoints, and then nothing more comes.
        if (endpoints.unanswered().isEmpty()) {
            publisher.publishLate();
        }
    }

    /** Changes the names asked for. */
    private void name(Wire current, TypeState type, Set<String> names) {
        Set<String> added = new HashSet<>(names);
        added.removeAll(type.wanted());
        Set<String> dropped = new HashSet<>(type.wanted());
        dropped.removeAll(names);
        if (!type.want(names)) {
            return;
        }
        if (subscribed.contains(type.typeUrl())) {
            current.resubscribe(type, added, dropped);
        } else {
            subscribe(current);
        }
    }
}
