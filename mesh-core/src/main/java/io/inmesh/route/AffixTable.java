package io.inmesh.route;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds which of many strings a text begins (or ends) with, by one hash lookup per length that occurs and without cutting the text.
 *
 * <p>The hash of the first n characters (or the last n) follows from that of n - 1, so all of them cost one pass over the text. Used
 * like this:
 *
 * <pre>{@code
 * int hash = 0;
 * for (int length = 0; length <= table.longest(text); length++) {
 *     hash = length == 0 ? 0 : table.extend(hash, text, length);
 *     V value = table.get(text, length, hash);
 *     ...
 * }
 * }</pre>
 *
 * @param <V> what is found
 */
final class AffixTable<V> {

    private final boolean fromEnd;
    private final String[] keys;
    private final Object[] values;
    private final boolean[] lengths;

    private AffixTable(Map<String, V> entries, boolean fromEnd) {
        this.fromEnd = fromEnd;
        // At most half full, so that probing for what is not there ends soon.
        int capacity = Integer.highestOneBit(Math.max(2, entries.size() * 2 - 1)) * 2;
        keys = new String[capacity];
        values = new Object[capacity];
        lengths = new boolean
                [1 + entries.keySet().stream().mapToInt(String::length).max().orElse(0)];
        entries.forEach(this::put);
    }

    /** {@return a table of what texts begin with} */
    static <V> AffixTable<V> ofPrefixes(Map<String, V> entries) {
        return new AffixTable<>(entries, false);
    }

    /** {@return a table of what texts end with} */
    static <V> AffixTable<V> ofSuffixes(Map<String, V> entries) {
        return new AffixTable<>(entries, true);
    }

    /** {@return the greatest length worth asking for} */
    int longest(String text) {
        return Math.min(text.length(), lengths.length - 1);
    }

    /** {@return the hash of the affix of a length, from that of the affix one shorter} */
    int extend(int hash, String text, int length) {
        return 31 * hash + text.charAt(fromEnd ? text.length() - length : length - 1);
    }

    /** {@return what belongs to the affix of a text that has a length; null if there is nothing} */
    @SuppressWarnings("unchecked")
    @Nullable
    V get(String text, int length, int hash) {
        if (!lengths[length]) {
            return null;
        }
        int slot = slot(hash);
        while (keys[slot] != null) {
            if (keys[slot].length() == length && text.startsWith(keys[slot], fromEnd ? text.length() - length : 0)) {
                return (V) values[slot];
            }
            slot = slot + 1 & keys.length - 1;
        }
        return null;
    }

    private void put(String key, V value) {
        int hash = 0;
        for (int length = 1; length <= key.length(); length++) {
            hash = extend(hash, key, length);
        }
        int slot = slot(hash);
        while (keys[slot] != null) {
            slot = slot + 1 & keys.length - 1;
        }
        keys[slot] = key;
        values[slot] = value;
        lengths[key.length()] = true;
    }

    private int slot(int hash) {
        int mixed = hash * 0x9E37_79B9;
        return (mixed ^ mixed >>> 16) & keys.length - 1;
    }

    /** {@return what texts are looked for} */
    @Override
    public String toString() {
        return Arrays.stream(keys).filter(key -> key != null).sorted().toList().toString();
    }
}
