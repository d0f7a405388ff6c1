package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Probe;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.InboundConnections;
import io.inmesh.identity.PeerExpectation;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The targets in use, found again by endpoint for every attempt; one for {@code http} URLs and one for {@code https} URLs.
 *
 * <p>Bounded by the endpoints of the mesh: a target goes when its endpoint does, or with its epoch. Calls on the way to a target that has
 * gone end as they would; those that are still on the way {@value #GRACE_SECONDS} s after their peer's root was removed, or the peer
 * denied, are ended then.
 */
final class Targets {

    /** How long calls go on whose peer is not trusted any more, in seconds. */
    static final int GRACE_SECONDS = InboundConnections.GRACE_SECONDS;

    private final Mesh mesh;
    private final SocketSettings settings;
    private final ConcurrentHashMap<Endpoint, Target> forHttp = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Endpoint, Target> forHttps = new ConcurrentHashMap<>();
    // Those whose calls have yet to end.
    private final Set<Target> leaving = ConcurrentHashMap.newKeySet();

    Targets(Mesh mesh, SocketSettings settings) {
        this.mesh = mesh;
        this.settings = settings;
        mesh.onEndpointRemoved(this::remove);
        mesh.onIdentityChange(this::leave);
    }

    private void leave(IdentityEpoch now) {
        leaving.removeIf(target -> !target.open());
        take(forHttp, now);
        take(forHttps, now);
        if (!leaving.isEmpty()) {
            mesh.scheduler().schedule(this::endUntrusted, TimeUnit.SECONDS.toNanos(GRACE_SECONDS));
        }
    }

    private void take(ConcurrentHashMap<Endpoint, Target> byEndpoint, IdentityEpoch now) {
        byEndpoint.forEach((endpoint, target) -> {
            if (target.replacedBy(now) && byEndpoint.remove(endpoint, target)) {
                leave(target);
            }
        });
    }

    private void leave(Target target) {
        target.leave();
        leaving.add(target);
    }

    private void endUntrusted() {
        IdentityEpoch now = mesh.identity().current();
        if (now != null) {
            leaving.forEach(target -> target.endUnlessTrustedBy(now));
        }
        leaving.removeIf(target -> !target.open());
    }

    /**
     * {@return the target of an attempt; the same object as long as endpoint, expectation and epoch stay the same}
     *
     * @param attempt what is about to be sent
     * @param https whether the application wrote {@code https}
     */
    Target of(Attempt attempt, boolean https) {
        return of(attempt.endpoint(), attempt.security(), https);
    }

    /** {@return the target of a probe, which is that of attempts to {@code http} URLs} */
    Target of(Probe probe) {
        return of(probe.endpoint(), probe.security(), false);
    }

    /** {@return the target of an endpoint that must prove to be somebody, or nobody in particular} */
    Target of(Endpoint endpoint, @Nullable PeerExpectation security, boolean https) {
        IdentityEpoch epoch = security == null ? null : mesh.identity().current();
        if (security != null && epoch == null) {
            throw new IllegalStateException("no identity to call " + endpoint + " with");
        }
        ConcurrentHashMap<Endpoint, Target> byEndpoint = https ? forHttps : forHttp;
        Target target = byEndpoint.get(endpoint);
        if (target != null && target.serves(security, epoch)) {
            return target;
        }
        return replace(byEndpoint, endpoint, security, epoch);
    }

    private Target replace(
            ConcurrentHashMap<Endpoint, Target> byEndpoint,
            Endpoint endpoint,
            @Nullable PeerExpectation security,
            @Nullable IdentityEpoch epoch) {
        return byEndpoint.compute(endpoint, (key, old) -> {
            if (old != null && old.serves(security, epoch)) {
                return old;
            }
            if (old != null) {
                leave(old);
            }
            return new Target(endpoint, security, epoch, byEndpoint == forHttps, settings);
        });
    }

    private void remove(Endpoint endpoint) {
        for (@Nullable Target target : new @Nullable Target[] {forHttp.remove(endpoint), forHttps.remove(endpoint)}) {
            if (target != null) {
                leave(target);
            }
        }
    }
}
