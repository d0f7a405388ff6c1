package io.inmesh.balance;

/** Small arithmetic. */
final class Numbers {

    private static final double GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

    private Numbers() {}

    /** {@return greatest common divisor; the other number if one is zero} */
    static long gcd(long a, long b) {
        while (b != 0) {
            long rest = a % b;
            a = b;
            b = rest;
        }
        return a;
    }

    /**
     * {@return a step that visits each of {@code total} positions once before any twice, and spreads every few successive ones evenly:
     * the number coprime to {@code total} next below its golden section}
     */
    static long evenStep(long total) {
        long step = Math.max(1, Math.round(total / GOLDEN_RATIO));
        while (gcd(step, total) != 1) {
            step--;
        }
        return step;
    }
}
