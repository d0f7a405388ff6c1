package io.inmesh.observe;

import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Meters by a small number, each made when first needed. A route sees a handful of numbers out of thousands, so the table is a short
 * array that is searched; reading takes no lock and allocates nothing.
 *
 * @param <T> kind of meter
 */
final class MeterTable<T> {

    private final IntFunction<T> maker;
    private final ReentrantLock writer = new ReentrantLock();
    private volatile Entries entries = new Entries(new int[0], new Object[0]);

    private record Entries(int[] keys, Object[] values) {
        @Nullable
        Object find(int key) {
            for (int i = 0; i < keys.length; i++) {
                if (keys[i] == key) {
                    return values[i];
                }
            }
            return null;
        }
    }

    /** Makes an empty table; the maker is called once per number. */
    MeterTable(IntFunction<T> maker) {
        this.maker = maker;
    }

    @SuppressWarnings("unchecked")
    T get(int key) {
        Object value = entries.find(key);
        return value != null ? (T) value : add(key);
    }

    @SuppressWarnings("unchecked")
    private T add(int key) {
        writer.lock();
        try {
            Entries now = entries;
            Object value = now.find(key);
            if (value != null) {
                return (T) value;
            }
            int count = now.keys().length;
            T made = maker.apply(key);
            int[] keys = Arrays.copyOf(now.keys(), count + 1);
            Object[] values = Arrays.copyOf(now.values(), count + 1);
            keys[count] = key;
            values[count] = made;
            entries = new Entries(keys, values);
            return made;
        } finally {
            writer.unlock();
        }
    }
}
