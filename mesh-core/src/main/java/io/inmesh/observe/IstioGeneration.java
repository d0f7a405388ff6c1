package io.inmesh.observe;

import io.inmesh.config.MetricsConfig.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Meters with one set of labels. Registries want the same labels on all meters of a name, so when overrides change, these go and others are
 * made; a call that ends in between may be counted in a meter that nobody reads any more.
 */
final class IstioGeneration {

    private final MeterFactory meters;
    private final IstioTags tags;
    private final ReentrantLock lock = new ReentrantLock();
    /** How many hold each: labels that are removed can make the meters of several pairs one. */
    private final Map<Meter, Integer> made = new HashMap<>();

    private boolean over;

    IstioGeneration(MeterFactory meters, IstioTags tags) {
        this.meters = meters;
        this.tags = tags;
    }

    /** {@return the labels of a metric; null if it is not to be kept} */
    @Nullable
    Tags tags(String reporter, Metric metric, Map<String, String> labels) {
        return tags.disabled(reporter, metric) ? null : tags.of(metric, labels);
    }

    @Nullable
    Counter counter(String name, String description, Tags labels) {
        lock.lock();
        try {
            return over ? null : keep(meters.counter(name, description, labels));
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    DistributionSummary summary(String name, String description, Tags labels, double[] buckets) {
        lock.lock();
        try {
            return over ? null : keep(meters.summary(name, description, labels, buckets));
        } finally {
            lock.unlock();
        }
    }

    private <T extends Meter> T keep(T meter) {
        made.merge(meter, 1, Integer::sum);
        return meter;
    }

    /** Takes those of its meters out of the registry that nobody else holds. */
    void remove(List<Meter> meters) {
        lock.lock();
        try {
            for (Meter meter : meters) {
                Integer left = made.computeIfPresent(meter, (m, holders) -> holders > 1 ? holders - 1 : 0);
                if (left != null && left == 0) {
                    made.remove(meter);
                    this.meters.registry().remove(meter);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes all its meters out of the registry. */
    void end() {
        lock.lock();
        try {
            over = true;
            made.keySet().forEach(meters.registry()::remove);
            made.clear();
        } finally {
            lock.unlock();
        }
    }
}
