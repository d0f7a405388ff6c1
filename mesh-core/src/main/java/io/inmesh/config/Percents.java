package io.inmesh.config;

/** Whole percentages. */
final class Percents {

    private Percents() {}

    static void check(String name, int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException(name + " must be 0 to 100: " + percent);
        }
    }
}
