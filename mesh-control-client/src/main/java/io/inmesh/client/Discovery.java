package io.inmesh.client;

import io.grpc.Status;
import io.inmesh.client.translate.ConfigTranslator;
import io.inmesh.client.translate.InvalidResourceException;
import io.inmesh.client.translate.TrustTranslator;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.TrustBundle;
import io.inmesh.spi.MeshLink;
import io.inmesh.time.Randomness;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.discovery.AggregatedDiscoveryServiceGrpc;
import io.inmesh.xds.tls.Secret;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The discovery stream: opened, kept, opened again; subscribes by name as names become known, answers every response, and feeds
 * the store. Everything happens on the control thread; the volatile fields are for whoever asks for the status.
 *
 * <p>Right after a connection is made, an update that takes away more than half of what is known is not obeyed for {@link
 * #SHRINK_GRACE_NANOS}: a server that has just started may not know everything yet, and discovery fails static.
 */
final class Discovery {

    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);

    /** How long after a connection was made a sudden shrinking is not obeyed: 60 s. */
    static final long SHRINK_GRACE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final int INVALID_ARGUMENT = 3;

    private final Link link;
    private final MeshLink mesh;
    private final ControlThread thread;
    private final ResourceStore store;
    private final Publisher publisher;
    private final Registration registration;
    private final LoadReporter load;
    private final Backoff backoff;
    private final Set<String> subscribed = new HashSet<>();
    private boolean stateOfTheWorld;
    private @Nullable Wire wire;
    private int streamNumber;
    private long streamOpenedNanos;

    private volatile boolean closed;
    private volatile boolean connected;
    private volatile Instant since = Instant.now();
    private volatile String server = "";
    private volatile Map<String, String> versions = Map.of();
    private volatile @Nullable String lastRejection;

    Discovery(
            Link link,
            MeshLink mesh,
            ControlThread thread,
            ResourceStore store,
            Publisher publisher,
            Registration registration,
            Randomness randomness,
            boolean stateOfTheWorld) {
        this.link = link;
        this.mesh = mesh;
        this.thread = thread;
        this.store = store;
        this.publisher = publisher;
        this.registration = registration;
        this.load = new LoadReporter(mesh, thread);
        this.backoff = new Backoff(randomness);
        this.stateOfTheWorld = stateOfTheWorld;
    }

    boolean connected() {
        return connected;
    }

    Instant since() {
        return since;
    }

    /** {@return the server in use, empty before there was one} */
    String server() {
        return server;
    }

    Map<String, String> versions() {
        return versions;
    }

    @Nullable
    String lastRejection() {
        return lastRejection;
    }

    /** {@return the stream, null while there is none} */
    @Nullable
    Wire wire() {
        return wire;
    }

    void close() {
        closed = true;
    }

    void open() {
        if (closed || wire != null) {
            return;
        }
        server = link.server();
        int mine = ++streamNumber;
        subscribed.clear();
        store.types().forEach(TypeState::newStream);
        Wire.Events events = new Wire.Events() {
            @Override
            public void update(Update update) {
                thread.execute(() -> received(mine, update));
            }

            @Override
            public void closed(@Nullable Throwable cause) {
                thread.execute(() -> streamClosed(mine, cause));
            }
        };
        var stub = AggregatedDiscoveryServiceGrpc.newStub(link.channel());
        streamOpenedNanos = mesh.clock().nanos();
        Wire opened = stateOfTheWorld ? new StateOfTheWorldWire(stub, events) : new DeltaWire(stub, events);
        wire = opened;
        subscribeAll(opened);
        registration.announce(opened);
        load.open(link.channel(), registration.message());
    }

    private void subscribeAll(Wire opened) {
        for (TypeState type : store.types()) {
            // A first request without names would mean "everything" (delta) or nothing at all (state of the world).
            if ((type.wildcard() || !type.wanted().isEmpty()) && subscribed.add(type.typeUrl())) {
                opened.subscribe(type, registration.message());
            }
        }
    }

    private void streamClosed(int which, @Nullable Throwable cause) {
        if (which != streamNumber || closed) {
            return;
        }
        wire = null;
        load.close();
        if (connected) {
            connected = false;
            since = Instant.now();
        }
        registration.disconnected();
        if (!stateOfTheWorld && Status.fromThrowable(orUnknown(cause)).getCode() == Status.Code.UNIMPLEMENTED) {
            LOG.info("{} has no incremental xDS; going on with state of the world", server);
            stateOfTheWorld = true;
            open();
            return;
        }
        long waitNanos = backoff.nextNanos();
        LOG.warn(
                "no connection to the control server {}: {}; going on with what is known, next try in {} ms",
                server,
                cause == null ? "it ended the stream" : cause.getMessage(),
                waitNanos / 1_000_000);
        link.next();
        thread.schedule(this::open, waitNanos);
    }

    private static Throwable orUnknown(@Nullable Throwable cause) {
        return cause == null ? Status.UNKNOWN.asRuntimeException() : cause;
    }

    private void received(int which, Update update) {
        Wire current = wire;
        if (which != streamNumber || current == null) {
            return;
        }
        if (!connected) {
            connected = true;
            since = Instant.now();
            LOG.info("connected to the control server {}", server);
        }
        backoff.reset();
        if (update.typeUrl().equals(TypeUrls.HEALTH)) {
            registration.answered(update.version());
            return;
        }
        if (!store.knows(update.typeUrl())) {
            LOG.warn("the control server sent {}, which was not asked for", update.typeUrl());
            return;
        }
        TypeState type = store.type(update.typeUrl());
        if (settling() && ResourceStore.shrinksTooMuch(type, update)) {
            damp(update);
            type.received(update.nonce(), update.version());
            current.answer(type, null);
            return;
        }
        String problem = store.apply(update);
        if (problem == null && update.typeUrl().equals(TypeUrls.SECRET)) {
            problem = applyTrust();
        }
        if (problem == null) {
            problem = rename();
        }
        answer(current, type, problem);
        publisher.publishSoon();
    }

    private boolean settling() {
        return mesh.clock().nanos() - streamOpenedNanos < SHRINK_GRACE_NANOS;
    }

    private void damp(Update update) {
        long leftNanos = SHRINK_GRACE_NANOS - (mesh.clock().nanos() - streamOpenedNanos);
        String message = "an update of " + update.typeUrl()
                + " right after connecting would take away more than half of what" + " is known; it is held back for "
                + leftNanos / 1_000_000_000 + " s in case the server is still starting";
        LOG.warn(message);
        lastRejection = message;
        int mine = streamNumber;
        thread.schedule(
                () -> {
                    if (mine == streamNumber && wire != null) {
                        // Asking anew brings the state of then, whether it is still small or has grown since.
                        requiredWire().close();
                        streamClosedForRefresh();
                    }
                },
                leftNanos);
    }

    private void streamClosedForRefresh() {
        wire = null;
        long opened = streamOpenedNanos;
        open();
        streamOpenedNanos = opened;
    }

    private void answer(Wire current, TypeState type, @Nullable String problem) {
        if (problem == null) {
            current.answer(type, null);
            Map<String, String> now = new TreeMap<>(versions);
            now.put(shortName(type.typeUrl()), type.version());
            versions = now;
            return;
        }
        lastRejection = shortName(type.typeUrl()) + ": " + problem;
        LOG.warn("refused from {}: {}", server, lastRejection);
        current.answer(
                type,
                io.inmesh.xds.rpc.Status.newBuilder()
                        .setCode(INVALID_ARGUMENT)
                        .setMessage(problem)
                        .build());
    }

    /** Derives the names to ask for from what is known. */
    @Nullable
    String rename() {
        Set<String> endpoints;
        Set<String> routes;
        try {
            endpoints =
                    ConfigTranslator.endpointNames(store.type(TypeUrls.CLUSTER).bytes());
            routes = ConfigTranslator.routeNames(store.type(TypeUrls.LISTENER).bytes());
        } catch (InvalidResourceException e) {
            return e.getMessage();
        }
        rename(store.type(TypeUrls.ENDPOINT), endpoints);
        rename(store.type(TypeUrls.ROUTE), routes);
        return null;
    }

    private void rename(TypeState type, Set<String> names) {
        Set<String> added = new HashSet<>(names);
        added.removeAll(type.wanted());
        Set<String> dropped = new HashSet<>(type.wanted());
        dropped.removeAll(names);
        if (!type.want(names) || wire == null) {
            return;
        }
        if (subscribed.contains(type.typeUrl())) {
            requiredWire().resubscribe(type, added, dropped);
        } else {
            subscribeAll(requiredWire());
        }
    }

    private @Nullable String applyTrust() {
        IdentityEpoch epoch = mesh.identity().current();
        TypeState.Accepted secret = store.type(TypeUrls.SECRET).accepted().get(TrustTranslator.SECRET);
        if (epoch == null || secret == null) {
            return null;
        }
        try {
            TrustBundle trust = TrustTranslator.translate(
                    Secret.parseFrom(secret.bytes()), epoch.identity().id().trustDomain());
            mesh.identity().update(epoch.identity(), trust);
            return null;
        } catch (InvalidResourceException | IOException e) {
            return e.getMessage();
        }
    }

    private Wire requiredWire() {
        Wire current = wire;
        if (current == null) {
            throw new IllegalStateException("there is no stream");
        }
        return current;
    }

    private static String shortName(String typeUrl) {
        return typeUrl.substring(typeUrl.lastIndexOf('.') + 1);
    }
}
