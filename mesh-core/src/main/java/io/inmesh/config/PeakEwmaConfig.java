package io.inmesh.config;

import java.time.Duration;
import java.util.Objects;

/**
 * How response times are remembered by endpoint. Source: Finagle and Linkerd {@code peakEwma}.
 *
 * @param decay time after which an old response time counts 1/e, default 10 s
 * @param initialLatency what an endpoint counts as until it has answered, default 30 ms as in Linkerd
 */
public record PeakEwmaConfig(Duration decay, Duration initialLatency) {

    /** Linkerd's values. */
    public static final PeakEwmaConfig DEFAULT = new PeakEwmaConfig(Duration.ofSeconds(10), Duration.ofMillis(30));

    /** Checks that nothing is missing. */
    public PeakEwmaConfig {
        Objects.requireNonNull(decay, "decay");
        Objects.requireNonNull(initialLatency, "initialLatency");
    }
}
