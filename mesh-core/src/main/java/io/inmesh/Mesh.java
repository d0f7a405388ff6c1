package io.inmesh;

import io.inmesh.call.Call;
import io.inmesh.call.Connector;
import io.inmesh.call.InboundCall;
import io.inmesh.check.Checker;
import io.inmesh.cluster.Demands;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.dispatch.OutboundGate;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.explain.Explanation;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.TlsVersion;
import io.inmesh.inbound.Admission;
import io.inmesh.inbound.InboundGate;
import io.inmesh.live.LiveRequests;
import io.inmesh.load.ServerLoad;
import io.inmesh.observe.MeshObserver;
import io.inmesh.observe.MeshView;
import io.inmesh.route.VirtualHost;
import io.inmesh.snapshot.LiveState;
import io.inmesh.snapshot.Snapshot;
import io.inmesh.snapshot.SnapshotCompiler;
import io.inmesh.source.ConfigFileException;
import io.inmesh.source.MeshConfigYaml;
import io.inmesh.spi.ApplyResult;
import io.inmesh.spi.ControlPlane;
import io.inmesh.spi.LoadReport;
import io.inmesh.spi.MeshStatus;
import io.inmesh.tally.PassedThrough;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import io.inmesh.time.Scheduler;
import io.inmesh.time.TimerThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The mesh inside this process: decides about every call that leaves and every request that comes in. It does no I/O of its own; adapters
 * send, answer and report.
 *
 * <pre>{@code
 * try (Mesh mesh = Mesh.join()) {
 *     OkHttpClient http = MeshOkHttp.wrap(new OkHttpClient(), mesh);
 *     ...
 * }
 * }</pre>
 *
 * <p>Usually one per process. Thread-safe. Opens no port; starts only daemon threads; {@link #close} releases everything.
 */
public final class Mesh implements AutoCloseable {

    /** Name of the service port that {@link #serve(int)} stands for. */
    public static final String DEFAULT_PORT_NAME = "http";

    private final String name;
    private final Clock clock;
    private final Scheduler scheduler;
    private final @Nullable TimerThread ownTimer;
    private final @Nullable ControlPlane controlPlane;
    private final MeshObserver observer;
    private final IdentityHolder identity;
    private final Demands demands = new Demands();
    private final ConfigApplier configs;
    private final LiveRequests live;
    private final OutboundGate outbound;
    private final ExternalAuthorizers external;
    private final InboundGate inbound;
    private final PassedThrough passedThrough = new PassedThrough();
    private final Sweeps sweeps;
    private final HealthChecks checks;
    private final ConnectAhead ahead;
    private final Readiness readiness = new Readiness(this::ready);
    private final AtomicLong loadTakenNanos;
    private final Closing closing = new Closing();

    Mesh(
            String name,
            Clock clock,
            Randomness randomness,
            Scheduler scheduler,
            @Nullable TimerThread ownTimer,
            MeshObserver observer,
            TlsVersion oldestTls,
            @Nullable ControlPlane controlPlane) {
        this.name = name;
        this.clock = clock;
        this.scheduler = scheduler;
        this.ownTimer = ownTimer;
        this.controlPlane = controlPlane;
        this.observer = observer;
        this.identity = new IdentityHolder(clock, oldestTls);
        this.configs = new ConfigApplier(
                clock, new SnapshotCompiler(new LiveState(clock, demands), clock, randomness), observer);
        // Only a control plane can ask.
        this.live = controlPlane == null ? LiveRequests.OFF : new LiveRequests(clock, randomness);
        this.outbound = new OutboundGate(clock, randomness, identity, observer, live);
        this.external = new ExternalAuthorizers(this);
        this.inbound = new InboundGate(clock, observer, external, scheduler, live);
        this.sweeps = new Sweeps(configs, scheduler);
        this.checks = new HealthChecks(configs, scheduler, randomness, identity, observer);
        this.ahead = new ConnectAhead(configs, identity, randomness);
        this.loadTakenNanos = new AtomicLong(clock.nanos());
    }

    /**
     * {@return a mesh configured by the {@code INMESH_} settings of the environment}
     *
     * @throws IllegalStateException if no control plane is on the class path
     * @throws IllegalArgumentException if a setting is missing or wrong
     */
    public static Mesh join() {
        return Joining.builder(System.getenv()).build();
    }

    /**
     * {@return a mesh without control plane}
     *
     * @throws InvalidConfigException if the config is wrong
     */
    public static Mesh of(MeshConfig config) {
        return builder().config(config).build();
    }

    /**
     * {@return a mesh without control plane, configured by a file that is read once; {@code docs/config-file.md} describes its form}
     *
     * @param yaml a YAML file
     * @throws InvalidConfigException if anything in it is wrong or not understood
     * @throws UncheckedIOException if it cannot be read
     * @throws IllegalStateException if the YAML parser, an optional dependency, is not on the class path
     */
    public static Mesh fromFile(Path yaml) {
        try {
            return of(MeshConfigYaml.read(yaml));
        } catch (ConfigFileException e) {
            throw new InvalidConfigException(yaml.toString(), e.problems());
        } catch (IOException e) {
            throw new UncheckedIOException("config file " + yaml + " cannot be read", e);
        }
    }

    /** {@return a builder with every choice there is} */
    public static MeshBuilder builder() {
        return new MeshBuilder();
    }

    /** Starts what may fail or runs on its own. Called once. */
    void begin(@Nullable MeshConfig config) {
        identity.onChange(epoch -> {
            observer.identityChanged(epoch);
            readiness.check();
            ahead.renew();
        });
        if (config != null) {
            ApplyResult result = apply(config);
            if (!result.applied()) {
                throw new InvalidConfigException(result.version(), result.problems());
            }
        }
        if (controlPlane != null) {
            controlPlane.start(new ControlPlaneLink(this));
        }
    }

    /**
     * {@return the life of a call, to be driven by an adapter; null if the mesh does not know the host, and the call is to go its own way
     * untouched}
     */
    public @Nullable Dispatch outbound(Call call) {
        Snapshot snapshot = configs.snapshot();
        VirtualHost virtualHost = snapshot.routes().find(call.host(), call.port());
        if (virtualHost == null) {
            passedThrough.call(call.host());
            return null;
        }
        return outbound.dispatch(call, virtualHost, snapshot);
    }

    /** {@return whether calls to a host are the mesh's business, rather than to go their own way untouched} */
    public boolean knows(String host, int port) {
        return configs.snapshot().routes().find(host, port) != null;
    }

    /** {@return what is decided about a request that came in; adapters let it wait while it is {@linkplain Admission#pending pending}} */
    public Admission inbound(InboundCall call) {
        return inbound.admit(call, configs.snapshot().inbound());
    }

    /** {@return how loaded this process is, if a request that came in asks for nothing else; null for requests like any other} */
    public @Nullable ServerLoad answerProbe(InboundCall call) {
        return inbound.answerProbe(call, configs.snapshot().inbound());
    }

    /**
     * Says how busy the application is, beside what the mesh measures, to callers who choose by load. Source: ORCA {@code
     * application_utilization}.
     *
     * @param share 0 for idle, 1 for as much as it can do; negative for not saying so any more, as in the beginning
     */
    public void reportUtilization(double share) {
        inbound.load().utilization(share);
    }

    /** {@return what would be decided about a call and why; nothing is counted or sent} */
    public Explanation explain(Call call) {
        return configs.snapshot().explain(call);
    }

    /** {@return what became of a config; it is put in use as a whole, or not at all and the one before stays} */
    public ApplyResult apply(MeshConfig config) {
        ApplyResult result = configs.apply(config);
        if (result.applied()) {
            sweeps.startIfNeeded();
            checks.refresh();
            readiness.check();
            ahead.refresh();
        }
        return result;
    }

    /** {@return where the identity of this process lives} */
    public IdentityHolder identity() {
        return identity;
    }

    /**
     * {@return whether servers ask for client certificates now}
     *
     * @param port port of this process that is listened on
     */
    public InboundConfig.Mtls inboundMtls(int port) {
        return configs.snapshot().inbound().mtls(port);
    }

    /** {@return whether a policy limits how much comes in; only then need adapters note when requests arrive} */
    public boolean limitsInbound() {
        return configs.snapshot().inbound().traffic() != null;
    }

    /** {@return whether anybody wants to know how many bytes and messages a stream had; only then need adapters count} */
    public boolean wantsSizes() {
        return observer.wantsSizes();
    }

    /** {@return the clock that deadlines are told in} */
    public Clock clock() {
        return clock;
    }

    /** {@return what runs things later; for drivers} */
    public Scheduler scheduler() {
        return scheduler;
    }

    /**
     * Calls a listener for every endpoint that leaves the config, so that adapters drop their connections to it.
     *
     * @return closing it ends the calls
     */
    public AutoCloseable onEndpointRemoved(Consumer<Endpoint> listener) {
        return configs.onEndpointRemoved(listener);
    }

    /**
     * Calls a listener for every new identity.
     *
     * @return closing it ends the calls
     */
    public AutoCloseable onIdentityChange(Consumer<IdentityEpoch> listener) {
        return identity.onChange(listener);
    }

    /**
     * Calls a listener when the mesh is closed, so that adapters end what they started on their own, such as copies of calls. At once if
     * it is closed already.
     *
     * @return closing it ends that
     */
    public AutoCloseable onClose(Runnable listener) {
        return closing.add(listener);
    }

    /**
     * Lets an adapter ask endpoints whether they are well, where a config wants that. For adapters.
     *
     * @param adapter name of the adapter; of several with one name the first is taken
     * @param checker makes what asks, which is closed with the mesh
     */
    public void checkWith(String adapter, Supplier<? extends Checker> checker) {
        checks.checkWith(adapter, checker);
    }

    /**
     * Has an adapter connect to endpoints of the mesh before the first call to a host needs them. For adapters.
     *
     * @param host name that is going to be called
     * @param port its port
     * @param connector told where to connect, by several threads
     * @return closing it ends that
     */
    public AutoCloseable connectAhead(String host, int port, Connector connector) {
        return ahead.to(host, port, connector);
    }

    /** {@return what this mesh believes} */
    public MeshStatus status() {
        Snapshot snapshot = configs.snapshot();
        return new MeshStatus(
                name,
                snapshot.version(),
                configs.appliedAt(),
                Reports.clusters(snapshot, checks::describe),
                Reports.inbound(snapshot),
                Reports.identity(identity.current()),
                controlPlane == null ? null : controlPlane.status());
    }

    /** {@return what tells the control plane which clusters are called whose endpoints are not known} */
    Demands demands() {
        return demands;
    }

    /** {@return what shows requests to whoever asks over the control plane} */
    LiveRequests live() {
        return live;
    }

    /** {@return who is told what happens} */
    MeshObserver observer() {
        return observer;
    }

    /** {@return what instruments read of this mesh} */
    MeshView view() {
        return new LiveView(configs, controlPlane);
    }

    /** {@return what was sent since this was asked last; a control plane asks too, so then leave it to that} */
    public LoadReport loadReport() {
        long now = clock.nanos();
        return Reports.load(
                configs.snapshot(),
                inbound.sources(),
                outbound.unrouted(),
                passedThrough,
                now - loadTakenNanos.getAndSet(now));
    }

    /** Registers this process as one that takes requests on a port, which serves the service's port named {@code http}. */
    public void serve(int port) {
        serve(Map.of(DEFAULT_PORT_NAME, port));
    }

    /**
     * Registers this process as one that takes requests; does nothing without control plane.
     *
     * @param portsByServicePortName local ports by the name (or number) of the service's port
     */
    public void serve(Map<String, Integer> portsByServicePortName) {
        if (controlPlane != null) {
            controlPlane.serve(Map.copyOf(portsByServicePortName));
        }
    }

    /**
     * Takes this process out of rotation and returns when callers have seen it, after 5 s at the latest. To be called before a server
     * stops; does nothing without control plane.
     */
    public void drain() {
        if (controlPlane != null) {
            Draining.await(controlPlane);
        }
    }

    /**
     * Waits until there is a config and, if the control plane gives identities, an identity.
     *
     * @return whether that came true in time
     */
    public boolean awaitReady(Duration timeout) {
        return readiness.await(timeout);
    }

    /** Releases threads and connections. Calls that start later are refused; calls under way go on. Further calls do nothing. */
    @Override
    public void close() {
        if (!closing.begin()) {
            return;
        }
        outbound.close();
        closing.tell();
        sweeps.close();
        checks.close();
        external.close();
        if (controlPlane != null) {
            controlPlane.close();
        }
        if (ownTimer != null) {
            ownTimer.close();
        }
        readiness.close();
    }

    private boolean ready() {
        boolean needsIdentity = controlPlane != null && controlPlane.givesIdentity();
        return configs.appliedAt() != null && (!needsIdentity || identity.current() != null);
    }
}
