package io.inmesh.balance;

import io.inmesh.hash.XxHash64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Maglev's lookup table: every endpoint fills places in an order of its own, in turns as frequent as it is heavy.
 *
 * <p>Source: Maglev (NSDI 2016, section 3.4); hashes and weights as in Envoy. Endpoints take turns in the order of their addresses, so that
 * clients which learn of them in another order make the same table.
 */
final class MaglevTable implements HashTable {

    /** With half of the endpoints out, one in 2^64 keys finds nobody in so many steps. */
    private static final int STEPS = 64;

    private final IndexArray places;

    /**
     * Makes a table.
     *
     * @param members who shares it, not empty
     * @param size how many places it has; a prime number
     */
    MaglevTable(List<Member> members, int size) {
        places = new IndexArray(size, members.size());
        boolean[] taken = new boolean[size];
        Turn[] turns = IntStream.range(0, members.size())
                .mapToObj(i -> new Turn(i, members.get(i), size))
                .sorted(Comparator.comparing((Turn turn) -> turn.address))
                .toArray(Turn[]::new);
        double heaviest = members.stream().mapToDouble(Member::weight).max().orElse(1);
        int filled = 0;
        for (long round = 1; filled < size; round++) {
            for (int i = 0; i < turns.length && filled < size; i++) {
                if (turns[i].due(round, heaviest)) {
                    int place = turns[i].next(taken);
                    taken[place] = true;
                    places.set(place, turns[i].member);
                    filled++;
                }
            }
        }
    }

    @Override
    public long start(long hash) {
        return hash;
    }

    /** As in Envoy, whom to ask next is the owner of a hash far away. */
    @Override
    public int member(long start, int step) {
        long hash = step == 0 ? start : start ^ -step;
        return places.get((int) Long.remainderUnsigned(hash, places.length()));
    }

    @Override
    public int steps() {
        return STEPS;
    }

    @Override
    public long bytes() {
        return places.bytes();
    }

    /** The order in which one endpoint wants places. */
    private static final class Turn {
        final int member;
        final String address;
        private final double weight;
        private final int size;
        private final long skip;
        private long place;
        private double spent;

        Turn(int member, Member of, int size) {
            this.member = member;
            this.address = of.endpoint().toString();
            this.weight = of.weight();
            this.size = size;
            place = Long.remainderUnsigned(XxHash64.hash(address), size);
            skip = Long.remainderUnsigned(XxHash64.hash(address, 1), size - 1L) + 1;
        }

        /** {@return whether it is its turn: the heaviest takes part in every round, one a third as heavy in every third} */
        boolean due(long round, double heaviest) {
            if (round * weight < spent) {
                return false;
            }
            spent += heaviest;
            return true;
        }

        int next(boolean[] taken) {
            while (taken[(int) place]) {
                place = (place + skip) % size;
            }
            return (int) place;
        }
    }
}
