package io.inmesh.snapshot;

import io.inmesh.cluster.Cluster;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.inbound.InboundPolicy;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes snapshots of configs, all or nothing: everything is checked before any live state changes. What has not changed is taken over
 * from the previous snapshot as the same object. Used by one thread at a time.
 */
public final class SnapshotCompiler {

    private final LiveState live;
    private final Clock clock;
    private final Randomness randomness;

    /**
     * Makes a compiler.
     *
     * @param live what outlives snapshots
     * @param clock the same as that of the live state
     * @param randomness what draws endpoints
     */
    public SnapshotCompiler(LiveState live, Clock clock, Randomness randomness) {
        this.live = live;
        this.clock = clock;
        this.randomness = randomness;
    }

    /**
     * {@return the compiled form of a config, or everything that is wrong with it}
     *
     * <p>After {@link Compiled.Ok} the live state is that of the new snapshot, which must be put in use.
     *
     * @param config what to compile
     * @param previous the snapshot in use, null if there is none
     */
    public Compiled compile(MeshConfig config, @Nullable Snapshot previous) {
        ConfigCheck check = new ConfigCheck(previous);
        check.check(config);
        InboundPolicy inbound = inbound(config, previous, clock, check);
        if (!check.problems().isEmpty()) {
            return new Compiled.Invalid(List.copyOf(check.problems()));
        }
        List<Endpoint> removed = live.retain(config);
        SnapshotParts parts = new SnapshotParts(previous, clock);
        for (ClusterConfig cluster : config.clusters()) {
            Cluster known = previous == null ? null : previous.cluster(cluster.name());
            parts.add(known != null && known.config().equals(cluster) ? known : compile(cluster, removed));
        }
        return new Compiled.Ok(parts.assemble(config, inbound), List.copyOf(removed));
    }

    /** {@return everything that is wrong with a config by itself; nothing is compiled or changed} */
    public static List<Problem> check(MeshConfig config) {
        ConfigCheck check = new ConfigCheck(null);
        check.check(config);
        inbound(config, null, Clock.SYSTEM, check);
        return List.copyOf(check.problems());
    }

    private static InboundPolicy inbound(
            MeshConfig config, @Nullable Snapshot previous, Clock clock, ConfigCheck check) {
        if (previous != null && previous.config().inbound().equals(config.inbound())) {
            return previous.inbound();
        }
        return InboundPolicy.compile(
                config.inbound(),
                previous == null ? null : previous.inbound(),
                clock,
                (resource, field, message, remedy) -> check.problemsOf(resource).report(field, message, remedy));
    }

    private Cluster compile(ClusterConfig config, List<Endpoint> removed) {
        LiveState.Entry entry = live.update(config, randomness);
        var change = entry.registry().update(config.endpoints());
        removed.addAll(change.removed());
        return new Cluster(
                config, change.endpoints(), entry.registry().rotation(), live.stateOf(config, entry), randomness);
    }
}
