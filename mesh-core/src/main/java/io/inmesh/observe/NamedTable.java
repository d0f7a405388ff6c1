package io.inmesh.observe;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Meters by a name that comes from config or code. Bounded: when it is full, further names share one entry called {@code _OTHER}, and
 * each is reported.
 *
 * @param <T> what is kept per name
 */
final class NamedTable<T> {

    static final String OTHER = "_OTHER";

    private final int limit;
    private final Function<String, T> maker;
    private final Runnable overflow;
    private final ConcurrentHashMap<String, T> entries = new ConcurrentHashMap<>();

    /**
     * Makes an empty table.
     *
     * @param limit how many names are told apart
     * @param maker called once per name
     * @param overflow called each time a name finds the table full
     */
    NamedTable(int limit, Function<String, T> maker, Runnable overflow) {
        this.limit = limit;
        this.maker = maker;
        this.overflow = overflow;
    }

    T get(String name) {
        T entry = entries.get(name);
        return entry != null ? entry : add(name);
    }

    boolean contains(String name) {
        return entries.containsKey(name);
    }

    private T add(String name) {
        if (entries.size() < limit) {
            return entries.computeIfAbsent(name, maker);
        }
        overflow.run();
        return entries.computeIfAbsent(OTHER, maker);
    }
}
