package io.inmesh.server.rollout;

import io.inmesh.server.graph.Sample;
import java.time.Instant;

/**
 * What an analysis found.
 *
 * @param time when
 * @param verdict what follows
 * @param reason why, in one sentence
 * @param stable figures of the version there was
 * @param canary figures of the new one
 */
record Finding(Instant time, Verdict verdict, String reason, Numbers stable, Numbers canary) {

    /** What follows from an analysis. */
    enum Verdict {
        /** The canary keeps to every criterion. */
        GOOD,
        /** It certainly does not keep to one. */
        BAD,
        /** There is too little to tell. */
        INCONCLUSIVE
    }

    /**
     * Figures of one version.
     *
     * @param requests requests that ended
     * @param failed how many of them failed
     * @param millis duration at the quantile that is looked at; NaN if none is, or none is known
     */
    record Numbers(long requests, long failed, double millis) {

        static Numbers of(Sample sample, double quantile) {
            return new Numbers(
                    sample.requests(), sample.failed(), quantile == 0 ? Double.NaN : sample.quantile(quantile));
        }
    }
}
