package io.inmesh.testkit.simulation;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What a simulation measured. Calls count if they began while it measured; they are followed to their end.
 *
 * @param calls calls that began
 * @param ended how many of them have ended
 * @param errors how many of those did not succeed
 * @param attempts attempts that reached a fleet meanwhile, retries and hedges included
 * @param retries retries decided on meanwhile
 * @param ejections endpoints taken out of rotation, by any process, from the beginning on
 * @param latencies nanoseconds from beginning to end of a call, failed ones included, to three digits
 * @param goodput calls that succeeded, by the time they ended, from the beginning on
 * @param arrivals attempts by the time they reached a fleet, from the beginning on
 * @param fingerprint equal for two runs that went the same way
 */
public record Report(
        long calls,
        long ended,
        long errors,
        long attempts,
        long retries,
        long ejections,
        Histogram latencies,
        TimeLine goodput,
        TimeLine arrivals,
        long fingerprint) {

    /** {@return latency that a share of calls did not exceed} */
    public Duration percentile(double percent) {
        return Duration.ofNanos(latencies.getValueAtPercentile(percent));
    }

    /** {@return mean latency} */
    public Duration mean() {
        return Duration.ofNanos((long) latencies.getMean());
    }

    /** {@return share of ended calls that did not succeed, 0 to 1} */
    public double errorRate() {
        return ended == 0 ? 0 : errors / (double) ended;
    }

    /** {@return attempts per call: 1 without retries} */
    public double amplification() {
        return calls == 0 ? 0 : attempts / (double) calls;
    }
}
