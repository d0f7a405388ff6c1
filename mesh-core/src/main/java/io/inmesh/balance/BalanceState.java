package io.inmesh.balance;

import io.inmesh.config.BalancingConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * What the balancers of one cluster keep while its configs change: tables of hashes are not made again for the same endpoints.
 */
public final class BalanceState {

    /** Priorities times localities; more is not a cluster but a leak. */
    private static final int MOST_TABLES = 256;

    private final Clock clock;
    private final LongSupplier inFlight;
    private final Map<String, Entry> tables = new ConcurrentHashMap<>();

    /**
     * Makes a state without tables.
     *
     * @param clock times warm-up
     * @param inFlight tells how many attempts of the cluster are in flight
     */
    public BalanceState(Clock clock, LongSupplier inFlight) {
        this.clock = clock;
        this.inFlight = inFlight;
    }

    Clock clock() {
        return clock;
    }

    long inFlight() {
        return inFlight.getAsLong();
    }

    /**
     * {@return the table of some endpoints, made only if those of this place were others before}
     *
     * @param kind ring or Maglev
     * @param config sizes
     * @param place tells priorities and localities of a cluster apart
     * @param members the endpoints, not empty
     */
    HashTable table(LoadBalancer kind, BalancingConfig config, String place, List<Member> members) {
        Key key = Key.of(kind, config, members);
        Entry known = tables.get(place);
        if (known != null && known.key.equals(key)) {
            return known.table;
        }
        HashTable table = kind == LoadBalancer.MAGLEV
                ? new MaglevTable(members, config.tableSize())
                : new RingTable(members, config.minimumRingSize(), config.maximumRingSize());
        if (tables.size() >= MOST_TABLES) {
            tables.clear();
        }
        tables.put(place, new Entry(key, table));
        return table;
    }

    private record Entry(Key key, HashTable table) {}

    private record Key(LoadBalancer kind, List<Integer> sizes, List<String> addresses, List<Long> weights) {
        static Key of(LoadBalancer kind, BalancingConfig config, List<Member> members) {
            return new Key(
                    kind,
                    Arrays.asList(config.minimumRingSize(), config.maximumRingSize(), config.tableSize()),
                    members.stream().map(member -> member.endpoint().toString()).toList(),
                    members.stream().map(Member::weight).toList());
        }
    }
}
