package io.inmesh.observe;

import org.jspecify.annotations.Nullable;

/**
 * Numbers as the objects that attributes of spans have to be. Ports and statuses are few and come again, so those seen last are kept;
 * bounded, and without a lock: a number that is lost by a race is made again.
 */
final class Boxed {

    private static final int KEPT = 256;
    private static final int PLACES = KEPT - 1;
    private static final @Nullable Long[] RECENT = new @Nullable Long[KEPT];

    private Boxed() {}

    static Long of(long value) {
        int place = (int) value & PLACES;
        Long known = RECENT[place];
        if (known != null && known == value) {
            return known;
        }
        Long made = value;
        RECENT[place] = made;
        return made;
    }
}
