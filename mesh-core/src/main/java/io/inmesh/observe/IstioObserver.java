package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.MetricsConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.SpiffeId;
import io.inmesh.time.Clock;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps Istio's standard metrics, so that its dashboards and those made for it show this mesh too: {@code istio_requests_total}, {@code
 * istio_request_duration_milliseconds}, {@code istio_request_bytes}, {@code istio_response_bytes} and, for gRPC, {@code
 * istio_request_messages_total} and {@code istio_response_messages_total}, from the side of who calls ({@code
 * reporter="source"}) and of who answers ({@code destination}).
 *
 * <p>What is known of the other side is resolved once per endpoint and per caller and config, so a call builds no labels. Pairs without a
 * request for an hour or two lose their meters, so that a process that outlives its peers does not run out of room for new ones.
 */
final class IstioObserver implements MeshObserver {

    /** How often pairs are looked at; one that is not used between two looks goes. */
    static final long SWEEP_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final int MAX_VIRTUAL_HOSTS = 5000;

    private final MeterFactory meters;
    private final Workload own;
    private final IstioPair.Service service;
    private final Runnable overflow;
    private final Clock clock;
    private final AtomicLong swept;
    private final InboundObserver requests = new Requests();
    private final ReentrantLock writer = new ReentrantLock();
    private volatile Supplier<MeshConfig> configs = () -> MeshConfig.EMPTY;
    private volatile @Nullable SpiffeId principal;
    private volatile MetricsConfig client = MetricsConfig.STANDARD;
    private volatile MetricsConfig server = MetricsConfig.STANDARD;
    private volatile Generation generation;

    /**
     * Makes an observer.
     *
     * @param own this process
     * @param service host name of the service it belongs to, empty if it was not told
     * @param clock says since when pairs are not used
     */
    IstioObserver(MeterFactory meters, Workload own, String service, Clock clock) {
        this.meters = meters;
        this.clock = clock;
        this.swept = new AtomicLong(clock.nanos());
        this.own = own;
        this.service = IstioPair.Service.ofHost(service);
        this.overflow = meters.overflow("pairs of workloads that talk to each other");
        this.generation = new Generation(IstioCallers.NONE);
    }

    /** Goes by a config, now and whenever one is applied. */
    void watch(Supplier<MeshConfig> source) {
        configs = source;
        adopt(source.get());
    }

    @Override
    public boolean wantsSizes() {
        return true;
    }

    @Override
    public CallObserver callStarted(Call call, String virtualHost, @Nullable String route) {
        return generation.calls.get(virtualHost);
    }

    @Override
    public InboundObserver inboundStarted(InboundCall call) {
        return requests;
    }

    @Override
    public void configApplied(String version, long durationNanos) {
        adopt(configs.get());
    }

    @Override
    public void identityChanged(IdentityEpoch epoch) {
        SpiffeId now = epoch.identity().id();
        writer.lock();
        try {
            if (!now.equals(principal)) {
                principal = now;
                renew(generation.callers);
            }
        } finally {
            writer.unlock();
        }
    }

    private void adopt(MeshConfig config) {
        IstioCallers callers = IstioCallers.of(config);
        MetricsConfig newClient = config.telemetry().client().metrics();
        MetricsConfig newServer = config.telemetry().server().metrics();
        writer.lock();
        try {
            if (newClient.equals(client) && newServer.equals(server)) {
                generation = new Generation(generation, callers);
                generation.sweepIfDue();
            } else {
                client = newClient;
                server = newServer;
                renew(callers);
            }
        } finally {
            writer.unlock();
        }
    }

    private void renew(IstioCallers callers) {
        generation.meters.end();
        generation = new Generation(callers);
    }

    /** What is known under one config; meters outlive it unless their labels change. */
    private final class Generation {

        private final IstioGeneration meters;
        private final IstioCallers callers;
        private final IstioPairs sent;
        private final IstioPairs received;
        private final ConcurrentHashMap<Endpoint, IstioMeters> endpoints = new ConcurrentHashMap<>();
        private final ConcurrentHashMap<SpiffeId, IstioMeters> peers = new ConcurrentHashMap<>();
        private final NamedTable<Calls> calls;
        private volatile @Nullable IstioMeters strangers;

        Generation(IstioCallers callers) {
            this(new IstioGeneration(IstioObserver.this.meters, new IstioTags(client, server)), callers);
        }

        private Generation(IstioGeneration meters, IstioCallers callers) {
            this(
                    meters,
                    callers,
                    new IstioPairs(meters, IstioTags.CLIENT, overflow),
                    new IstioPairs(meters, IstioTags.SERVER, overflow));
        }

        Generation(Generation before, IstioCallers callers) {
            this(before.meters, callers, before.sent, before.received);
        }

        private Generation(IstioGeneration meters, IstioCallers callers, IstioPairs sent, IstioPairs received) {
            this.meters = meters;
            this.callers = callers;
            this.sent = sent;
            this.received = received;
            this.calls = new NamedTable<>(
                    MAX_VIRTUAL_HOSTS, host -> new Calls(this, IstioPair.Service.ofVirtualHost(host)), overflow);
        }

        /** Makes room, if it is time to. */
        private void sweepIfDue() {
            long last = swept.get();
            long now = clock.nanos();
            if (now - last >= SWEEP_NANOS && swept.compareAndSet(last, now)) {
                sent.sweep();
                received.sweep();
                // Also those that shared the meters of all for want of room.
                endpoints.clear();
                peers.clear();
            }
        }

        IstioMeters to(Attempt attempt) {
            Endpoint endpoint = attempt.endpoint();
            IstioMeters known = endpoints.get(endpoint);
            if (known != null && !known.gone()) {
                return known;
            }
            IstioMeters found = sent(
                    Workload.of(endpoint.config()),
                    principal(attempt.security()),
                    IstioPair.Service.ofCluster(attempt.cluster()));
            endpoints.put(endpoint, found);
            return found;
        }

        /** The handshake accepts nobody else; which of several it accepted is not told. */
        private static @Nullable SpiffeId principal(@Nullable ConnectionSecurity security) {
            return security instanceof PeerExpectation expected
                            && expected.identities().size() == 1
                    ? expected.identities().iterator().next()
                    : null;
        }

        IstioMeters sent(Workload destination, @Nullable SpiffeId identity, IstioPair.Service asked) {
            sweepIfDue();
            return sent.of(new IstioPair(own, principal, destination, identity, asked));
        }

        IstioMeters from(InboundCall call) {
            SpiffeId peer = call.peer();
            if (peer == null) {
                return strangers();
            }
            IstioMeters known = peers.get(peer);
            if (known != null && !known.gone()) {
                return known;
            }
            IstioMeters found = received(peer, callers.of(peer, call));
            if (!callers.ambiguous(peer) && peers.size() < IstioPairs.MAX) {
                peers.put(peer, found);
            }
            return found;
        }

        private IstioMeters strangers() {
            IstioMeters known = strangers;
            if (known == null || known.gone()) {
                known = received(null, Workload.UNKNOWN);
                strangers = known;
            }
            return known;
        }

        private IstioMeters received(@Nullable SpiffeId peer, Workload source) {
            sweepIfDue();
            return received.of(new IstioPair(source, peer, own, principal, service));
        }
    }

    /** Calls to one host. */
    private static final class Calls extends SharedCallObserver {

        private final Generation generation;
        private final IstioPair.Service service;
        private volatile @Nullable IstioMeters nowhere;

        Calls(Generation generation, IstioPair.Service service) {
            this.generation = generation;
            this.service = service;
        }

        private IstioMeters nowhere() {
            IstioMeters known = nowhere;
            if (known == null || known.gone()) {
                known = generation.sent(Workload.UNKNOWN, null, service);
                nowhere = known;
            }
            return known;
        }

        @Override
        public void callEnded(Call call, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {
            IstioMeters meters = last == null ? nowhere() : generation.to(last);
            meters.record(call, outcome, attempts, false, durationNanos);
        }
    }

    /** Requests that come in. */
    private final class Requests implements InboundObserver {

        @Override
        public void refused(InboundCall call, Outcome outcome, long durationNanos) {
            ended(call, outcome, durationNanos);
        }

        @Override
        public void ended(InboundCall call, Outcome outcome, long durationNanos) {
            boolean secure = call.secure() && call.peer() != null;
            generation.from(call).record(call, outcome, 1, secure, durationNanos);
        }
    }
}
