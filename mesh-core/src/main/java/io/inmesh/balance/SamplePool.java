package io.inmesh.balance;

import io.inmesh.config.ProbingConfig;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A few recent samples, at most one of each endpoint. Lock-free: a sample that is overwritten by another thread is as good as one that
 * was never received.
 */
final class SamplePool {

    private final AtomicReferenceArray<@Nullable Sample> slots = new AtomicReferenceArray<>(ProbingConfig.LARGEST_POOL);
    private final long maxAgeNanos;

    SamplePool(long maxAgeNanos) {
        this.maxAgeNanos = maxAgeNanos;
    }

    /** Takes a sample: in place of the one of the same endpoint, or into an empty place, or in place of the oldest. */
    void add(Sample sample, int size, long nowNanos) {
        int place = -1;
        int oldest = 0;
        long oldestAge = -1;
        for (int i = 0; i < slots.length(); i++) {
            Sample held = slots.get(i);
            if (held == null) {
                place = place < 0 && i < size ? i : place;
            } else if (held.endpoint() == sample.endpoint()) {
                if (held.atNanos() - sample.atNanos() <= 0) {
                    slots.set(i, sample);
                }
                return;
            } else if (i >= size) {
                slots.compareAndSet(i, held, null);
            } else if (nowNanos - held.atNanos() > oldestAge) {
                oldestAge = nowNanos - held.atNanos();
                oldest = i;
            }
        }
        slots.set(place < 0 ? oldest : place, sample);
    }

    int places() {
        return slots.length();
    }

    /** {@return a sample that is not too old; null if that place has none} */
    @Nullable
    Sample at(int place, long nowNanos) {
        Sample sample = slots.get(place);
        if (sample != null && nowNanos - sample.atNanos() > maxAgeNanos) {
            slots.compareAndSet(place, sample, null);
            return null;
        }
        return sample;
    }

    /** Takes a sample out if it is still in its place. */
    void remove(int place, Sample sample) {
        slots.compareAndSet(place, sample, null);
    }

    /** {@return how many samples there are, not counting those that are too old} */
    int live(long nowNanos) {
        int live = 0;
        for (int i = 0; i < slots.length(); i++) {
            live += at(i, nowNanos) == null ? 0 : 1;
        }
        return live;
    }

    /** Takes out the oldest. */
    void removeOldest(long nowNanos) {
        int oldest = -1;
        long oldestAge = -1;
        for (int i = 0; i < slots.length(); i++) {
            Sample sample = at(i, nowNanos);
            if (sample != null && nowNanos - sample.atNanos() > oldestAge) {
                oldest = i;
                oldestAge = nowNanos - sample.atNanos();
            }
        }
        if (oldest >= 0) {
            slots.set(oldest, null);
        }
    }

    /** Takes out the one that a rule likes least. */
    void removeWorst(SampleRule rule, long nowNanos) {
        int worst = -1;
        Sample worstSample = null;
        for (int i = 0; i < slots.length(); i++) {
            Sample sample = at(i, nowNanos);
            if (sample != null && (worstSample == null || rule.better(worstSample, sample, nowNanos))) {
                worst = i;
                worstSample = sample;
            }
        }
        if (worst >= 0) {
            slots.set(worst, null);
        }
    }
}
