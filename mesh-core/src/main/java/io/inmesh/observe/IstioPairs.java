package io.inmesh.observe;

import java.util.concurrent.ConcurrentHashMap;

/**
 * The meters of pairs of workloads as one side reports them. Bounded: further pairs share one in which nothing is known. Those that nothing
 * was counted for during some time make room.
 */
final class IstioPairs {

    /** Pairs told apart. */
    static final int MAX = 5000;

    private static final IstioPair OTHER = new IstioPair(
            Workload.UNKNOWN,
            null,
            Workload.UNKNOWN,
            null,
            new IstioPair.Service(NamedTable.OTHER, NamedTable.OTHER, NamedTable.OTHER));

    private final IstioGeneration generation;
    private final String reporter;
    private final Runnable overflow;
    private final ConcurrentHashMap<IstioPair, IstioMeters> pairs = new ConcurrentHashMap<>();

    /**
     * Makes an empty table.
     *
     * @param overflow called each time a pair finds the table full
     */
    IstioPairs(IstioGeneration generation, String reporter, Runnable overflow) {
        this.generation = generation;
        this.reporter = reporter;
        this.overflow = overflow;
    }

    IstioMeters of(IstioPair pair) {
        IstioMeters known = pairs.get(pair);
        if (known != null && !known.gone()) {
            return known;
        }
        if (known != null || pairs.size() < MAX) {
            return add(pair);
        }
        overflow.run();
        return add(OTHER);
    }

    private IstioMeters add(IstioPair pair) {
        return pairs.compute(
                pair,
                (key, before) -> before == null || before.gone() ? new IstioMeters(generation, reporter, key) : before);
    }

    /** Lets those go that nothing was counted for since this was called last. */
    void sweep() {
        pairs.forEach((pair, meters) -> {
            if (!meters.takeUsed()) {
                // Before it is found no more: meters made for the same pair would be taken for these.
                meters.end();
                pairs.remove(pair, meters);
            }
        });
    }
}
