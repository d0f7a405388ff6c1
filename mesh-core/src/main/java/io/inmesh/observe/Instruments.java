package io.inmesh.observe;

import io.inmesh.time.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The observers of one mesh that make metrics and traces, as its settings want them. */
public final class Instruments {

    private final List<MeshObserver> observers = new ArrayList<>();
    private @Nullable MicrometerObserver meters;
    private @Nullable IstioObserver istio;

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
        MeterFactory factory = new MeterFactory(registry);
        MicrometerObserver made = new MicrometerObserver(factory, clock, profile.openTelemetry());
        observers.add(made);
        meters = made;
        if (profile.istio()) {
            IstioObserver added = new IstioObserver(factory, own, service);
            observers.add(added);
            istio = added;
        }
    }

    /** Adds traces. */
    public void traces(OpenTelemetry openTelemetry) {
        observers.add(new TracingObserver(openTelemetry));
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
        if (istio != null) {
            istio.watch(mesh::config);
        }
    }
}
