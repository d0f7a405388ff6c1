package io.inmesh;

import io.inmesh.config.MeshConfig;
import io.inmesh.identity.TlsVersion;
import io.inmesh.observe.AccessLogSettings;
import io.inmesh.observe.Instruments;
import io.inmesh.observe.MeshObserver;
import io.inmesh.observe.MetricsProfile;
import io.inmesh.observe.Observers;
import io.inmesh.observe.TraceSettings;
import io.inmesh.observe.Workload;
import io.inmesh.spi.ControlPlane;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import io.inmesh.time.Scheduler;
import io.inmesh.time.TimerThread;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link Mesh} is made of. Everything has a default; not thread-safe. */
public final class MeshBuilder {

    private final List<MeshObserver> observers = new ArrayList<>();
    private @Nullable MeshConfig config;
    private @Nullable ControlPlane controlPlane;
    private @Nullable MeterRegistry meterRegistry;
    private @Nullable OpenTelemetry openTelemetry;
    private @Nullable Scheduler scheduler;
    private @Nullable Map<String, String> labels;
    private TraceSettings traceSettings = TraceSettings.DEFAULT;
    private AccessLogSettings accessLog = AccessLogSettings.DEFAULT;
    private MetricsProfile metricsProfile = MetricsProfile.OTEL;
    private Clock clock = Clock.SYSTEM;
    private Randomness randomness = Randomness.SYSTEM;
    private TlsVersion oldestTls = TlsVersion.TLS_1_3;
    private String name = "";
    private String namespace = "default";

    MeshBuilder() {}

    /** Sets the config to start with. Default: none, and every call passes through untouched. */
    public MeshBuilder config(MeshConfig config) {
        this.config = config;
        return this;
    }

    /** Sets who brings config and identity. Default: nobody. The mesh starts it, and closes it with itself. */
    public MeshBuilder controlPlane(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
        return this;
    }

    /** Sets the clock. Default: the machine's. */
    public MeshBuilder clock(Clock clock) {
        this.clock = clock;
        return this;
    }

    /** Sets where chance comes from. Default: the process's generator. */
    public MeshBuilder randomness(Randomness randomness) {
        this.randomness = randomness;
        return this;
    }

    /** Sets who runs timed tasks; it is not closed with the mesh. Default: one daemon thread of the mesh's own. */
    public MeshBuilder scheduler(Scheduler scheduler) {
        this.scheduler = scheduler;
        return this;
    }

    /** Adds an observer. */
    public MeshBuilder observer(MeshObserver observer) {
        observers.add(observer);
        return this;
    }

    /** Counts and times calls in a registry. Default: nothing is counted. */
    public MeshBuilder meterRegistry(MeterRegistry registry) {
        this.meterRegistry = registry;
        return this;
    }

    /** Sets under whose names the duration of calls is kept. Default: those of OpenTelemetry. */
    public MeshBuilder metricsProfile(MetricsProfile profile) {
        this.metricsProfile = profile;
        return this;
    }

    /** Sets the labels of this process, for telemetry. Default: those the control plane was told. */
    public MeshBuilder labels(Map<String, String> labels) {
        this.labels = Map.copyOf(labels);
        return this;
    }

    /** Traces calls and propagates their context. Default: neither. */
    public MeshBuilder openTelemetry(OpenTelemetry openTelemetry) {
        this.openTelemetry = openTelemetry;
        return this;
    }

    /** Sets how this process takes part in traces. Default: {@link TraceSettings#DEFAULT}. */
    public MeshBuilder traceSettings(TraceSettings settings) {
        this.traceSettings = settings;
        return this;
    }

    /** Sets what is logged of requests. Default: {@link AccessLogSettings#DEFAULT}. */
    public MeshBuilder accessLog(AccessLogSettings settings) {
        this.accessLog = settings;
        return this;
    }

    /** Sets the oldest version of TLS to speak with others in the mesh. Default: 1.3. */
    public MeshBuilder oldestTls(TlsVersion oldestTls) {
        this.oldestTls = oldestTls;
        return this;
    }

    /** Names the service this process is, for status. Default: empty. */
    public MeshBuilder name(String service) {
        this.name = service;
        return this;
    }

    /** Names the namespace this process is in, for status. Default: {@code default}. */
    public MeshBuilder namespace(String namespace) {
        this.namespace = namespace;
        return this;
    }

    /**
     * {@return a running mesh}
     *
     * @throws InvalidConfigException if the config to start with is wrong
     */
    public Mesh build() {
        List<MeshObserver> all = new ArrayList<>(observers);
        Instruments instruments = instruments();
        all.addAll(instruments.observers());
        String fullName = name.isEmpty() ? "" : name + "." + namespace;
        Scheduler timers = scheduler;
        TimerThread own = null;
        if (timers == null) {
            own = new TimerThread();
            timers = own;
        }
        Mesh mesh = new Mesh(fullName, clock, randomness, timers, own, Observers.of(all), oldestTls, controlPlane);
        try {
            mesh.onClose(instruments::close);
            instruments.watch(mesh.view());
            mesh.begin(config);
            return mesh;
        } catch (RuntimeException e) {
            mesh.close();
            throw e;
        }
    }

    private Instruments instruments() {
        Instruments instruments = new Instruments();
        if (meterRegistry != null) {
            instruments.metrics(meterRegistry, metricsProfile, clock, workload(), serviceHost());
        }
        if (openTelemetry != null) {
            instruments.traces(openTelemetry, traceSettings, randomness);
        }
        instruments.flightRecorder();
        instruments.accessLog(accessLog, clock, randomness);
        return instruments;
    }

    /** {@return this process as the control server names it: the service, with its version} */
    private Workload workload() {
        Map<String, String> own = labels == null && controlPlane != null ? controlPlane.labels() : labels;
        Map<String, String> known = own == null ? Map.of() : own;
        String version = known.get("version");
        return Workload.of(version == null || name.isEmpty() ? name : name + "-" + version, namespace, known);
    }

    private String serviceHost() {
        return name.isEmpty() ? "" : name + "." + namespace + ".svc.cluster.local";
    }
}
