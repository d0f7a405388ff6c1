package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Probe;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.InboundConnections;
import io.inmesh.identity.OutsideServer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The targets in use, found again by endpoint for every attempt; one for {@code http} URLs and one for {@code https} URLs.
 *
 * <p>Bounded by the endpoints of the mesh: a target goes when its endpoint does, or with its epoch. Calls on the way to a target that has
 * gone end as they would; those that are still on the way {@value #GRACE_SECONDS} s after their peer's root was removed, or the peer
 * denied, are ended then. What secures connections to servers outside the mesh changes with the config; their targets are replaced by
 * the next call.
 */
final class Targets {

    /** How long calls go on whose peer is not trusted any more, in seconds. */
    static final int GRACE_SECONDS = InboundConnections.GRACE_SECONDS;

    private static final int MOST_OTHER_HOSTS = 256;

    private record Place(Endpoint endpoint, String host, boolean https) {}

    private final Mesh mesh;
    private final SocketSettings settings;
    private final ConcurrentHashMap<Endpoint, Target> forHttp = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Endpoint, Target> forHttps = new ConcurrentHashMap<>();
    // Of endpoints outside the mesh that are called by more than one name, those of the names after the first.
    private final ConcurrentHashMap<Place, Target> forOtherHosts = new ConcurrentHashMap<>();
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
        // Without an identity nothing else would ever forget those whose calls have ended.
        leaving.removeIf(known -> !known.open());
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

    /** {@return the target of an endpoint whose connections are secured in a way, or not at all} */
    Target of(Endpoint endpoint, @Nullable ConnectionSecurity security, boolean https) {
        IdentityEpoch epoch = security == null ? null : security.epoch(mesh.identity());
        ConcurrentHashMap<Endpoint, Target> byEndpoint = https ? forHttps : forHttp;
        Target target = byEndpoint.get(endpoint);
        if (target != null && target.serves(security, epoch)) {
            return target;
        }
        return target != null && security instanceof OutsideServer outside && target.isForAnotherHostThan(outside)
                ? forAnotherHost(endpoint, outside, https)
                : replace(byEndpoint, endpoint, security, epoch);
    }

    private Target forAnotherHost(Endpoint endpoint, OutsideServer security, boolean https) {
        Place place = new Place(endpoint, security.serverName(), https);
        Target known = forOtherHosts.get(place);
        if (known != null && known.serves(security, null)) {
            return known;
        }
        if (known == null && forOtherHosts.size() >= MOST_OTHER_HOSTS) {
            // Handshakes are the price of calling one address by so many names.
            drop(any -> true);
        }
        return forOtherHosts.compute(
                place,
                (key, old) -> old != null && old.serves(security, null)
                        ? old
                        : succeed(old, new Target(endpoint, security, null, https, settings)));
    }

    private Target replace(
            ConcurrentHashMap<Endpoint, Target> byEndpoint,
            Endpoint endpoint,
            @Nullable ConnectionSecurity security,
            @Nullable IdentityEpoch epoch) {
        drop(place -> place.endpoint() == endpoint);
        return byEndpoint.compute(
                endpoint,
                (key, old) -> old != null && old.serves(security, epoch)
                        ? old
                        : succeed(old, new Target(endpoint, security, epoch, byEndpoint == forHttps, settings)));
    }

    private Target succeed(@Nullable Target old, Target fresh) {
        if (old != null) {
            leave(old);
            if (old.outside()) {
                mesh.scheduler()
                        .schedule(() -> old.endUnlessTrusted(fresh::trusts), TimeUnit.SECONDS.toNanos(GRACE_SECONDS));
            }
        }
        return fresh;
    }

    private void drop(Predicate<Place> which) {
        forOtherHosts.forEach((place, target) -> {
            if (which.test(place) && forOtherHosts.remove(place, target)) {
                leave(target);
            }
        });
    }

    private void remove(Endpoint endpoint) {
        drop(place -> place.endpoint() == endpoint);
        for (@Nullable Target target : new @Nullable Target[] {forHttp.remove(endpoint), forHttps.remove(endpoint)}) {
            if (target != null) {
                leave(target);
            }
        }
    }
}
