package io.inmesh.server.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PackedTest {

    private final Random random = new Random(4);

    @Test
    void whatIsPackedComesOutAgain() {
        for (int i = 0; i < 1000; i++) {
            SortedMap<Integer, Long> counts = counts();
            assertThat(dense(Packed.of(counts))).isEqualTo(dense(counts));
            assertThat(Packed.of(dense(counts))).isEqualTo(Packed.of(counts));
        }
    }

    @Test
    void sumsAreSumsOfEachCell() {
        for (int i = 0; i < 1000; i++) {
            SortedMap<Integer, Long> some = counts();
            SortedMap<Integer, Long> others = counts();
            long[] expected = dense(some);
            others.forEach((cell, count) -> expected[cell] += count);
            assertThat(dense(Packed.sum(Packed.of(some), Packed.of(others)))).isEqualTo(expected);
        }
    }

    @Test
    void sharesAddUpToTheWholeAndDifferByOneAtMost() {
        for (int parts : new int[] {1, 2, 3, 7, 360}) {
            SortedMap<Integer, Long> counts = counts();
            long[] sum = new long[Cells.COUNT];
            for (int part = 0; part < parts; part++) {
                long[] share = dense(Packed.share(Packed.of(counts), part, parts));
                counts.forEach((cell, count) -> assertThat(share[cell]).isBetween(count / parts, count / parts + 1));
                for (int cell = 0; cell < sum.length; cell++) {
                    sum[cell] += share[cell];
                }
            }
            assertThat(sum).isEqualTo(dense(counts));
        }
    }

    @Test
    void countsThatNobodyCanReachDoNotOverflow() {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        counts.put(Cells.COUNT - 1, Long.MAX_VALUE);
        byte[] sum = Packed.of(counts);
        for (int i = 0; i < 100; i++) {
            sum = Packed.sum(sum, sum);
        }
        assertThat(dense(sum)[Cells.COUNT - 1]).isEqualTo(Packed.MAX_COUNT);
    }

    @Test
    void nothingTakesNoSpace() {
        assertThat(Packed.of(new TreeMap<>())).isEmpty();
        assertThat(Packed.sum(Packed.EMPTY, Packed.EMPTY)).isEmpty();
    }

    private SortedMap<Integer, Long> counts() {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        for (int i = random.nextInt(30); i >= 0; i--) {
            counts.put(random.nextInt(Cells.COUNT), 1 + (random.nextLong() >>> 14 + random.nextInt(49)));
        }
        return counts;
    }

    private static long[] dense(SortedMap<Integer, Long> counts) {
        long[] dense = new long[Cells.COUNT];
        counts.forEach((cell, count) -> dense[cell] = count);
        return dense;
    }

    private static long[] dense(byte[] packed) {
        long[] dense = new long[Cells.COUNT];
        Packed.addTo(dense, packed);
        return dense;
    }
}
