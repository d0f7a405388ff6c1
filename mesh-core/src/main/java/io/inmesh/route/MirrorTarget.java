package io.inmesh.route;

import io.inmesh.cluster.Cluster;
import io.inmesh.time.Randomness;

/**
 * A cluster that sees copies of a route's calls. Immutable.
 *
 * @param cluster the cluster, which may be {@linkplain Cluster#missing missing}
 * @param millionths share of calls that are copied, in parts of a million
 */
public record MirrorTarget(Cluster cluster, int millionths) {

    private static final int WHOLE = 1_000_000;

    /** {@return whether this call is one of those that are copied} */
    public boolean drawn(Randomness randomness) {
        return millionths > 0 && randomness.below(WHOLE) < millionths;
    }
}
