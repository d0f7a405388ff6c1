package io.inmesh.client;

import io.grpc.Status;
import io.inmesh.client.identity.Certificates;
import io.inmesh.client.translate.ConfigTranslator;
import io.inmesh.client.translate.InvalidResourceException;
import io.inmesh.client.translate.TrustTranslator;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.TrustBundle;
import io.inmesh.spi.ApplyResult;
import io.inmesh.spi.ControlPlane;
import io.inmesh.spi.ControlPlaneStatus;
import io.inmesh.spi.MeshLink;
import io.inmesh.time.Randomness;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.discovery.AggregatedDiscoveryServiceGrpc;
import io.inmesh.xds.tls.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one mesh in step with its control plane over one connection: discovery (incremental or state of the world), certificates,
 * registration and load reports. Works with any xDS v3 server; registration and certificates need one that offers them.
 *
 * <p>A config is published only when every name it refers to has been answered, or after {@link #COMPLETENESS_LIMIT_NANOS} at the
 * latest, so that a new route never goes live before its cluster. Right after a connection is made, an update that takes away
 * more than half of what is known is not obeyed for {@link #SHRINK_GRACE_NANOS}: a server that has just started may not know
 * everything yet, and discovery fails static.
 */
public final class ControlClient implements ControlPlane {

    private static final Logger LOG = LoggerFactory.getLogger(ControlClient.class);

    /** How long a config waits for resources it refers to: 15 s, as xDS clients do (gRFC A27). */
    static final long COMPLETENESS_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** How long after a connection was made a sudden shrinking is not obeyed: 60 s. */
    static final long SHRINK_GRACE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final int UNAVAILABLE = 14;
    private static final int INVALID_ARGUMENT = 3;

    private final ControlClientSettings settings;
    private final Randomness randomness = Randomness.SYSTEM;
    private final ControlThread thread = new ControlThread();
    private final ResourceStore store = new ResourceStore();
    private final Node node;
    private final Backoff backoff = new Backoff(randomness);
    private final @Nullable JoinToken token;
    private final @Nullable StateFolder state;

    // All below belong to the control thread; the volatile ones are read by status().
    private @Nullable MeshLink mesh;
    private @Nullable Link link;
    private @Nullable CertificateKeeper certificates;
    private @Nullable LoadReporter load;
    private @Nullable Wire wire;
    private int streamNumber;
    private long streamOpenedNanos;
    private boolean stateOfTheWorld;
    private boolean publishScheduled;
    private long incompleteSinceNanos = Long.MIN_VALUE;
    private final Set<String> subscribed = new HashSet<>();
    private Map<String, Integer> ports = Map.of();
    private boolean serving;
    private boolean draining;
    private @Nullable CompletableFuture<Void> drained;

    private volatile boolean connected;
    private volatile Instant since = Instant.now();
    private volatile String server = "";
    private volatile Map<String, String> versions = Map.of();
    private volatile @Nullable String lastRejection;
    private volatile List<String> ignoredFields = List.of();
    private volatile boolean closed;

    /**
     * Makes a client that has not yet begun.
     *
     * @param settings how to join
     * @throws IllegalArgumentException if the token file or the state folder cannot be used
     */
    public ControlClient(ControlClientSettings settings) {
        this.settings = settings;
        this.stateOfTheWorld = settings.stateOfTheWorld();
        this.token = token(settings.tokenFile());
        this.state = state(settings.stateDir());
        this.node = new Node(
                settings,
                settings.service() + "-" + UUID.randomUUID().toString().substring(0, 8));
    }

    private static @Nullable JoinToken token(@Nullable Path file) {
        if (file == null) {
            return null;
        }
        try {
            return JoinToken.parse(Files.readString(file));
        } catch (IOException e) {
            throw new IllegalArgumentException("INMESH_TOKEN_FILE " + file + " cannot be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("INMESH_TOKEN_FILE " + file + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable StateFolder state(@Nullable Path folder) {
        if (folder == null) {
            return null;
        }
        try {
            return StateFolder.open(folder);
        } catch (IOException e) {
            throw new IllegalArgumentException("INMESH_STATE_DIR " + folder + " cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean givesIdentity() {
        return !settings.plaintext();
    }

    @Override
    public void start(MeshLink link) {
        thread.execute(() -> begin(link));
    }

    private void begin(MeshLink meshLink) {
        mesh = meshLink;
        Link connection =
                new Link(settings, meshLink.identity(), token == null ? null : token.rootSha256(), randomness);
        link = connection;
        load = new LoadReporter(meshLink, thread);
        CertificateKeeper keeper = new CertificateKeeper(
                connection, meshLink.identity(), token, thread, meshLink.clock(), randomness, this::identityIssued);
        certificates = keeper;
        restore(meshLink, keeper);
        if (settings.plaintext() || meshLink.identity().current() != null) {
            openStream();
        } else if (token != null) {
            keeper.request();
        } else {
            LOG.error("there is neither a certificate in INMESH_STATE_DIR nor a join token in INMESH_TOKEN_FILE;"
                    + " this process cannot join the mesh. Make a token with: meshctl token create");
        }
    }

    private void restore(MeshLink meshLink, CertificateKeeper keeper) {
        StateFolder folder = state;
        if (folder == null) {
            return;
        }
        if (settings.keepIdentity()) {
            folder.loadIdentity().ifPresent(saved -> {
                if (saved.identity().expiresAtMillis() <= meshLink.clock().epochMillis()) {
                    LOG.warn(
                            "the saved certificate ended at {}",
                            saved.identity().leaf().getNotAfter());
                    return;
                }
                meshLink.identity().update(saved.identity(), saved.trust());
                keeper.scheduleRenewal(saved.identity());
            });
        }
        List<StateFolder.Saved> saved = folder.loadResources();
        for (StateFolder.Saved resource : saved) {
            if (store.knows(resource.typeUrl())) {
                store.type(resource.typeUrl()).accept(resource.name(), resource.resource());
            }
        }
        if (!saved.isEmpty()) {
            rename();
            LOG.info("starting with {} resources of the last good state", saved.size());
            publish("state folder");
        }
    }

    private void identityIssued(Certificates.Issued issued) {
        StateFolder folder = state;
        if (folder != null && settings.keepIdentity()) {
            try {
                folder.saveIdentity(issued.identity(), issued.trust());
            } catch (IOException e) {
                LOG.warn("the identity could not be saved in {}: {}", settings.stateDir(), e.getMessage());
            }
        }
        if (wire == null) {
            // The connection so far presented no certificate.
            required(link).renew();
            openStream();
        }
    }

    // -- the stream

    private void openStream() {
        if (closed || wire != null) {
            return;
        }
        Link connection = required(link);
        server = connection.server();
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
        var stub = AggregatedDiscoveryServiceGrpc.newStub(connection.channel());
        streamOpenedNanos = required(mesh).clock().nanos();
        Wire opened = stateOfTheWorld ? new StateOfTheWorldWire(stub, events) : new DeltaWire(stub, events);
        wire = opened;
        subscribeAll(opened);
        if (serving) {
            opened.health(nodeMessage(), draining ? drainingStatus() : null);
        }
        required(load).open(connection.channel(), nodeMessage());
    }

    private void subscribeAll(Wire opened) {
        for (TypeState type : store.types()) {
            // A first request without names would mean "everything" (delta) or nothing at all (state of the world).
            if ((type.wildcard() || !type.wanted().isEmpty()) && subscribed.add(type.typeUrl())) {
                opened.subscribe(type, nodeMessage());
            }
        }
    }

    private void streamClosed(int which, @Nullable Throwable cause) {
        if (which != streamNumber || closed) {
            return;
        }
        wire = null;
        required(load).close();
        if (connected) {
            connected = false;
            since = Instant.now();
        }
        CompletableFuture<Void> leaving = drained;
        if (leaving != null) {
            leaving.completeExceptionally(new IOException("the control server went away while this process left"));
        }
        if (!stateOfTheWorld && Status.fromThrowable(orUnknown(cause)).getCode() == Status.Code.UNIMPLEMENTED) {
            LOG.info("{} has no incremental xDS; going on with state of the world", server);
            stateOfTheWorld = true;
            openStream();
            return;
        }
        long waitNanos = backoff.nextNanos();
        LOG.warn(
                "no connection to the control server {}: {}; going on with what is known, next try in {} ms",
                server,
                cause == null ? "it ended the stream" : cause.getMessage(),
                waitNanos / 1_000_000);
        required(link).next();
        thread.schedule(this::openStream, waitNanos);
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
            healthAnswered(update.version());
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
        schedulePublish(type);
    }

    private boolean settling() {
        return required(mesh).clock().nanos() - streamOpenedNanos < SHRINK_GRACE_NANOS;
    }

    private void damp(Update update) {
        long leftNanos = SHRINK_GRACE_NANOS - (required(mesh).clock().nanos() - streamOpenedNanos);
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
                        required(wire).close();
                        streamClosedForRefresh();
                    }
                },
                leftNanos);
    }

    private void streamClosedForRefresh() {
        wire = null;
        long opened = streamOpenedNanos;
        openStream();
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
    private @Nullable String rename() {
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
            required(wire).resubscribe(type, added, dropped);
        } else {
            subscribeAll(required(wire));
        }
    }

    private @Nullable String applyTrust() {
        IdentityEpoch epoch = required(mesh).identity().current();
        TypeState.Accepted secret = store.type(TypeUrls.SECRET).accepted().get(TrustTranslator.SECRET);
        if (epoch == null || secret == null) {
            return null;
        }
        try {
            TrustBundle trust = TrustTranslator.translate(
                    Secret.parseFrom(secret.bytes()), epoch.identity().id().trustDomain());
            required(mesh).identity().update(epoch.identity(), trust);
            return null;
        } catch (InvalidResourceException | IOException e) {
            return e.getMessage();
        }
    }

    // -- publishing

    private void schedulePublish(TypeState cause) {
        if (publishScheduled) {
            return;
        }
        publishScheduled = true;
        // After the responses that are here already, so that one change of several types makes one config.
        thread.execute(() -> {
            publishScheduled = false;
            publishIfComplete(shortName(cause.typeUrl()));
        });
    }

    private void publishIfComplete(String cause) {
        boolean complete = store.types().stream()
                .filter(type -> !type.typeUrl().equals(TypeUrls.SECRET))
                .allMatch(TypeState::complete);
        long now = required(mesh).clock().nanos();
        if (complete) {
            incompleteSinceNanos = Long.MIN_VALUE;
        } else if (incompleteSinceNanos == Long.MIN_VALUE) {
            incompleteSinceNanos = now;
            thread.schedule(() -> publishIfComplete("names without answer"), COMPLETENESS_LIMIT_NANOS);
            return;
        } else if (now - incompleteSinceNanos < COMPLETENESS_LIMIT_NANOS) {
            return;
        } else {
            LOG.warn("the control server has not answered all names after 15 s; going on without them");
            incompleteSinceNanos = Long.MIN_VALUE;
        }
        publish(cause);
    }

    private void publish(String cause) {
        try {
            ConfigTranslator.Translated translated = ConfigTranslator.translate(
                    versionOf(),
                    store.type(TypeUrls.LISTENER).bytes(),
                    store.type(TypeUrls.ROUTE).bytes(),
                    store.type(TypeUrls.CLUSTER).bytes(),
                    store.type(TypeUrls.ENDPOINT).bytes());
            noteIgnored(translated.ignored());
            ApplyResult result = required(mesh).apply(translated.config());
            if (result.applied()) {
                save();
            } else {
                lastRejection = cause + ": " + result.problems();
                LOG.warn("the config is not used, the one before stays: {}", result.problems());
            }
        } catch (InvalidResourceException e) {
            lastRejection = cause + ": " + e.getMessage();
            LOG.warn("the config is not used, the one before stays: {}", e.getMessage());
        }
    }

    private String versionOf() {
        Map<String, Map<String, String>> all = new TreeMap<>();
        store.types().forEach(type -> all.put(type.typeUrl(), new TreeMap<>(type.versions())));
        return Integer.toHexString(all.hashCode());
    }

    private void noteIgnored(List<String> ignored) {
        if (!ignored.equals(ignoredFields)) {
            Set<String> fresh = new HashSet<>(ignored);
            ignoredFields.forEach(fresh::remove);
            fresh.forEach(field -> LOG.info("a field has no effect here: {}", field));
            ignoredFields = ignored;
        }
    }

    private void save() {
        StateFolder folder = state;
        if (folder == null || !connected) {
            return;
        }
        try {
            folder.saveResources(store);
        } catch (IOException e) {
            LOG.warn("the state could not be saved in {}: {}", settings.stateDir(), e.getMessage());
        }
    }

    // -- registration

    @Override
    public void serve(Map<String, Integer> portsByName) {
        Map<String, Integer> copy = new HashMap<>(portsByName);
        thread.execute(() -> {
            ports = copy;
            serving = true;
            draining = false;
            if (wire != null) {
                required(wire).health(nodeMessage(), null);
            }
        });
    }

    @Override
    public CompletionStage<Void> drain() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        thread.execute(() -> {
            if (!serving || draining) {
                done.complete(null);
                return;
            }
            draining = true;
            if (wire == null) {
                done.completeExceptionally(new IOException("there is no control server to tell"));
                return;
            }
            drained = done;
            required(wire).health(nodeMessage(), drainingStatus());
        });
        return done;
    }

    private void healthAnswered(String answer) {
        CompletableFuture<Void> leaving = drained;
        if (answer.equals("drained") && leaving != null) {
            leaving.complete(null);
        }
    }

    private static io.inmesh.xds.rpc.Status drainingStatus() {
        return io.inmesh.xds.rpc.Status.newBuilder()
                .setCode(UNAVAILABLE)
                .setMessage("draining")
                .build();
    }

    private io.inmesh.xds.core.Node nodeMessage() {
        IdentityEpoch epoch = required(mesh).identity().current();
        return node.message(epoch == null ? "" : serviceAccount(epoch.identity().id()), ports);
    }

    private static String serviceAccount(SpiffeId id) {
        int at = id.path().indexOf("/sa/");
        return at < 0 ? "" : id.path().substring(at + 4);
    }

    // -- status and end

    @Override
    public ControlPlaneStatus status() {
        MeshLink current = mesh;
        IdentityEpoch epoch = current == null ? null : current.identity().current();
        return new ControlPlaneStatus(
                connected,
                since,
                server.isEmpty() ? String.join(", ", settings.servers()) : server,
                versions,
                lastRejection,
                ignoredFields,
                epoch == null ? null : epoch.identity().leaf().getNotAfter().toInstant(),
                state == null ? null : state.savedAt());
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        CompletableFuture<Void> done = new CompletableFuture<>();
        thread.execute(() -> {
            if (link != null) {
                link.close();
            }
            done.complete(null);
        });
        done.orTimeout(5, TimeUnit.SECONDS).exceptionally(late -> null).join();
        thread.close();
    }

    private static String shortName(String typeUrl) {
        return typeUrl.substring(typeUrl.lastIndexOf('.') + 1);
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the control client has not begun");
        }
        return value;
    }
}
