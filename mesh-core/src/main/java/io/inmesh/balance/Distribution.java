package io.inmesh.balance;

import io.inmesh.config.SpreadConfig;
import io.inmesh.config.SpreadConfig.Panic;
import io.inmesh.time.Randomness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Who takes traffic until an endpoint is ejected or returns. Immutable; made again at every such change.
 *
 * <p>Source: Envoy's priority levels. The lowest number carries all traffic while at least 1/1.4 of it is usable; below that, the rest
 * spills to the next. If all levels together cannot carry everything, they share it by what they can. What a level carries is divided
 * among its localities by {@link LevelSplit}. The panic rule:
 *
 * <ul>
 *   <li>a level of which less than the minimum share is usable takes all its endpoints but those that drain, if there is no other level
 *       to carry the rest; localities mean nothing then;
 *   <li>if none is usable anywhere, the first level with any endpoint that does not drain takes those;
 *   <li>if all drain, they are used: whoever drains still answers, and nobody else would.
 * </ul>
 *
 * So a cluster with an endpoint always has one to offer, unless it is told to refuse calls where this rule would use everybody.
 */
final class Distribution {

    private final long asOf;
    private final Share[] shares;
    /** Where the part of each share ends, counted from 0 to {@link Share#WHOLE}; shorter if the last ones stand by. */
    private final int[] ends;

    private Distribution(long asOf, List<Share> shares) {
        this.asOf = asOf;
        this.shares = shares.toArray(new Share[0]);
        this.ends = new int[shares.size()];
        int end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += this.shares[i].millionths();
            ends[i] = end;
        }
    }

    /**
     * {@return the distribution over some levels now}
     *
     * @param levels levels in order of priority
     * @param minHealthPercent below this share of usable endpoints the panic rule applies; 0 for never while there is any
     * @param spread what localities mean, and what the panic rule does
     * @param asOf the change of rotation it takes into account
     */
    static Distribution over(List<Level> levels, int minHealthPercent, SpreadConfig spread, long asOf) {
        boolean refuse = spread.panic() == Panic.REFUSE;
        int[] capacities = levels.stream()
                .mapToInt(level -> level.capacity(spread.overprovisioningPercent()))
                .toArray();
        int[] parts = parts(capacities);
        boolean nowhereToSpill = levels.size() == 1 || sum(capacities) < Share.WHOLE;
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            Level level = levels.get(i);
            boolean panic = nowhereToSpill && capacities[i] > 0 && level.below(minHealthPercent);
            if (panic) {
                Pool pool = refuse ? Pool.EMPTY : level.staying();
                shares.add(new Share(level.priority(), null, pool, parts[i], true, level.balancer()));
                continue;
            }
            Pool usable = level.usable();
            if (!usable.isEmpty()) {
                shares.addAll(new LevelSplit(level, spread, i == 0).shares(parts[i], usable));
            }
        }
        // Ejections go on while this is made: whoever was usable when counted may be out when chosen. The next pick
        // sees the change and prepares again; until then somebody else, or the panic rule, takes the part.
        if (shares.stream().mapToInt(Share::millionths).sum() < Share.WHOLE && !shares.isEmpty()) {
            shares.set(0, withRest(shares));
        }
        if (!refuse) {
            addAll(shares, levels, Level::staying);
            addAll(shares, levels, Level::all);
        }
        return new Distribution(asOf, shares);
    }

    /** {@return what each level carries, in millionths of all traffic; all zero if none can carry any} */
    private static int[] parts(int[] capacities) {
        long capacity = sum(capacities);
        if (capacity == 0) {
            return capacities;
        }
        if (capacity < Share.WHOLE) {
            double[] weights = new double[capacities.length];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = capacities[i];
            }
            return Apportionment.divide(Share.WHOLE, weights);
        }
        int[] parts = new int[capacities.length];
        int left = Share.WHOLE;
        for (int i = 0; i < parts.length; i++) {
            parts[i] = Math.min(left, capacities[i]);
            left -= parts[i];
        }
        return parts;
    }

    private static long sum(int[] values) {
        long sum = 0;
        for (int value : values) {
            sum += value;
        }
        return sum;
    }

    private static Share withRest(List<Share> shares) {
        Share first = shares.get(0);
        int others = shares.stream().skip(1).mapToInt(Share::millionths).sum();
        return new Share(
                first.priority(),
                first.locality(),
                first.pool(),
                Share.WHOLE - others,
                first.panic(),
                first.balancer());
    }

    /** Adds one kind of endpoints of all levels unless there are shares already; the first carries everything. */
    private static void addAll(List<Share> shares, List<Level> levels, Function<Level, Pool> kind) {
        if (!shares.isEmpty()) {
            return;
        }
        for (Level level : levels) {
            Pool pool = kind.apply(level);
            if (!pool.isEmpty()) {
                int part = shares.isEmpty() ? Share.WHOLE : 0;
                shares.add(new Share(level.priority(), null, pool, part, true, level.balancer()));
            }
        }
    }

    /** {@return the change of rotation it takes into account} */
    long asOf() {
        return asOf;
    }

    /**
     * {@return what each priority, or each locality of it, contributes, in order; their parts add up to the whole. Empty only if there
     * is no endpoint at all, or if none is usable and calls are to be refused then}
     */
    Share[] shares() {
        return shares;
    }

    /** {@return those of one priority} */
    List<Share> of(int priority) {
        return Arrays.stream(shares)
                .filter(share -> share.priority() == priority)
                .toList();
    }

    /** {@return a share, drawn by its part of the traffic; there must be one} */
    Share draw(Randomness randomness) {
        if (ends[0] == Share.WHOLE) {
            return shares[0];
        }
        return at(randomness.below(Share.WHOLE));
    }

    /** {@return the share a hash falls into, the same for as long as the parts are the same; there must be one} */
    Share draw(long hash) {
        return ends[0] == Share.WHOLE ? shares[0] : at((int) Long.remainderUnsigned(hash, Share.WHOLE));
    }

    private Share at(int drawn) {
        int low = 0;
        int high = ends.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (drawn < ends[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return shares[low];
    }
}
