package io.inmesh.balance;

import io.inmesh.config.LoadBalancer;
import io.inmesh.config.SpreadConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Rotation;
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
    private volatile Distribution distribution;

    /**
     * Makes a picker.
     *
     * @param endpoints endpoints with weight, health and priority as their config says now
     * @param rotation tells when one of them is ejected or returns
     * @param kind how to choose
     * @param minHealthPercent below this share of usable endpoints the panic rule holds
     * @param spread what priorities and localities mean, and what the panic rule does
     * @param randomness what draws
     */
    public EndpointPicker(
            List<Endpoint> endpoints,
            Rotation rotation,
            LoadBalancer kind,
            int minHealthPercent,
            SpreadConfig spread,
            Randomness randomness) {
        this.levels = levels(endpoints, kind, spread, randomness);
        this.spread = spread;
        this.rotation = rotation;
        this.minHealthPercent = minHealthPercent;
        this.randomness = randomness;
        this.distribution = prepare();
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
        return Distribution.over(levels, minHealthPercent, spread, asOf);
    }

    private static List<Level> levels(
            List<Endpoint> endpoints, LoadBalancer kind, SpreadConfig spread, Randomness randomness) {
        Map<Integer, List<Member>> byPriority = new TreeMap<>();
        for (Endpoint endpoint : endpoints) {
            Member member = Member.of(endpoint);
            byPriority
                    .computeIfAbsent(member.priority(), priority -> new ArrayList<>())
                    .add(member);
        }
        List<Level> levels = new ArrayList<>();
        byPriority.forEach((priority, members) -> levels.add(Level.of(priority, members, kind, spread, randomness)));
        return List.copyOf(levels);
    }
}
