package io.inmesh.server.graph;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;

/**
 * Counts by cell in few bytes: pairs of the distance to the cell before and the count, each as a variable-length integer (seven bits a
 * byte, lowest first). Of the hundreds of cells of an edge a handful is used in any ten seconds. Arrays are never changed once made.
 */
final class Packed {

    /** No counts. */
    static final byte[] EMPTY = {};

    /** No count is larger; sums stay exact as doubles, and do not overflow. */
    static final long MAX_COUNT = 1L << 50;

    private static final int LONGEST = 8;

    private Packed() {}

    /** {@return counts by cell} */
    static byte[] of(SortedMap<Integer, Long> counts) {
        Writer writer = new Writer(counts.size());
        for (Map.Entry<Integer, Long> entry : counts.entrySet()) {
            writer.add(entry.getKey(), entry.getValue());
        }
        return writer.bytes();
    }

    /** {@return the counts that are not zero} */
    static byte[] of(long[] dense) {
        int used = 0;
        for (long count : dense) {
            used += count == 0 ? 0 : 1;
        }
        Writer writer = new Writer(used);
        for (int cell = 0; cell < dense.length; cell++) {
            writer.add(cell, dense[cell]);
        }
        return writer.bytes();
    }

    /** {@return the sums of both} */
    static byte[] sum(byte[] some, byte[] others) {
        if (some.length == 0) {
            return others;
        }
        if (others.length == 0) {
            return some;
        }
        Reader first = new Reader(some);
        Reader second = new Reader(others);
        Writer writer = new Writer((some.length + others.length) / 2 + 2);
        while (first.cell < Cells.COUNT || second.cell < Cells.COUNT) {
            int cell = Math.min(first.cell, second.cell);
            long count = 0;
            if (first.cell == cell) {
                count += first.count;
                first.next();
            }
            if (second.cell == cell) {
                count += second.count;
                second.next();
            }
            writer.add(cell, count);
        }
        return writer.bytes();
    }

    /** {@return part {@code index} of {@code parts} that are as equal as whole numbers allow and add up to all} */
    static byte[] share(byte[] all, int index, int parts) {
        if (parts == 1) {
            return all;
        }
        Reader reader = new Reader(all);
        Writer writer = new Writer(all.length / 2 + 1);
        for (; reader.cell < Cells.COUNT; reader.next()) {
            long before = reader.count / parts * index + reader.count % parts * index / parts;
            long upTo = reader.count / parts * (index + 1) + reader.count % parts * (index + 1) / parts;
            writer.add(reader.cell, upTo - before);
        }
        return writer.bytes();
    }

    /** Adds counts to {@code dense}, an array of {@link Cells#COUNT}. */
    static void addTo(long[] dense, byte[] packed) {
        for (Reader reader = new Reader(packed); reader.cell < Cells.COUNT; reader.next()) {
            dense[reader.cell] = Math.min(MAX_COUNT, dense[reader.cell] + reader.count);
        }
    }

    private static final class Reader {

        private final byte[] bytes;
        private int at;
        private int cell = -1;
        private long count;

        Reader(byte[] bytes) {
            this.bytes = bytes;
            next();
        }

        /** Goes to the next cell, {@link Cells#COUNT} at the end. */
        void next() {
            if (at >= bytes.length) {
                cell = Cells.COUNT;
                return;
            }
            cell += (int) number();
            count = number();
        }

        private long number() {
            long number = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = bytes[at++];
                number |= (long) (next & 0x7F) << shift;
                if (next >= 0) {
                    return number;
                }
            }
        }
    }

    private static final class Writer {

        private byte[] bytes;
        private int at;
        private int last = -1;

        Writer(int cells) {
            bytes = new byte[Math.max(16, cells * 4)];
        }

        void add(int cell, long count) {
            if (count <= 0) {
                return;
            }
            if (bytes.length - at < 2 * LONGEST) {
                bytes = Arrays.copyOf(bytes, bytes.length * 2 + 2 * LONGEST);
            }
            number(cell - last);
            number(Math.min(count, MAX_COUNT));
            last = cell;
        }

        private void number(long number) {
            long rest = number;
            while (rest > 0x7F) {
                bytes[at++] = (byte) (rest & 0x7F | 0x80);
                rest >>>= 7;
            }
            bytes[at++] = (byte) rest;
        }

        byte[] bytes() {
            return at == 0 ? EMPTY : Arrays.copyOf(bytes, at);
        }
    }
}
