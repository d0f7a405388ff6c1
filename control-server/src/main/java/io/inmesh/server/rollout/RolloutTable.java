package io.inmesh.server.rollout;

import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The statuses of rollouts in the store, beside the configuration: a change of one is no change of its resource. Written by
 * compare-and-set only, so that of two servers that decide about one rollout at once only one does.
 */
final class RolloutTable {

    private static final String TABLE = "rollouts";

    private final Engine table;

    RolloutTable(Engine table) {
        this.table = table;
    }

    /**
     * A status as it was read.
     *
     * @param status the status; null if there was none
     * @param bytes the same as it is kept; null likewise
     */
    // An array in a record: it is never changed, and never compared.
    @SuppressWarnings("ArrayRecordComponent")
    record Kept(@Nullable RolloutStatus status, byte @Nullable [] bytes) {}

    Kept get(ResourceKey rollout) {
        Optional<byte[]> bytes = table.get(TABLE, key(rollout));
        return new Kept(bytes.map(StatusJson::read).orElse(null), bytes.orElse(null));
    }

    /**
     * Keeps a status; false, and nothing happens, if the one that was read is not there any more.
     *
     * @param fence what else has to be so
     */
    boolean replace(ResourceKey rollout, Kept known, RolloutStatus status, List<Guard> fence) {
        byte[] bytes = StatusJson.bytes(status);
        if (Arrays.equals(bytes, known.bytes())) {
            return true;
        }
        List<Guard> guards = new ArrayList<>(fence);
        guards.add(new Guard(TABLE, key(rollout), known.bytes()));
        return table.change(guards, List.of(new Write(TABLE, key(rollout), bytes)));
    }

    /** Forgets those of resources that are gone, if the fence holds. */
    void keepOnly(Set<ResourceKey> rollouts, List<Guard> fence) {
        Set<String> alive = new java.util.HashSet<>();
        rollouts.forEach(rollout -> alive.add(key(rollout)));
        table.scan(TABLE).keySet().stream()
                .filter(key -> !alive.contains(key))
                .forEach(key -> table.change(fence, List.of(new Write(TABLE, key, null))));
    }

    private static String key(ResourceKey rollout) {
        return rollout.namespace() + "/" + rollout.name();
    }
}
