package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints to choose from, each with a stretch of the line from 0 to {@link #total()} as long as its weight. Immutable.
 *
 * <p>Weights are reduced by their common divisor and, where they are huge, scaled so that positions multiply without overflow; that
 * shifts a share by less than one in a billion.
 */
final class Pool {

    static final Pool EMPTY = new Pool(List.of());

    /** Two positions below this, times two, multiply within a {@code long}. */
    private static final long LARGEST_TOTAL = 1L << 30;

    private final Endpoint[] endpoints;
    /** Where each endpoint's stretch ends; null if all weights are equal, which needs no search. */
    private final long @Nullable [] ends;

    private final long total;

    /** Made when it is first asked for, and not changed afterwards. */
    private volatile @Nullable Set<Endpoint> asSet;

    Pool(List<Member> members) {
        endpoints = members.stream().map(Member::endpoint).toArray(Endpoint[]::new);
        long[] weights = members.stream().mapToLong(Member::weight).toArray();
        if (allEqual(weights)) {
            ends = null;
            total = endpoints.length;
        } else {
            ends = endsOf(reduced(weights));
            total = ends[ends.length - 1];
        }
    }

    int size() {
        return endpoints.length;
    }

    boolean isEmpty() {
        return endpoints.length == 0;
    }

    /** {@return how much of the line belongs to some members; those not here have none} */
    long weightOf(List<Member> members) {
        Set<Endpoint> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
        members.forEach(member -> wanted.add(member.endpoint()));
        long sum = 0;
        for (int i = 0; i < endpoints.length; i++) {
            sum += wanted.contains(endpoints[i]) ? weight(i) : 0;
        }
        return sum;
    }

    void forEach(Consumer<Endpoint> action) {
        for (Endpoint endpoint : endpoints) {
            action.accept(endpoint);
        }
    }

    Endpoint at(int index) {
        return endpoints[index];
    }

    /** {@return sum of the reduced weights} */
    long total() {
        return total;
    }

    boolean equalWeights() {
        return ends == null;
    }

    long start(int index) {
        if (ends == null) {
            return index;
        }
        return index == 0 ? 0 : ends[index - 1];
    }

    long weight(int index) {
        return ends == null ? 1 : ends[index] - start(index);
    }

    /** {@return index of the endpoint whose stretch holds a position from 0 to {@link #total()}} */
    int indexAt(long position) {
        if (ends == null) {
            return (int) position;
        }
        int low = 0;
        int high = ends.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (position < ends[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /**
     * {@return index of the endpoint whose stretch holds a position on the line without another endpoint's stretch}
     *
     * @param cut the other endpoint, whose stretch is cut out
     * @param position from 0 to {@link #total()} less the weight of the other
     */
    int indexBeside(int cut, long position) {
        return indexAt(position < start(cut) ? position : position + weight(cut));
    }

    /** {@return whether it holds an endpoint} */
    boolean contains(Endpoint endpoint) {
        Set<Endpoint> all = asSet;
        if (all == null) {
            all = Collections.newSetFromMap(new IdentityHashMap<>());
            Collections.addAll(all, endpoints);
            asSet = all;
        }
        return all.contains(endpoint);
    }

    /** {@return the first endpoint at or after an index, going round, that has not been tried; null if all have} */
    @Nullable
    Endpoint untried(int from, Tried tried) {
        for (int i = 0; i < endpoints.length; i++) {
            Endpoint endpoint = endpoints[(from + i) % endpoints.length];
            if (!tried.contains(endpoint)) {
                return endpoint;
            }
        }
        return null;
    }

    private static boolean allEqual(long[] weights) {
        for (long weight : weights) {
            if (weight != weights[0]) {
                return false;
            }
        }
        return true;
    }

    private static long[] reduced(long[] weights) {
        long divisor = 0;
        long sum = 0;
        for (long weight : weights) {
            divisor = Numbers.gcd(weight, divisor);
            sum += weight;
        }
        boolean huge = sum / divisor > LARGEST_TOTAL;
        long[] reduced = new long[weights.length];
        for (int i = 0; i < weights.length; i++) {
            reduced[i] = huge ? Math.max(1, weights[i] * LARGEST_TOTAL / sum) : weights[i] / divisor;
        }
        return reduced;
    }

    private static long[] endsOf(long[] weights) {
        long[] ends = new long[weights.length];
        long end = 0;
        for (int i = 0; i < weights.length; i++) {
            end += weights[i];
            ends[i] = end;
        }
        return ends;
    }
}
