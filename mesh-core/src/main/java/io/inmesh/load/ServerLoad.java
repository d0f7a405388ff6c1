package io.inmesh.load;

/**
 * What a server says about its load at one moment.
 *
 * <p>Source: ORCA {@code OrcaLoadReport}; requests in flight and service time are named metrics in it, after Prequal (Wydrowski et al.,
 * NSDI 2024).
 *
 * @param requestsInFlight requests it works on, at least 0 and at most {@link #MOST_REQUESTS}
 * @param serviceTimeNanos median time of recent requests that arrived at about that number in flight, in nanoseconds, at most {@link
 *     #LONGEST_NANOS}; {@link #UNKNOWN} if it has not served any
 * @param utilization share of what the application can do, 1 and above if overloaded, finite; negative if not said
 */
public record ServerLoad(int requestsInFlight, long serviceTimeNanos, double utilization) {

    /** The server has not served any request yet. */
    public static final long UNKNOWN = 0;

    /** No utilization was reported. */
    public static final double NOT_SAID = -1;

    /** More requests in flight than this are read as this. */
    public static final int MOST_REQUESTS = 1_000_000;

    /** Longer service times than this, one minute, are read as this. */
    public static final long LONGEST_NANOS = 60_000_000_000L;

    /** {@return a load without utilization, clamped to what can be} */
    public static ServerLoad of(int requestsInFlight, long serviceTimeNanos) {
        return new ServerLoad(requestsInFlight, serviceTimeNanos, NOT_SAID);
    }

    /** Clamps each figure to what can be. */
    public ServerLoad {
        requestsInFlight = Math.max(0, Math.min(requestsInFlight, MOST_REQUESTS));
        serviceTimeNanos = Math.max(UNKNOWN, Math.min(serviceTimeNanos, LONGEST_NANOS));
        utilization = utilization >= 0 && utilization < Double.POSITIVE_INFINITY ? utilization : NOT_SAID;
    }
}
