package io.inmesh.observe;

import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.opentelemetry.api.OpenTelemetry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The observers of one mesh that make metrics and traces, as its settings want them. */
public final class Instruments {

    private final List<MeshObserver> observers = new ArrayList<>();
    private @Nullable MicrometerObserver meters;
    private @Nullable IstioObserver istio;
    private @Nullable TracingObserver tracing;
    private @Nullable AccessLog log;
    private @Nullable AccessLogWriter writer;
    private @Nullable MeterFactory factory;
    /** Made by the first line that is dropped; whoever drops many has no time to look it up for each. */
    private volatile @Nullable Counter drops;

    /** Makes no instruments; the other methods add some. */
    public Instruments() {}

    /**
     * Adds metrics.
     *
     * @param profile under whose names durations are kept
     * @param own this process
     * @param service host name of the service it belongs to, empty if it was not told
     */
    public void metrics(MeterRegistry registry, MetricsProfile profile, Clock clock, Workload own, String service) {
        MeterFactory shared = new MeterFactory(registry);
        factory = shared;
        MicrometerObserver made = new MicrometerObserver(shared, clock, profile.openTelemetry());
        observers.add(made);
        meters = made;
        if (profile.istio()) {
            IstioObserver added = new IstioObserver(shared, own, service, clock);
            observers.add(added);
            istio = added;
        }
    }

    /** Adds events for recordings of Java Flight Recorder, which cost next to nothing while there is none. */
    public void flightRecorder() {
        observers.add(FlightObserver.create());
    }

    /** Adds traces. */
    public void traces(OpenTelemetry openTelemetry, TraceSettings settings, Randomness randomness) {
        TracingObserver added = new TracingObserver(openTelemetry, settings, randomness);
        observers.add(added);
        tracing = added;
    }

    /** Adds access logs, which cost next to nothing while nobody wants them. */
    public void accessLog(AccessLogSettings settings, Clock clock, Randomness randomness) {
        Logger logger = LoggerFactory.getLogger(AccessLogSettings.LOGGER);
        AccessLogWriter made =
                new AccessLogWriter(settings.format(), logger::info, this::lineDropped, AccessLogWriter.CAPACITY);
        AccessLog added = new AccessLog(settings, made, clock, randomness, logger::isInfoEnabled);
        observers.add(added);
        log = added;
        writer = made;
    }

    private void lineDropped() {
        Counter known = drops;
        if (known == null && factory != null) {
            known = factory.counter(
                    "inmesh.access.log.dropped", "Lines of the access log that were dropped", Tags.empty());
            drops = known;
        }
        if (known != null) {
            known.increment();
        }
    }

    /** Writes what is still to be logged, and ends what the instruments started. */
    public void close() {
        if (writer != null) {
            writer.close();
        }
    }

    /** {@return the observers to tell, in order} */
    public List<MeshObserver> observers() {
        return List.copyOf(observers);
    }

    /** Lets the instruments read a mesh. Called once, before its first config. */
    public void watch(MeshView mesh) {
        if (meters != null) {
            meters.watch(mesh);
        }
        if (tracing != null) {
            tracing.watch(mesh::config);
        }
        if (log != null) {
            log.watch(mesh::config);
        }
        if (istio != null) {
            istio.watch(mesh::config);
        }
    }
}
