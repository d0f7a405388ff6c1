package io.inmesh.config;

import java.util.ArrayList;
import java.util.List;

/** Small helper for records that grow by copies. */
final class Lists {
    private Lists() {}

    static <T> List<T> plus(List<T> list, T item) {
        List<T> copy = new ArrayList<>(list.size() + 1);
        copy.addAll(list);
        copy.add(item);
        return List.copyOf(copy);
    }
}
