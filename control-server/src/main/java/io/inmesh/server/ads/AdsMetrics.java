package io.inmesh.server.ads;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What the discovery service counts. Types are tagged by their short name, such as {@code Cluster}; unknown ones as {@code other}. */
final class AdsMetrics {
    /** Buckets up to what one response may have that can be split. */
    private static final double[] SIZES = {
        1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, Outbound.MAX_RESPONSE_BYTES
    };

    private final MeterRegistry meters;
    private final Map<String, Counter> pushes = new ConcurrentHashMap<>();
    private final Map<String, DistributionSummary> sizes = new ConcurrentHashMap<>();
    private final Map<String, Counter> rejections = new ConcurrentHashMap<>();
    private final Timer convergence;
    private final Counter notConverged;

    AdsMetrics(MeterRegistry meters, Supplier<Number> clients, Supplier<Number> ailing) {
        this.meters = meters;
        this.convergence = Timer.builder("inmesh.ads.convergence")
                .description("From a change to the last connected client's acknowledgement")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(30))
                .register(meters);
        this.notConverged = Counter.builder("inmesh.ads.not.converged")
                .description("Pushes that some client did not acknowledge in time")
                .register(meters);
        Gauge.builder("inmesh.ads.clients", clients)
                .description("Connected clients")
                .register(meters);
        Gauge.builder("inmesh.ads.certificates.ailing", ailing)
                .description("Connected clients whose certificate should have been renewed long ago, or has ended")
                .register(meters);
    }

    void pushed(String typeUrl, int bytes) {
        pushes.computeIfAbsent(tag(typeUrl), type -> counter("inmesh.ads.pushes", "Responses sent", type))
                .increment();
        sizes.computeIfAbsent(tag(typeUrl), this::size).record(bytes);
    }

    private DistributionSummary size(String type) {
        return DistributionSummary.builder("inmesh.ads.push.size")
                .description("How long responses are")
                .baseUnit("bytes")
                .tag("type", type)
                .serviceLevelObjectives(SIZES)
                .register(meters);
    }

    void rejected(String typeUrl) {
        rejections
                .computeIfAbsent(
                        tag(typeUrl), type -> counter("inmesh.ads.rejections", "Responses rejected (NACK)", type))
                .increment();
    }

    void converged(Duration time) {
        convergence.record(time);
    }

    void notConverged() {
        notConverged.increment();
    }

    private Counter counter(String name, String description, String type) {
        return Counter.builder(name).description(description).tag("type", type).register(meters);
    }

    private static String tag(String typeUrl) {
        return PushOrder.served(typeUrl) ? typeUrl.substring(typeUrl.lastIndexOf('.') + 1) : "other";
    }
}
