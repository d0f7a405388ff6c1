package io.inmesh.load;

import org.jspecify.annotations.Nullable;

/**
 * A report as the value of an HTTP header: {@code TEXT application_utilization=0.5,named_metrics.rif=3,...}.
 *
 * <p>Source: Envoy's header {@code endpoint-load-metrics} in its native form; figures that ORCA has no field for are named metrics. Envoy
 * understands what is written here, and of what others write only what is needed is read.
 */
public final class OrcaText {

    /** Named metric: requests in flight. */
    public static final String REQUESTS_IN_FLIGHT = "rif";

    /** Named metric: median service time in seconds. */
    public static final String SERVICE_TIME = "service_time_seconds";

    private static final String PREFIX = "TEXT ";
    private static final String NAMED = "named_metrics.";
    private static final String UTILIZATION = "application_utilization";
    private static final double NANOS = 1e9;
    /** Longer ones are not read: a report has a few dozen characters. */
    private static final int LONGEST = 2000;

    private OrcaText() {}

    /** {@return the value of a header} */
    public static String write(ServerLoad load) {
        StringBuilder text = new StringBuilder(PREFIX)
                .append(NAMED)
                .append(REQUESTS_IN_FLIGHT)
                .append('=')
                .append(load.requestsInFlight());
        if (load.serviceTimeNanos() != ServerLoad.UNKNOWN) {
            text.append(',').append(NAMED).append(SERVICE_TIME).append('=').append(load.serviceTimeNanos() / NANOS);
        }
        if (load.utilization() >= 0) {
            text.append(',').append(UTILIZATION).append('=').append(load.utilization());
        }
        return text.toString();
    }

    /** {@return what a header says; null if it does not say how many requests are in flight, or any figure that cannot be: negative, infinite, no number} */
    public static @Nullable ServerLoad read(String header) {
        if (!header.startsWith(PREFIX) || header.length() > LONGEST) {
            return null;
        }
        double requests = -1;
        double seconds = 0;
        double utilization = ServerLoad.NOT_SAID;
        for (String pair : header.substring(PREFIX.length()).split(",")) {
            int equals = pair.indexOf('=');
            double value = equals < 0 ? Double.NaN : number(pair.substring(equals + 1));
            if (!possible(value)) {
                return null;
            }
            switch (pair.substring(0, equals).strip()) {
                case NAMED + REQUESTS_IN_FLIGHT -> requests = value;
                case NAMED + SERVICE_TIME -> seconds = value;
                case UTILIZATION -> utilization = value;
                default -> {}
            }
        }
        return of(requests, seconds, utilization);
    }

    /**
     * {@return a load from figures of a report; null if they cannot be}
     *
     * @param requests requests in flight; negative if missing
     * @param seconds service time; 0 if missing
     * @param utilization negative if missing
     */
    public static @Nullable ServerLoad of(double requests, double seconds, double utilization) {
        if (!possible(requests) || !possible(seconds) || !Double.isFinite(utilization)) {
            return null;
        }
        // Both conversions saturate, and the record clamps to what can be.
        return new ServerLoad((int) requests, (long) (seconds * NANOS), utilization);
    }

    private static boolean possible(double value) {
        return value >= 0 && Double.isFinite(value);
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
