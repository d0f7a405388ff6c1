package io.inmesh.server.cluster;

import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Kinds.Kind;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.source.Damping;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which resources go that a cluster does not name any more though nobody was seen deleting them: the servers may have been away
 * meanwhile, or the API server may have been given an older state, or have said for a moment that it does not know a kind. As with
 * endpoints: after a while, and if too many are missing at once, or all of a kind, only after a longer one. For one thread.
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
     * @param known all there are, those included
     * @param nanos monotonic time
     */
    Set<ResourceKey> due(Set<ResourceKey> missing, Set<ResourceKey> known, long nanos) {
        since.keySet().retainAll(missing);
        missing.forEach(key -> since.putIfAbsent(key, nanos));
        boolean tooMany = (long) missing.size() * 100 > (long) known.size() * rules.freezePercent();
        Set<Kind> present = new HashSet<>();
        known.stream().filter(key -> !missing.contains(key)).map(Kinds::of).forEach(present::add);
        frozen = tooMany;
        Set<ResourceKey> due = new HashSet<>();
        since.forEach((key, time) -> {
            boolean longer = tooMany || !present.contains(Kinds.of(key));
            frozen |= longer;
            if (nanos - time >= (longer ? rules.grace() : rules.every()).toNanos()) {
                due.add(key);
            }
        });
        return due;
    }

    /** {@return how many are missing} */
    int count() {
        return since.size();
    }

    /** {@return whether so many are missing, or all of a kind, that those do not go before the longer time} */
    boolean frozen() {
        return frozen;
    }
}
