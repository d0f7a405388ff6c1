package io.inmesh.balance;

import io.inmesh.hash.XxHash64;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A ketama ring: every endpoint stands at many places, and owns what lies between each and the place before it.
 *
 * <p>Source: Envoy's ring hash, entry by entry, so that the same key leads to the same endpoint: an endpoint stands at XXH64 of
 * {@code host:port_0}, {@code host:port_1} and so on. The lightest stands at a whole number of places, so that the ring has at least its
 * minimum size unless the maximum forbids it; the others at as many as their weight makes.
 */
final class RingTable implements HashTable {

    /** Ascending, read as unsigned. */
    private final long[] hashes;

    private final int[] members;

    /**
     * Makes a ring.
     *
     * @param members who stands on it, not empty
     * @param minimumSize entries at least
     * @param maximumSize entries at most
     */
    RingTable(List<Member> members, int minimumSize, int maximumSize) {
        double total = members.stream().mapToDouble(Member::weight).sum();
        double least = members.stream().mapToDouble(Member::weight).min().orElse(1) / total;
        double scale = Math.min(Math.ceil(least * minimumSize) / least, maximumSize);
        // Running sums may round up past the last whole entry.
        Entries entries = new Entries((int) Math.ceil(scale) + 1);
        double wanted = 0;
        for (int i = 0; i < members.size(); i++) {
            wanted += scale * members.get(i).weight() / total;
            entries.add(members.get(i).endpoint().toString(), i, wanted);
        }
        long[][] sorted = entries.sorted();
        hashes = sorted[0];
        this.members = new int[hashes.length];
        for (int i = 0; i < hashes.length; i++) {
            this.members[i] = (int) sorted[1][i];
        }
    }

    /** {@return index of the first entry at or after the hash, going round} */
    @Override
    public long start(long hash) {
        int low = 0;
        int high = hashes.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(hashes[middle], hash) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == hashes.length ? 0 : low;
    }

    @Override
    public int member(long start, int step) {
        int index = (int) start + step;
        return members[index < members.length ? index : index - members.length];
    }

    @Override
    public int steps() {
        return members.length;
    }

    @Override
    public long bytes() {
        return hashes.length * (long) (Long.BYTES + Integer.BYTES);
    }

    /** The entries while they are gathered. */
    private static final class Entries {
        private final long[] hashes;
        private final int[] members;
        private int size;

        Entries(int capacity) {
            hashes = new long[capacity];
            members = new int[capacity];
        }

        /** Adds places of one endpoint until there are as many in all as wanted. */
        void add(String address, int member, double wanted) {
            byte[] prefix = (address + "_").getBytes(StandardCharsets.UTF_8);
            byte[] key = Arrays.copyOf(prefix, prefix.length + 10);
            for (int i = 0; size < wanted && size < hashes.length; i++) {
                byte[] digits = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(digits, 0, key, prefix.length, digits.length);
                hashes[size] = XxHash64.hash(key, prefix.length + digits.length, 0);
                members[size++] = member;
            }
        }

        /** {@return hashes in unsigned order, and the member of each} */
        long[][] sorted() {
            Integer[] order = new Integer[size];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, (a, b) -> Long.compareUnsigned(hashes[a], hashes[b]));
            long[][] sorted = new long[2][size];
            for (int i = 0; i < size; i++) {
                sorted[0][i] = hashes[order[i]];
                sorted[1][i] = members[order[i]];
            }
            return sorted;
        }
    }
}
