package io.inmesh.server.graph;

/**
 * How well calls go. Thresholds are Kiali's defaults: failures (HTTP 5xx, gRPC statuses other than OK, no answer, refusals) degrade from
 * a thousandth and fail from a tenth; HTTP 4xx degrade from a tenth and fail from a fifth. The worse of both counts.
 */
public enum Health {
    /** No call ended. */
    IDLE,
    /** All is well. */
    HEALTHY,
    /** Some calls fail. */
    DEGRADED,
    /** Many calls fail. */
    FAILING;

    private static final double FAILURES_DEGRADE = 0.001;
    private static final double FAILURES_FAIL = 0.1;
    private static final double CLIENT_ERRORS_DEGRADE = 0.1;
    private static final double CLIENT_ERRORS_FAIL = 0.2;

    /** {@return how well these went} */
    public static Health of(Figures.Results results) {
        long known = results.good() + results.failed() + results.rejected();
        if (known == 0) {
            return IDLE;
        }
        double failures = (double) (results.failed() + results.rejected()) / known;
        double clientErrors = (double) results.http4xx() / known;
        return worse(
                level(failures, FAILURES_DEGRADE, FAILURES_FAIL),
                level(clientErrors, CLIENT_ERRORS_DEGRADE, CLIENT_ERRORS_FAIL));
    }

    /** {@return the worse of both} */
    static Health worse(Health one, Health other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static Health level(double share, double degraded, double failing) {
        return share >= failing ? FAILING : share >= degraded ? DEGRADED : HEALTHY;
    }
}
