package io.inmesh.server.cluster;

import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.source.Damping;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which resources go that a cluster does not name any more though nobody was seen deleting them: the servers may have been away
 * meanwhile, or the API server may have been given an older state. As with endpoints: after a while, and if too many are missing at once
 * only after a longer one. For one thread.
 */
final class Vanishing {

    private final Damping rules;
    private final Map<ResourceKey, Long> since = new HashMap<>();
    private boolean frozen;

    Vanishing(Damping rules) {
        this.rules = rules;
    }

    /**
     * {@return those that go now}
     *
     * @param missing what is not named
     * @param known how many there are, those included
     * @param nanos monotonic time
     */
    Set<ResourceKey> due(Set<ResourceKey> missing, int known, long nanos) {
        since.keySet().retainAll(missing);
        missing.forEach(key -> since.putIfAbsent(key, nanos));
        frozen = (long) missing.size() * 100 > (long) known * rules.freezePercent();
        long kept = (frozen ? rules.grace() : rules.every()).toNanos();
        Set<ResourceKey> due = new HashSet<>();
        since.forEach((key, time) -> {
            if (nanos - time >= kept) {
                due.add(key);
            }
        });
        return due;
    }

    /** {@return how many are missing} */
    int count() {
        return since.size();
    }

    /** {@return whether so many are missing that none goes before the longer time} */
    boolean frozen() {
        return frozen;
    }
}
