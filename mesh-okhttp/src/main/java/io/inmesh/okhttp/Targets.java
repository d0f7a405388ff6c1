package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Probe;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The targets in use, found again by endpoint for every attempt; one for {@code http} URLs and one for {@code https} URLs.
 *
 * <p>Bounded by the endpoints of the mesh: a target goes when its endpoint does, or when a newer epoch takes its place.
 */
final class Targets {

    private final Mesh mesh;
    private final SocketSettings settings;
    private final ConcurrentHashMap<Endpoint, Target> forHttp = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Endpoint, Target> forHttps = new ConcurrentHashMap<>();

    Targets(Mesh mesh, SocketSettings settings) {
        this.mesh = mesh;
        this.settings = settings;
        mesh.onEndpointRemoved(this::remove);
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
            return new Target(endpoint, security, epoch, byEndpoint == forHttps, settings);
        });
    }

    private void remove(Endpoint endpoint) {
        forHttp.remove(endpoint);
        forHttps.remove(endpoint);
    }
}
