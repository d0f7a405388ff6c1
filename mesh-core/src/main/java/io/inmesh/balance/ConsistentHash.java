package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.time.Randomness;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a call's hash; if it may not be picked, whom the table names next.
 *
 * <p>The table is made of all endpoints, whoever is ejected or unhealthy, so that only the keys of those move, and come back with them.
 * With a bound, an endpoint that has its part of the calls in flight is passed over, and the hash jumps elsewhere rather than to the
 * neighbour, who would be overrun next. Source: Consistent Hashing with Bounded Loads (arXiv 1608.01350), random jumps (arXiv 1908.08762);
 * Envoy {@code hash_balance_factor}.
 */
final class ConsistentHash implements Balancer {

    /** With a bound of 125 % at most four fifths are full, so this fails for one call in a thousand; then all are looked at. */
    private static final int JUMPS = 32;

    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private final List<Member> members;
    private final Supplier<HashTable> source;
    private final LoadBound bound;
    private final Randomness randomness;
    private volatile @Nullable HashTable table;
    private volatile @Nullable OpenMembers open;

    /**
     * Makes a balancer. Its table is made by the first pick: clusters that are never called need none.
     *
     * @param members all endpoints of its group
     * @param source makes their table
     * @param bound when an endpoint has enough
     * @param randomness draws for calls without a key
     */
    ConsistentHash(List<Member> members, Supplier<HashTable> source, LoadBound bound, Randomness randomness) {
        this.members = members;
        this.source = source;
        this.bound = bound;
        this.randomness = randomness;
    }

    @Override
    public @Nullable Endpoint pick(Pool pool, @Nullable Tried tried) {
        return pick(pool, tried, randomness.below(Long.MAX_VALUE) << 1 ^ randomness.below(4));
    }

    @Override
    public @Nullable Endpoint pick(Pool pool, @Nullable Tried tried, long hash) {
        if (tried != null && pool.untried(0, tried) == null) {
            return null;
        }
        OpenMembers now = openOf(pool);
        int first = firstOpen(now, hash, tried);
        if (!bound.full(members.get(first), now.weight())) {
            return members.get(first).endpoint();
        }
        for (int jump = 1; jump <= JUMPS; jump++) {
            int other = firstOpen(now, mixed(hash + jump * GOLDEN_RATIO), tried);
            if (!bound.full(members.get(other), now.weight())) {
                return members.get(other).endpoint();
            }
        }
        return members.get(leastFull(now, first, tried)).endpoint();
    }

    @Override
    public @Nullable Endpoint owner(long hash) {
        HashTable current = tableOf();
        return members.get(current.member(current.start(hash), 0)).endpoint();
    }

    private int firstOpen(OpenMembers now, long hash, @Nullable Tried tried) {
        HashTable current = tableOf();
        long start = current.start(hash);
        int owner = current.member(start, 0);
        for (int step = 0; step < current.steps(); step++) {
            int member = current.member(start, step);
            if (now.has(member) && untried(member, tried)) {
                return member;
            }
        }
        int from = owner;
        while (!now.has(from) || !untried(from, tried)) {
            from = (from + 1) % members.size();
        }
        return from;
    }

    private int leastFull(OpenMembers now, int first, @Nullable Tried tried) {
        int least = first;
        for (int i = 0; i < members.size(); i++) {
            if (now.has(i) && untried(i, tried) && load(i) < load(least)) {
                least = i;
            }
        }
        return least;
    }

    private double load(int member) {
        return (double) members.get(member).endpoint().inFlight()
                / members.get(member).weight();
    }

    private boolean untried(int member, @Nullable Tried tried) {
        return tried == null || !tried.contains(members.get(member).endpoint());
    }

    private HashTable tableOf() {
        HashTable made = table;
        if (made == null) {
            made = source.get();
            table = made;
        }
        return made;
    }

    private OpenMembers openOf(Pool pool) {
        OpenMembers known = open;
        if (known == null || known.pool() != pool) {
            known = OpenMembers.of(members, pool);
            open = known;
        }
        return known;
    }

    /** {@return bits that have nothing visible to do with those given} Source: the finalizer of MurmurHash3. */
    private static long mixed(long bits) {
        long mixed = (bits ^ bits >>> 33) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ mixed >>> 33;
    }
}
