package io.inmesh.config;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the algorithms that choose endpoints. Each is read by the algorithms it names and by no other.
 *
 * <p>Source: Envoy {@code RingHashLbConfig}, {@code MaglevLbConfig}, {@code ConsistentHashingLbConfig}, {@code SlowStartConfig}; gRFC A42, A68;
 * Linkerd {@code peakEwma}; Prequal.
 *
 * @param minimumRingSize ring hash: entries on the ring at least, so that shares come out even; 1024 in Istio and here
 * @param maximumRingSize ring hash: entries on the ring at most; at most {@link #MAX_RING_SIZE}
 * @param tableSize Maglev: entries of the table, a prime of at most {@link #MAX_TABLE_SIZE}; 65537 in Envoy and here
 * @param loadBoundPercent ring hash and Maglev: no endpoint gets more than this part of its fair share of the calls in flight; 0 for no
 *     bound, else at least 100
 * @param warmUp round robin and least request: how the weight of new endpoints grows; null if they have all of it at once
 * @param subset which endpoints this process uses at all; null for all of them
 * @param peakEwma peak EWMA and probing: how response times are remembered
 * @param probing probing: how reported load is used
 */
public record BalancingConfig(
        int minimumRingSize,
        int maximumRingSize,
        int tableSize,
        int loadBoundPercent,
        @Nullable WarmUpConfig warmUp,
        @Nullable SubsetConfig subset,
        PeakEwmaConfig peakEwma,
        ProbingConfig probing) {

    /**
     * The largest ring: 768 KiB. Envoy goes up to 8 million entries, gRPC clients to 4096; beyond this one, shares do not come out
     * visibly more even.
     */
    public static final int MAX_RING_SIZE = 1 << 16;

    /** The largest Maglev table. Source: Envoy. */
    public static final int MAX_TABLE_SIZE = 5_000_011;

    /** Rings of 1024, tables of 65537, no bound, no warm-up, all endpoints. */
    public static final BalancingConfig DEFAULT = new BalancingConfig(
            1024, MAX_RING_SIZE, 65_537, 0, null, null, PeakEwmaConfig.DEFAULT, ProbingConfig.DEFAULT);

    /** Checks ranges. */
    public BalancingConfig {
        if (minimumRingSize < 1 || maximumRingSize < minimumRingSize || maximumRingSize > MAX_RING_SIZE) {
            throw new IllegalArgumentException("ring sizes must be 1 <= minimum <= maximum <= " + MAX_RING_SIZE + ": "
                    + minimumRingSize + ", " + maximumRingSize);
        }
        if (tableSize > MAX_TABLE_SIZE || !prime(tableSize)) {
            throw new IllegalArgumentException(
                    "tableSize must be a prime number of at most " + MAX_TABLE_SIZE + ": " + tableSize);
        }
        if (loadBoundPercent != 0 && loadBoundPercent < 100) {
            throw new IllegalArgumentException("loadBoundPercent must be 0 or at least 100: " + loadBoundPercent);
        }
    }

    /**
     * Which endpoints one process uses: some of each priority, the same after every change but for at most one.
     *
     * @param size how many endpoints of a priority; at least 1
     * @param client what tells this process from other callers and stays the same while it runs
     */
    public record SubsetConfig(int size, String client) {

        /** Checks ranges. */
        public SubsetConfig {
            Objects.requireNonNull(client, "client");
            if (size < 1) {
                throw new IllegalArgumentException("size must be at least 1: " + size);
            }
        }
    }

    /** {@return these settings with rings of other sizes} */
    public BalancingConfig withRing(int minimumSize, int maximumSize) {
        return new BalancingConfig(
                minimumSize, maximumSize, tableSize, loadBoundPercent, warmUp, subset, peakEwma, probing);
    }

    /** {@return these settings with another Maglev table} */
    public BalancingConfig withTableSize(int size) {
        return new BalancingConfig(
                minimumRingSize, maximumRingSize, size, loadBoundPercent, warmUp, subset, peakEwma, probing);
    }

    /** {@return these settings with another bound of load, in percent; 0 for none} */
    public BalancingConfig withLoadBoundPercent(int percent) {
        return new BalancingConfig(
                minimumRingSize, maximumRingSize, tableSize, percent, warmUp, subset, peakEwma, probing);
    }

    /** {@return these settings with another warm-up, null for none} */
    public BalancingConfig withWarmUp(@Nullable WarmUpConfig warmUp) {
        return new BalancingConfig(
                minimumRingSize, maximumRingSize, tableSize, loadBoundPercent, warmUp, subset, peakEwma, probing);
    }

    /** {@return these settings with another subset, null for all endpoints} */
    public BalancingConfig withSubset(@Nullable SubsetConfig subset) {
        return new BalancingConfig(
                minimumRingSize, maximumRingSize, tableSize, loadBoundPercent, warmUp, subset, peakEwma, probing);
    }

    /** {@return these settings with another memory of response times} */
    public BalancingConfig withPeakEwma(PeakEwmaConfig peakEwma) {
        return new BalancingConfig(
                minimumRingSize, maximumRingSize, tableSize, loadBoundPercent, warmUp, subset, peakEwma, probing);
    }

    /** {@return these settings with another use of reported load} */
    public BalancingConfig withProbing(ProbingConfig probing) {
        return new BalancingConfig(
                minimumRingSize, maximumRingSize, tableSize, loadBoundPercent, warmUp, subset, peakEwma, probing);
    }

    private static boolean prime(int number) {
        if (number < 4) {
            return number > 1;
        }
        for (int divisor = 2; divisor * divisor <= number; divisor++) {
            if (number % divisor == 0) {
                return false;
            }
        }
        return true;
    }
}
