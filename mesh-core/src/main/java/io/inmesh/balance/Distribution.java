package io.inmesh.balance;

import io.inmesh.time.Randomness;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Who takes traffic until an endpoint is ejected or returns. Immutable; made again at every such change.
 *
 * <p>Source: Envoy's priority levels. The lowest number carries all traffic while at least 1/1.4 of it is usable; below that, the rest
 * spills to the next. If all levels together cannot carry everything, they share it by what they can. The panic rule:
 *
 * <ul>
 *   <li>a level of which less than the minimum share is usable takes all its endpoints but those that drain, if there is no other level
 *       to carry the rest;
 *   <li>if none is usable anywhere, the first level with any endpoint that does not drain takes those;
 *   <li>if all drain, they are used: whoever drains still answers, and nobody else would.
 * </ul>
 *
 * So a cluster with an endpoint always has one to offer.
 */
final class Distribution {

    private final long asOf;
    private final Share[] shares;

    private Distribution(long asOf, List<Share> shares) {
        this.asOf = asOf;
        this.shares = shares.toArray(new Share[0]);
    }

    /**
     * {@return the distribution over some levels now}
     *
     * @param levels levels in order of priority
     * @param minHealthPercent below this share of usable endpoints the panic rule applies; 0 for never while there is any
     * @param asOf the change of rotation it takes into account
     */
    static Distribution over(List<Level> levels, int minHealthPercent, long asOf) {
        long capacity = levels.stream().mapToLong(Level::capacity).sum();
        List<Share> shares = new ArrayList<>();
        if (capacity == 0) {
            addAll(shares, levels, Level::staying);
            addAll(shares, levels, Level::all);
            return new Distribution(asOf, shares);
        }
        boolean nowhereToSpill = levels.size() == 1 || capacity < Share.WHOLE;
        long divisor = Math.min(capacity, Share.WHOLE);
        int left = Share.WHOLE;
        for (Level level : levels) {
            int part = (int) Math.min(left, level.capacity() * (long) Share.WHOLE / divisor);
            boolean panic = nowhereToSpill && level.capacity() > 0 && level.below(minHealthPercent);
            Pool pool = panic ? level.staying() : level.usable();
            if (!pool.isEmpty()) {
                shares.add(new Share(level.priority(), pool, part, panic, level.balancer()));
                left -= part;
            }
        }
        // Ejections go on while this is made: whoever was usable when counted may be out when chosen. The next pick
        // sees the change
        // and prepares again; until then the panic rule offers somebody.
        addAll(shares, levels, Level::staying);
        addAll(shares, levels, Level::all);
        return new Distribution(asOf, shares);
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
                shares.add(new Share(level.priority(), pool, part, true, level.balancer()));
            }
        }
    }

    /** {@return the change of rotation it takes into account} */
    long asOf() {
        return asOf;
    }

    /** {@return what each priority contributes, in order; empty only if there is no endpoint at all} */
    Share[] shares() {
        return shares;
    }

    /** {@return a share, drawn by its part of the traffic; there must be one} */
    Share draw(Randomness randomness) {
        if (shares[0].millionths() == Share.WHOLE) {
            return shares[0];
        }
        int drawn = randomness.below(Share.WHOLE);
        for (Share share : shares) {
            drawn -= share.millionths();
            if (drawn < 0) {
                return share;
            }
        }
        // Parts were rounded down; the few draws beyond their sum go where most go.
        return shares[0].millionths() > 0 ? shares[0] : shares[shares.length - 1];
    }
}
