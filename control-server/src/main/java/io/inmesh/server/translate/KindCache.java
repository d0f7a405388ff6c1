package io.inmesh.server.translate;

import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * What is made once for all clients of a kind. Kinds differ in what clients claim about themselves, so one that makes up claims must not
 * fill the memory: beyond a number of kinds, far above what a mesh has, nothing new is kept.
 */
public final class KindCache {
    /** The most kinds that are kept. */
    static final int MAX_KINDS = 10_000;

    private KindCache() {}

    /** {@return what is kept for a kind; if there is nothing, what {@code make} makes of it} */
    public static <K, V> V get(ConcurrentMap<K, V> kept, K kind, Function<? super K, ? extends V> make) {
        V known = kept.get(kind);
        if (known != null) {
            return known;
        }
        return kept.size() < MAX_KINDS ? kept.computeIfAbsent(kind, make) : make.apply(kind);
    }
}
