package io.inmesh.balance;

import io.inmesh.config.LoadBalancer;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Rotation;
import io.inmesh.time.Randomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final Randomness randomness;
    private volatile Distribution distribution;

    /**
     * Makes a picker.
     *
     * @param endpoints endpoints with weight, health and priority as their config says now
     * @param rotation tells when one of them is ejected or returns
     * @param kind how to choose
     * @param minHealthPercent below this share of usable endpoints the panic rule uses all of them
     * @param randomness what draws
     */
    public EndpointPicker(
            List<Endpoint> endpoints,
            Rotation rotation,
            LoadBalancer kind,
            int minHealthPercent,
            Randomness randomness) {
        this.levels = levels(endpoints, kind, randomness);
        this.rotation = rotation;
        this.minHealthPercent = minHealthPercent;
        this.randomness = randomness;
        this.distribution = prepare();
    }

    /**
     * {@return an endpoint to send to; null only if there are none at all}
     *
     * @param tried endpoints to avoid while others are left, of any priority; null for none
     */
    public @Nullable Endpoint pick(@Nullable Tried tried) {
        Distribution now = current();
        if (now.shares().length == 0) {
            return null;
        }
        Share drawn = now.draw(randomness);
        Endpoint picked = drawn.pick(tried);
        return picked != null ? picked : elsewhere(now, drawn, tried);
    }

    /** Every endpoint of the drawn priority has been tried: another priority, and only then one of them again. */
    private static @Nullable Endpoint elsewhere(Distribution now, Share drawn, @Nullable Tried tried) {
        for (Share share : now.shares()) {
            Endpoint picked = share == drawn ? null : share.pick(tried);
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
            Share share = shareOf(now, level);
            Set<Endpoint> pooled = share == null ? Set.of() : share.pool().asSet();
            boolean standby = share != null && share.millionths() == 0;
            for (Member member : level.members()) {
                candidates.add(Candidate.of(member, pooled.contains(member.endpoint()), standby, tried));
            }
        }
        return candidates;
    }

    private static @Nullable Share shareOf(Distribution now, Level level) {
        for (Share share : now.shares()) {
            if (share.priority() == level.priority()) {
                return share;
            }
        }
        return null;
    }

    private Distribution current() {
        Distribution now = distribution;
        if (now.asOf() != rotation.changes()) {
            now = prepare();
            distribution = now;
        }
        return now;
    }

    private Distribution prepare() {
        // Read first: a change during the preparation then shows at the next pick.
        long asOf = rotation.changes();
        return Distribution.over(levels, minHealthPercent, asOf);
    }

    private static List<Level> levels(List<Endpoint> endpoints, LoadBalancer kind, Randomness randomness) {
        Map<Integer, List<Member>> byPriority = new TreeMap<>();
        for (Endpoint endpoint : endpoints) {
            Member member = Member.of(endpoint);
            byPriority
                    .computeIfAbsent(member.priority(), priority -> new ArrayList<>())
                    .add(member);
        }
        List<Level> levels = new ArrayList<>();
        byPriority.forEach((priority, members) ->
                levels.add(new Level(priority, List.copyOf(members), Balancer.of(kind, randomness))));
        return List.copyOf(levels);
    }
}
