package io.inmesh.observe;

import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.endpoint.CheckState;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.EjectionReason;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.limit.BreakerState;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells several observers, and keeps what one of them throws from the others and from the mesh. */
final class ManyObservers implements MeshObserver {

    private static final Logger LOG = LoggerFactory.getLogger(ManyObservers.class);

    private final MeshObserver[] observers;

    ManyObservers(List<MeshObserver> observers) {
        this.observers = observers.toArray(new MeshObserver[0]);
    }

    @Override
    public boolean wantsSizes() {
        for (MeshObserver observer : observers) {
            if (observer.wantsSizes()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public CallObserver callStarted(Call call, String virtualHost, @Nullable String route) {
        CallObserver all = CallObserver.NONE;
        for (MeshObserver observer : observers) {
            try {
                all = ManyCallObservers.both(all, observer.callStarted(call, virtualHost, route));
            } catch (RuntimeException e) {
                failed(observer, e);
            }
        }
        return all;
    }

    @Override
    public InboundObserver inboundStarted(InboundCall call) {
        InboundObserver all = InboundObserver.NONE;
        for (MeshObserver observer : observers) {
            try {
                all = ManyInboundObservers.both(all, observer.inboundStarted(call));
            } catch (RuntimeException e) {
                failed(observer, e);
            }
        }
        return all;
    }

    @Override
    public void tokensEvicted(String issuer, int tokens) {
        tell(observer -> observer.tokensEvicted(issuer, tokens));
    }

    @Override
    public void rateLimitFull(String limit) {
        tell(observer -> observer.rateLimitFull(limit));
    }

    @Override
    public void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why) {
        tell(observer -> observer.ejected(endpoint, reason, durationNanos, why));
    }

    @Override
    public void probed(Endpoint endpoint, boolean answered) {
        tell(observer -> observer.probed(endpoint, answered));
    }

    @Override
    public void returned(Endpoint endpoint) {
        tell(observer -> observer.returned(endpoint));
    }

    @Override
    public void mirrorEnded(String cluster, Call copy, Outcome outcome, long durationNanos) {
        tell(observer -> observer.mirrorEnded(cluster, copy, outcome, durationNanos));
    }

    @Override
    public void mirrorSkipped(String cluster, MirrorSkip why) {
        tell(observer -> observer.mirrorSkipped(cluster, why));
    }

    @Override
    public void checked(Endpoint endpoint, boolean passed) {
        tell(observer -> observer.checked(endpoint, passed));
    }

    @Override
    public void checkChanged(Endpoint endpoint, CheckState.Verdict verdict, String why) {
        tell(observer -> observer.checkChanged(endpoint, verdict, why));
    }

    @Override
    public void breakerChanged(String cluster, BreakerState from, BreakerState to) {
        tell(observer -> observer.breakerChanged(cluster, from, to));
    }

    @Override
    public void configApplied(String version, long durationNanos) {
        tell(observer -> observer.configApplied(version, durationNanos));
    }

    @Override
    public void configRejected(String version, List<String> problems) {
        tell(observer -> observer.configRejected(version, problems));
    }

    @Override
    public void resourcesReceived(String type, boolean accepted) {
        tell(observer -> observer.resourcesReceived(type, accepted));
    }

    @Override
    public void identityChanged(IdentityEpoch epoch) {
        tell(observer -> observer.identityChanged(epoch));
    }

    private void tell(Consumer<MeshObserver> event) {
        for (MeshObserver observer : observers) {
            try {
                event.accept(observer);
            } catch (RuntimeException e) {
                failed(observer, e);
            }
        }
    }

    static void failed(Object observer, RuntimeException e) {
        LOG.warn(
                "Observer {} failed; nothing else is affected",
                observer.getClass().getName(),
                e);
    }
}
