package io.inmesh.observe;

import io.inmesh.call.Call;
import io.inmesh.endpoint.CheckState;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.EjectionReason;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.limit.BreakerState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what the mesh does into recordings of Java Flight Recorder. Without a recording that wants its events it does nothing. */
final class FlightObserver implements MeshObserver {

    private static final String MODULE = "jdk.jfr";

    private FlightObserver() {}

    /** {@return the observer, or one that sees nothing where the Java runtime was linked without Flight Recorder} */
    static MeshObserver create() {
        return ModuleLayer.boot().findModule(MODULE).isPresent() ? new FlightObserver() : MeshObserver.NONE;
    }

    @Override
    public CallObserver callStarted(Call call, String virtualHost, @Nullable String route) {
        boolean wanted = new FlightEvents.AttemptEnded().isEnabled()
                || new FlightEvents.CallEnded().isEnabled()
                || new FlightEvents.RetryRefused().isEnabled();
        return wanted ? new FlightCall(virtualHost, route) : CallObserver.NONE;
    }

    @Override
    public void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why) {
        FlightEvents.Ejected event = new FlightEvents.Ejected();
        if (event.isEnabled()) {
            event.cluster = endpoint.cluster();
            event.endpoint = endpoint.toString();
            event.rule = reason.name();
            event.why = why;
            event.period = durationNanos;
            event.commit();
        }
    }

    @Override
    public void returned(Endpoint endpoint) {
        FlightEvents.Returned event = new FlightEvents.Returned();
        if (event.isEnabled()) {
            event.cluster = endpoint.cluster();
            event.endpoint = endpoint.toString();
            event.commit();
        }
    }

    @Override
    public void checkChanged(Endpoint endpoint, CheckState.Verdict verdict, String why) {
        FlightEvents.CheckChanged event = new FlightEvents.CheckChanged();
        if (event.isEnabled()) {
            event.cluster = endpoint.cluster();
            event.endpoint = endpoint.toString();
            event.verdict = verdict.name();
            event.why = why;
            event.commit();
        }
    }

    @Override
    public void breakerChanged(String cluster, BreakerState from, BreakerState to) {
        FlightEvents.BreakerChanged event = new FlightEvents.BreakerChanged();
        if (event.isEnabled()) {
            event.cluster = cluster;
            event.from = from.name();
            event.to = to.name();
            event.commit();
        }
    }

    @Override
    public void configApplied(String version, long durationNanos) {
        FlightEvents.ConfigApplied event = new FlightEvents.ConfigApplied();
        if (event.isEnabled()) {
            event.version = version;
            event.taken = durationNanos;
            event.commit();
        }
    }

    @Override
    public void configRejected(String version, List<String> problems) {
        FlightEvents.ConfigRejected event = new FlightEvents.ConfigRejected();
        if (event.isEnabled()) {
            event.version = version;
            event.problems = String.join("; ", problems);
            event.commit();
        }
    }

    @Override
    public void identityChanged(IdentityEpoch epoch) {
        FlightEvents.IdentityChanged event = new FlightEvents.IdentityChanged();
        if (event.isEnabled()) {
            event.identity = epoch.identity().id().toString();
            event.epoch = epoch.number();
            event.serial = epoch.identity().leaf().getSerialNumber().toString(16);
            event.commit();
        }
    }
}
