package io.inmesh.config;

import java.time.Duration;
import java.util.Objects;

/**
 * How endpoints are chosen by what they say about their load. Source: Prequal (Wydrowski et al., NSDI 2024), with a smaller pool and
 * reports on every response.
 *
 * @param rule how one of the samples is chosen
 * @param poolSize samples kept; {@link #ADAPTIVE} for 3 to 8 by own load, which is the default
 * @param probesPerCall probes sent per call at most, 0 to 1, default 0.5; fewer where responses tell enough
 * @param sampleMaxAge after which a sample is not used any more, default 1 s
 * @param qRif for {@link Rule#HCL}: the quantile of requests in flight above which an endpoint is hot, 0 to 1, default 0.6
 */
public record ProbingConfig(Rule rule, int poolSize, double probesPerCall, Duration sampleMaxAge, double qRif) {

    /** As many samples as suit the own load, 3 to 8. */
    public static final int ADAPTIVE = 0;

    /** Most samples that can be kept. */
    public static final int LARGEST_POOL = 16;

    /** The defaults. */
    public static final ProbingConfig DEFAULT =
            new ProbingConfig(Rule.FRESH_SED, ADAPTIVE, 0.5, Duration.ofSeconds(1), 0.6);

    /** How one of the samples is chosen. */
    public enum Rule {
        /** Shortest expected delay: requests in flight times service time, with own requests, errors and stalls counted in. */
        FRESH_SED,
        /** Hot-cold lexicographic: the lowest latency among those that are not hot; the fewest in flight if all are. */
        HCL
    }

    /** Checks that nothing is missing. */
    public ProbingConfig {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(sampleMaxAge, "sampleMaxAge");
    }
}
