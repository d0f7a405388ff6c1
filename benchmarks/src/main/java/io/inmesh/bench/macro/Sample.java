package io.inmesh.bench.macro;

import org.HdrHistogram.Histogram;

/**
 * One turn of one arm.
 *
 * @param calls calls that ended well
 * @param errors calls that did not
 * @param unsent calls that were planned and not begun
 * @param nanos how long the turn took
 * @param clientCpuNanos processor time of the client
 * @param serverCpuNanos processor time of the backend, added by whoever asks it
 * @param allocatedBytes allocated in the client
 * @param gcMillis garbage collection in the client
 * @param p50Nanos half of the calls were not slower
 * @param p90Nanos nine in ten were not slower
 * @param p99Nanos 99 in a hundred were not slower
 * @param p999Nanos 999 in a thousand were not slower
 * @param maxNanos the slowest call
 */
record Sample(
        long calls,
        long errors,
        long unsent,
        long nanos,
        long clientCpuNanos,
        long serverCpuNanos,
        long allocatedBytes,
        long gcMillis,
        long p50Nanos,
        long p90Nanos,
        long p99Nanos,
        long p999Nanos,
        long maxNanos) {

    static Sample of(Histogram latencies, long errors, long unsent, Usage used) {
        return new Sample(
                latencies.getTotalCount(),
                errors,
                unsent,
                used.nanos(),
                used.cpuNanos(),
                0,
                used.allocatedBytes(),
                used.gcMillis(),
                latencies.getValueAtPercentile(50),
                latencies.getValueAtPercentile(90),
                latencies.getValueAtPercentile(99),
                latencies.getValueAtPercentile(99.9),
                latencies.getMaxValue());
    }

    /** {@return this turn with what the backend used meanwhile} */
    Sample withServerCpu(long cpuNanos) {
        return new Sample(
                calls,
                errors,
                unsent,
                nanos,
                clientCpuNanos,
                cpuNanos,
                allocatedBytes,
                gcMillis,
                p50Nanos,
                p90Nanos,
                p99Nanos,
                p999Nanos,
                maxNanos);
    }

    double callsPerSecond() {
        return calls * 1e9 / nanos;
    }

    /** {@return calls per second of processor time of both ends: throughput as it would be if nobody else were there} */
    double callsPerCpuSecond() {
        return calls * 1e9 / (clientCpuNanos + serverCpuNanos);
    }

    double bytesPerCall() {
        return (double) allocatedBytes / calls;
    }
}
