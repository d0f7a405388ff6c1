package io.inmesh.server.ads;

import io.grpc.Status;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.limit.Limits;
import io.inmesh.server.model.ForeignText;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.server.translate.ResourceSet;
import io.inmesh.xds.TypeUrls;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client on one stream: what it subscribes to, what it has, and so what to send next.
 *
 * <p>At most one response of a type is on its way; what changes meanwhile is sent when it is answered, in its latest form only. Types go
 * out in an order in which nothing refers to what is not there yet, and what is gone is taken away only after everything else has been
 * acknowledged. All methods that do not say otherwise run in the stream's {@link Mailbox}.
 */
final class ClientStream {
    private static final Logger LOG = LoggerFactory.getLogger(ClientStream.class);
    /** Of what a client chooses, in characters. */
    private static final int LONGEST_IN_LOG = 256;

    private final ResourceSource source;
    private final StreamHub hub;
    private final Caller caller;
    private final boolean incremental;
    private final Outbound outbound;
    private final Mailbox mailbox;
    private final InstantSource clock;
    private final Limits limits;
    private final HealthReports health;
    private final SlowReader slowReader;
    private final Farewell farewell;
    private final Instant connectedSince;
    private final Subscriptions types;
    private final Settlement settlement = new Settlement();
    private final AtomicBoolean woken = new AtomicBoolean();

    private @Nullable ResourceSet resources;
    private long resourcesGeneration = -1;
    private long nonces;
    private boolean closed;

    // What other threads may look at.
    private volatile @Nullable ClientNode node;
    private volatile List<TypeStatus> statuses = List.of();
    private volatile Optional<CertificateReport> certificate = Optional.empty();

    /**
     * @param hangUp ends the client's connection
     */
    ClientStream(
            AdsParts parts, Caller caller, boolean incremental, Outbound outbound, Mailbox mailbox, Runnable hangUp) {
        this.source = parts.source();
        this.hub = parts.hub();
        this.caller = caller;
        this.incremental = incremental;
        this.outbound = outbound;
        this.mailbox = mailbox;
        this.clock = parts.clock();
        this.limits = parts.limits();
        this.health = new HealthReports(parts.registry(), hub, parts.registration(), caller);
        this.slowReader =
                new SlowReader(parts.timer(), limits.slowReader(), () -> mailbox.execute(() -> readsNothing(hangUp)));
        this.farewell = new Farewell(parts.timer(), hangUp);
        this.connectedSince = clock.instant();
        this.types = new Subscriptions(caller, limits.namesPerType(), hub.names(), clock);
    }

    private void readsNothing(Runnable hangUp) {
        if (!closed && !outbound.ready()) {
            LOG.warn("{} has read nothing of what it was sent for {} and is cut off", caller, limits.slowReader());
            hangUp.run();
        }
    }

    /** Looks for something to send, soon. May be called from any thread; calls before it gets to it count as one. */
    void wake() {
        if (woken.compareAndSet(false, true)) {
            mailbox.execute(() -> {
                woken.set(false);
                flush();
            });
        }
    }

    /** Who is at the other end. May be called from any thread. */
    Caller caller() {
        return caller;
    }

    /** Ends the stream, soon. May be called from any thread. */
    void refuse(Status status) {
        mailbox.execute(() -> close(status));
    }

    /** Ends the stream, soon, and a little later the connection below it. May be called from any thread. */
    void move(Status status) {
        refuse(status);
        farewell.begin();
    }

    /** Takes a request. */
    void receive(ClientRequest request) {
        if (closed) {
            return;
        }
        try {
            ClientNode sender = sender(request);
            if (request.typeUrl().equals(TypeUrls.HEALTH)) {
                receiveHealth(request, sender);
            } else {
                receiveSubscription(request);
            }
            flush();
        } catch (ClientNode.Refused | WorkloadRegistry.Refused e) {
            LOG.info("refused {}: {}", caller, e.getMessage());
            close(Status.PERMISSION_DENIED.withDescription(e.getMessage()));
        }
    }

    /**
     * The stream has ended, by whomever.
     *
     * @return whether it was open until now
     */
    boolean ended() {
        boolean wasOpen = !closed;
        closed = true;
        slowReader.observe(true);
        types.ended();
        hub.remove(this);
        health.disconnected();
        return wasOpen;
    }

    /** What is known about the client. May be called from any thread, once the client has said who it is. */
    ConnectedProcess status() {
        ClientNode known = node;
        if (known == null) {
            throw new IllegalStateException("asked for the status of a client that has not said who it is");
        }
        return new ConnectedProcess(
                known.id(),
                known.instance(),
                known.namespace(),
                known.serviceAccount(),
                known.labels(),
                caller.address(),
                known.userAgent(),
                incremental,
                connectedSince,
                caller.certificateExpiry(),
                certificate,
                caller.chain(),
                settlement.trust(),
                known.context(),
                statuses);
    }

    /** What the client has been sent, as soon as the stream gets to it. May be called from any thread, as {@link #status}. */
    CompletableFuture<ProcessConfig> config() {
        return CompletableFuture.supplyAsync(
                () -> ProcessConfig.of(status(), Objects.requireNonNull(node).message(), types.all()), mailbox);
    }

    /** The newest generation of which the client has answered everything. May be called from any thread. */
    long generation() {
        return settlement.generation();
    }

    /** The newest generation of which the client has answered all endpoints. May be called from any thread. */
    long endpointsGeneration() {
        return settlement.endpointsGeneration();
    }

    private ClientNode sender(ClientRequest request) throws ClientNode.Refused {
        ClientNode known = node;
        if (request.node() != null) {
            certificate = CertificateReport.of(caller, ClientNode.within(limits.nodeBytes(), request.node()));
        }
        if (known == null) {
            if (request.node() == null) {
                throw new ClientNode.Refused("the first request of a stream has to say who sends it (node)");
            }
            known = ClientNode.of(request.node(), caller.identity());
            node = known;
            hub.add(this);
        } else if (request.node() != null && request.typeUrl().equals(TypeUrls.HEALTH)) {
            // A process learns its ports after its stream has begun.
            ClientNode later = ClientNode.of(request.node(), caller.identity());
            if (!later.id().equals(known.id())) {
                throw new ClientNode.Refused("a stream is that of one process; it began as " + known.id());
            }
            return later;
        }
        return known;
    }

    private void receiveHealth(ClientRequest request, ClientNode sender)
            throws ClientNode.Refused, WorkloadRegistry.Refused {
        if (!request.nonce().isEmpty()) {
            // An acknowledgement out of habit; as a report it would bring a drained workload back.
            return;
        }
        if (caller.identity().isEmpty()) {
            throw new ClientNode.Refused("registration needs a client certificate");
        }
        health.receive(sender, request.error(), answer -> mailbox.execute(() -> sendHealthAnswer(answer)));
    }

    private void sendHealthAnswer(String answer) {
        if (!closed) {
            outbound.sendHealthAnswer(answer, nextNonce());
        }
    }

    private void receiveSubscription(ClientRequest request) throws ClientNode.Refused {
        Delivered type = types.of(request.typeUrl());
        LOG.debug(
                "{} asks for, or answers, {} with nonce {}",
                caller,
                ForeignText.clean(type.state().typeUrl()),
                ForeignText.clean(request.nonce(), LONGEST_IN_LOG));
        if (request.typeUrl().equals(TypeUrls.CLUSTER)) {
            // A changed cluster may have to be followed by endpoints that the client has yet to ask for on this stream.
            types.of(TypeUrls.ENDPOINT);
        }
        if (type.delivery().overtaken(request.nonce()) && request.complete()) {
            return;
        }
        if (type.delivery().answered(request.nonce(), request.error(), clock.instant()) && request.error() != null) {
            hub.metrics().rejected(request.typeUrl());
            LOG.warn(
                    "{} rejected {}: {}",
                    caller,
                    type.delivery().status(request.typeUrl()).rejectedNames(),
                    ForeignText.clean(type.delivery().status(request.typeUrl()).rejection()));
        }
        request.subscription().accept(type.state());
        settlement.noteSubscription(type.state());
        types.check(type.state());
    }

    private void flush() {
        ClientNode known = node;
        if (closed || known == null) {
            return;
        }
        ResourceSet set = latest(known);
        if (set != null) {
            if (sendAdditions(set)) {
                sendRemovals(set);
            }
            settlement.note(types.all(), set, resourcesGeneration);
        }
        slowReader.observe(outbound.ready());
        statuses = types.statuses();
        settlement.noteTrust(types.all());
        hub.progressed(this);
    }

    private @Nullable ResourceSet latest(ClientNode known) {
        long generation = hub.generation();
        if (resources == null || generation != resourcesGeneration) {
            try {
                resources = source.resourcesFor(known.context());
                resourcesGeneration = generation;
            } catch (RuntimeException e) {
                LOG.error("no resources for {}; it keeps what it has until the next change", caller, e);
            }
        }
        return resources;
    }

    /** Sends what the client lacks; whether nothing is left to send or to be answered. */
    private boolean sendAdditions(ResourceSet set) {
        boolean idle = true;
        for (Delivered type : types.all()) {
            Update update = type.state().additions(set);
            if (update.isEmpty() && !type.state().answerDue()) {
                idle &= !type.delivery().outstanding();
                continue;
            }
            if (type.delivery().outstanding() || !outbound.ready()) {
                // What comes later in the order may refer to what cannot be sent yet.
                return false;
            }
            send(type, update);
            idle = false;
        }
        return idle;
    }

    private void sendRemovals(ResourceSet set) {
        boolean keepReferred = types.referrerRejected();
        for (Delivered type : types.referrersFirst()) {
            TypeState state = type.state();
            if (keepReferred && !PushOrder.referrer(state.typeUrl())) {
                continue;
            }
            List<String> removed = state.removals(set);
            if (removed.isEmpty()) {
                continue;
            }
            if (!outbound.tellsRemovals(state)) {
                state.sent(Update.removing(removed));
            } else if (outbound.ready()) {
                send(type, Update.removing(removed));
            } else {
                return;
            }
        }
    }

    private void send(Delivered type, Update update) {
        String nonce = nextNonce();
        Set<String> rebuilt = Objects.requireNonNull(node).rebuildsClusters()
                ? Subscriptions.rebuilt(type.state(), update)
                : Set.of();
        Outbound.Sent response = outbound.send(type.state(), update, nonce);
        Update sent = response.update();
        List<String> names = sent.names();
        type.delivery().sent(nonce, type.state().version(), names, clock.instant());
        hub.metrics().pushed(type.state().typeUrl(), response.bytes());
        LOG.debug(
                "{} is sent {} of {}, and that {} are gone",
                caller,
                names.size(),
                type.state().typeUrl(),
                sent.removed().size());
        if (!rebuilt.isEmpty()) {
            rebuilt.retainAll(Set.copyOf(names));
            types.repeatEndpoints(rebuilt);
        }
    }

    private String nextNonce() {
        return Long.toString(++nonces);
    }

    private void close(Status status) {
        if (ended()) {
            outbound.end(status);
        }
    }
}
