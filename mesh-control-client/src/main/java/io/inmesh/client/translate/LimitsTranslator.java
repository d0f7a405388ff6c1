package io.inmesh.client.translate;

import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.xds.cluster.CircuitBreakers.Thresholds;
import io.inmesh.xds.core.Metadata;

/** Limits of a cluster, and its failure-rate breaker, which stands in metadata {@code io.inmesh}, field {@code circuitBreaker}. */
final class LimitsTranslator {

    private static final String FIELD = "circuitBreaker";

    private final ResourceReader reader;

    LimitsTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    /** @throws InvalidResourceException if a value is out of range */
    CircuitBreakerConfig translate(Thresholds thresholds, Metadata metadata) {
        CircuitBreakerConfig none = CircuitBreakerConfig.DEFAULT;
        MeshMetadata breaker = MeshMetadata.of(metadata).section(FIELD);
        try {
            CircuitBreakerConfig read = new CircuitBreakerConfig(
                    thresholds.hasMaxRequests() ? Values.unsigned(thresholds.getMaxRequests()) : none.maxRequests(),
                    thresholds.hasMaxRetries() ? Values.unsigned(thresholds.getMaxRetries()) : none.maxRetries(),
                    (float) breaker.number("failureRatePercent", none.failureRatePercent()),
                    breaker.whole("minimumCalls", none.minimumCalls()),
                    breaker.whole("window", none.window()),
                    breaker.duration("openDuration", none.openDuration()),
                    breaker.whole("halfOpenCalls", none.halfOpenCalls()),
                    (float) breaker.number("slowCallPercent", none.slowCallPercent()),
                    breaker.duration("slowCallDuration", none.slowCallDuration()));
            return read.withConnections(
                    thresholds.hasMaxConnections()
                            ? Values.unsigned(thresholds.getMaxConnections())
                            : none.maxConnections(),
                    thresholds.hasMaxPendingRequests()
                            ? Values.unsigned(thresholds.getMaxPendingRequests())
                            : none.maxPendingRequests());
        } catch (IllegalArgumentException outOfRange) {
            throw reader.invalid("metadata.io.inmesh." + FIELD, String.valueOf(outOfRange.getMessage()));
        }
    }
}
