package io.inmesh.balance;

import org.jspecify.annotations.Nullable;

/** An array of small numbers: two bytes each while they fit, four if not. */
final class IndexArray {

    private final char @Nullable [] narrow;
    private final int @Nullable [] wide;

    /**
     * Makes an array of zeros.
     *
     * @param bound all numbers are below this
     */
    IndexArray(int length, int bound) {
        boolean fits = bound <= Character.MAX_VALUE + 1;
        narrow = fits ? new char[length] : null;
        wide = fits ? null : new int[length];
    }

    int length() {
        return narrow != null ? narrow.length : wide != null ? wide.length : 0;
    }

    int get(int index) {
        return narrow != null ? narrow[index] : wide != null ? wide[index] : 0;
    }

    void set(int index, int value) {
        if (narrow != null) {
            narrow[index] = (char) value;
        } else if (wide != null) {
            wide[index] = value;
        }
    }

    long bytes() {
        return length() * (narrow != null ? (long) Character.BYTES : Integer.BYTES);
    }
}
