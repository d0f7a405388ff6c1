package io.inmesh.endpoint;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An exponentially weighted moving average over time in one 64-bit word, so that it is updated without a lock and never read half
 * written: the value as a float in the upper half, the time of its last change in units of about a millisecond in the lower.
 *
 * <p>Times may go back a little between threads; the average then keeps its later one. A clock that stands still loses nothing: values of the
 * same millisecond replace each other only upwards or by their weight.
 */
final class Fading {

    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Fading.class, "word", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int TICK_SHIFT = 20;
    private static final double TICK_NANOS = 1L << TICK_SHIFT;

    // Written by VarHandle.
    @SuppressWarnings("FieldMayBeFinal")
    private volatile long word;

    Fading(double value, long nowNanos) {
        word = word(value, tick(nowNanos));
    }

    /** {@return the value as it was when it changed last} */
    double last() {
        return value(word);
    }

    /** {@return the value, fading towards zero since it changed last} */
    double faded(long nowNanos, double decayNanos) {
        long now = word;
        return value(now) * kept(now, tick(nowNanos), decayNanos);
    }

    /** Jumps to a higher value at once, and moves to a lower one in time. */
    void peak(double sample, long nowNanos, double decayNanos) {
        int tick = tick(nowNanos);
        long before;
        long after;
        do {
            before = word;
            double value = value(before);
            double kept = kept(before, tick, decayNanos);
            after = word(sample > value ? sample : value * kept + sample * (1 - kept), later(before, tick));
        } while (before != after && !WORD.compareAndSet(this, before, after));
    }

    /** Fades in time and moves a share of the way to a sample. */
    void step(double sample, double share, long nowNanos, double decayNanos) {
        int tick = tick(nowNanos);
        long before;
        long after;
        do {
            before = word;
            double faded = value(before) * kept(before, tick, decayNanos);
            after = word(faded + (sample - faded) * share, later(before, tick));
        } while (before != after && !WORD.compareAndSet(this, before, after));
    }

    private static double kept(long word, int tick, double decayNanos) {
        int passed = tick - (int) word;
        return passed <= 0 ? 1 : Math.exp(-passed * TICK_NANOS / decayNanos);
    }

    private static int later(long word, int tick) {
        return tick - (int) word > 0 ? tick : (int) word;
    }

    private static int tick(long nanos) {
        return (int) (nanos >> TICK_SHIFT);
    }

    private static double value(long word) {
        return Float.intBitsToFloat((int) (word >>> 32));
    }

    private static long word(double value, int tick) {
        return (long) Float.floatToRawIntBits((float) value) << 32 | tick & 0xffff_ffffL;
    }
}
