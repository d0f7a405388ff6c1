package io.inmesh.balance;

import io.inmesh.config.ClusterConfig;
import io.inmesh.config.SpreadConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Rotation;
import io.inmesh.time.Clock;
import io.inmesh.time.Deadlines;
import io.inmesh.time.Randomness;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Picks endpoints of one cluster. Lock-free and safe for use by many threads.
 *
 * <p>Who may be picked is prepared in a {@link Distribution}; a pick compares one counter to learn whether that still holds. When an
 * endpoint is ejected or returns, whoever picks next prepares it again; that several threads may do so at once costs a
 * little work and no waiting.
 */
public final class EndpointPicker {

    private final List<Level> levels;
    private final Rotation rotation;
    private final int minHealthPercent;
    private final SpreadConfig spread;
    private final Randomness randomness;
    private final WarmUp warmUp;
    private final Clock clock;
    private volatile Prepared prepared;

    /**
     * Makes the picker of a cluster.
     *
     * @param endpoints its endpoints with weight, health and priority as their config says now
     * @param rotation tells when one of them is ejected or returns
     * @param config how to choose
     * @param state what outlives configs
     * @param randomness what draws
     */
    public EndpointPicker(
            List<Endpoint> endpoints,
            Rotation rotation,
            ClusterConfig config,
            BalanceState state,
            Randomness randomness) {
        this(
                endpoints,
                rotation,
                new Balancers(config.loadBalancer(), config.balancing(), state, randomness),
                config.outlierDetection().minHealthPercent(),
                config.spread());
    }

    EndpointPicker(
            List<Endpoint> endpoints,
            Rotation rotation,
            Balancers balancers,
            int minHealthPercent,
            SpreadConfig spread) {
        this.levels = levels(endpoints, balancers, spread);
        this.spread = spread;
        this.rotation = rotation;
        this.minHealthPercent = minHealthPercent;
        this.randomness = balancers.randomness();
        this.warmUp = WarmUp.of(balancers.kind(), balancers.config());
        this.clock = balancers.state().clock();
        Learning.connect(levels, balancers);
        this.prepared = prepare();
    }

    /**
     * {@return an endpoint to send to; null only if there are none at all, or if too few are usable and the cluster refuses calls then}
     *
     * @param tried endpoints to avoid while others are left, of any priority; null for none
     */
    public @Nullable Endpoint pick(@Nullable Tried tried) {
        Distribution now = current();
        if (now.shares().length == 0) {
            return null;
        }
        Share drawn = now.draw(randomness);
        if (drawn.refuses()) {
            return null;
        }
        Endpoint picked = drawn.pick(tried);
        return picked != null ? picked : elsewhere(now, drawn, tried);
    }

    /**
     * {@return an endpoint for a call with a key, the same for the same key while it may be picked; null as in {@link #pick(Tried)}}
     *
     * @param tried endpoints to avoid while others are left, of any priority; null for none
     * @param hash the hash of the key
     */
    public @Nullable Endpoint pick(@Nullable Tried tried, long hash) {
        Distribution now = current();
        if (now.shares().length == 0) {
            return null;
        }
        Share drawn = now.draw(hash);
        if (drawn.refuses()) {
            return null;
        }
        Endpoint picked = drawn.pick(tried, hash);
        for (Share share : now.shares()) {
            if (picked != null) {
                return picked;
            }
            picked = share == drawn || share.refuses() ? null : share.pick(tried, hash);
        }
        return picked != null ? picked : drawn.pick(null, hash);
    }

    /** {@return the endpoint a hash belongs to, whether or not it may be picked; null if there is none or the algorithm does not hash} */
    public @Nullable Endpoint owner(long hash) {
        Distribution now = current();
        return now.shares().length == 0 ? null : now.draw(hash).balancer().owner(hash);
    }

    /** Every endpoint of the drawn share has been tried: another share, and only then one of them again. */
    private @Nullable Endpoint elsewhere(Distribution now, Share drawn, @Nullable Tried tried) {
        for (int i = 0; i < Balancer.REDRAWS; i++) {
            Share another = now.draw(randomness);
            Endpoint picked = another == drawn || another.refuses() ? null : another.pick(tried);
            if (picked != null) {
                return picked;
            }
        }
        for (Share share : now.shares()) {
            Endpoint picked = share == drawn || share.refuses() ? null : share.pick(tried);
            if (picked != null) {
                return picked;
            }
        }
        return drawn.pick(null);
    }

    /** {@return where each endpoint stands for a call that has tried some, in order of priority} */
    public List<Candidate> candidates(@Nullable Tried tried) {
        Distribution now = current();
        List<Candidate> candidates = new ArrayList<>();
        for (Level level : levels) {
            List<Share> shares = now.of(level.priority());
            Map<Endpoint, Share> places = new IdentityHashMap<>();
            for (Share share : shares) {
                share.pool().forEach(endpoint -> places.put(endpoint, share));
            }
            for (Member member : level.members()) {
                candidates.add(Candidate.of(member, places.get(member.endpoint()), shares, tried));
            }
        }
        return candidates;
    }

    /** {@return how the traffic is divided now, in order of priority} */
    public List<LocalityPart> localities() {
        Distribution now = current();
        return levels.stream()
                .flatMap(level -> LocalityPart.of(level, now.of(level.priority())).stream())
                .toList();
    }

    /** {@return whether the panic rule applies to some of the traffic now; never where there is no endpoint at all} */
    public boolean panic() {
        Share[] shares = current().shares();
        if (shares.length == 0) {
            return !levels.isEmpty();
        }
        for (Share share : shares) {
            if (share.panic()) {
                return true;
            }
        }
        return false;
    }

    /** {@return what is prepared, prepared again first if it is out of date} */
    Object prepared() {
        current();
        return prepared;
    }

    private Distribution current() {
        Prepared now = prepared;
        if (now.distribution.asOf() != rotation.changes()
                || (now.untilNanos != Deadlines.NEVER && Deadlines.passed(now.untilNanos, clock.nanos()))) {
            now = prepare();
            prepared = now;
        }
        return now.distribution;
    }

    private Prepared prepare() {
        // Read first: a change during the preparation then shows at the next pick.
        long asOf = rotation.changes();
        long nowNanos = clock.nanos();
        return new Prepared(
                Distribution.over(warmUp.weighted(levels, nowNanos), minHealthPercent, spread, asOf),
                warmUp.validUntil(levels, nowNanos));
    }

    /** Valid until rotation changes, or the weight of an endpoint that warms up has grown. */
    private record Prepared(Distribution distribution, long untilNanos) {}

    private static List<Level> levels(List<Endpoint> endpoints, Balancers balancers, SpreadConfig spread) {
        Map<Integer, List<Member>> byPriority = new TreeMap<>();
        for (Endpoint endpoint : Subset.of(endpoints, balancers.config().subset(), spread)) {
            Member member = Member.of(endpoint);
            byPriority
                    .computeIfAbsent(member.priority(), priority -> new ArrayList<>())
                    .add(member);
        }
        List<Level> levels = new ArrayList<>();
        byPriority.forEach((priority, members) -> levels.add(Level.of(priority, members, balancers, spread)));
        return List.copyOf(levels);
    }
}
