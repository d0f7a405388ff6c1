package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Experience;

/**
 * The shortest expected delay: service time times requests in flight, the one to come included. An endpoint that fails, or from which
 * nothing has come back for longer than it should take, counts as slower.
 *
 * <p>Source: shortest expected delay routing, with the score of Prequal's and C3's comparison: server-reported figures, corrected by what
 * this process knows better.
 */
final class ShortestDelay implements SampleRule {

    /** After this many service times without any answer an endpoint begins to look stalled. */
    private static final double PATIENCE = 3;

    @Override
    public boolean better(Sample first, Sample second, long nowNanos) {
        return score(first, nowNanos) < score(second, nowNanos);
    }

    /** {@return nanoseconds until an endpoint is expected to answer; lower is better} */
    static double score(Sample sample, long nowNanos) {
        Endpoint endpoint = sample.endpoint();
        Experience experience = endpoint.experience();
        double serviceTime = sample.serviceTimeNanos();
        double worse = 1;
        if (experience != null) {
            int inFlight = endpoint.inFlight();
            if (serviceTime == 0) {
                serviceTime = experience.latencyNanos(inFlight, nowNanos);
            }
            worse = 1 + PeakEwma.ERROR_FACTOR * experience.errorShare(inFlight, nowNanos);
            if (inFlight > 0) {
                double stall = experience.quietNanos(nowNanos) / (PATIENCE * Math.max(1, serviceTime));
                worse *= 1 + stall * stall;
            }
        }
        return (sample.requestsInFlight() + 1.0)
                * serviceTime
                * worse
                / endpoint.config().weight();
    }
}
