package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The targets in use, one per endpoint, found again by endpoint for every attempt and by label when a socket connects.
 *
 * <p>Bounded by the endpoints of the mesh: a target goes when its endpoint does, or when a newer epoch takes its place. Its
 * label lives a little longer, for connections being made at that moment.
 */
final class Targets {

    /** Longer than any connect timeout in practice, so that a connection in the making still finds its target. */
    private static final long LABEL_GRACE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final String LABEL_PREFIX = "inmesh-target-";

    private final Mesh mesh;
    private final ConcurrentHashMap<Endpoint, Target> byEndpoint = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Target> byLabel = new ConcurrentHashMap<>();
    private final AtomicLong labels = new AtomicLong();

    Targets(Mesh mesh) {
        this.mesh = mesh;
        mesh.onEndpointRemoved(this::remove);
    }

    /** {@return the target of an attempt; the same object as long as endpoint, expectation and epoch stay the same} */
    Target of(Attempt attempt) {
        PeerExpectation security = attempt.security();
        IdentityEpoch epoch = security == null ? null : mesh.identity().current();
        Target target = byEndpoint.get(attempt.endpoint());
        return target != null && target.serves(security, epoch) ? target : replace(attempt.endpoint(), security, epoch);
    }

    /** {@return the target a label stands for, null if it is none of ours or long gone} */
    @Nullable
    Target byLabel(String label) {
        return label.startsWith(LABEL_PREFIX) ? byLabel.get(label) : null;
    }

    /** {@return whether a host name is one of our labels, known or not} */
    static boolean isLabel(String hostName) {
        return hostName.startsWith(LABEL_PREFIX);
    }

    private Target replace(Endpoint endpoint, @Nullable PeerExpectation security, @Nullable IdentityEpoch epoch) {
        return byEndpoint.compute(endpoint, (key, old) -> {
            if (old != null) {
                if (old.serves(security, epoch)) {
                    return old;
                }
                forgetLabelLater(old);
            }
            Target fresh = new Target(LABEL_PREFIX + labels.incrementAndGet(), endpoint, security, epoch);
            byLabel.put(fresh.label(), fresh);
            return fresh;
        });
    }

    private void remove(Endpoint endpoint) {
        Target old = byEndpoint.remove(endpoint);
        if (old != null) {
            forgetLabelLater(old);
        }
    }

    private void forgetLabelLater(Target target) {
        mesh.scheduler().schedule(() -> byLabel.remove(target.label()), LABEL_GRACE_NANOS);
    }
}
