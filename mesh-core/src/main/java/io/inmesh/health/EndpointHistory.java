package io.inmesh.health;

import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.endpoint.Endpoint;
import org.jspecify.annotations.Nullable;

/** What one endpoint's calls experienced lately. Guarded by the lock of its {@link OutlierDetection}. */
final class EndpointHistory {

    private final Endpoint endpoint;
    private int serverErrors;
    private int gatewayErrors;
    private int localErrors;
    private boolean ejected;
    private int multiplier;
    private long ejectedAtNanos;
    private long durationNanos;

    EndpointHistory(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    boolean ejected() {
        return ejected;
    }

    /** {@return why the endpoint should be ejected now; null if it should not} */
    @Nullable
    String count(ErrorClass error, OutlierDetectionConfig config) {
        if (config.splitLocalOrigin()) {
            countSplit(error);
        } else {
            // Unsplit, no answer counts as the 503 or 504 that a proxy would have made of it.
            countAnswer(error == ErrorClass.LOCAL_ORIGIN ? ErrorClass.GATEWAY_ERROR : error);
        }
        endpoint.ejection().suspect(serverErrors + gatewayErrors + localErrors > 0);
        return reached(config);
    }

    private void countSplit(ErrorClass error) {
        if (error == ErrorClass.LOCAL_ORIGIN) {
            localErrors++;
        } else {
            // Any answer proves that the endpoint can be reached.
            localErrors = 0;
            countAnswer(error);
        }
    }

    private void countAnswer(ErrorClass error) {
        serverErrors = error == ErrorClass.NONE ? 0 : serverErrors + 1;
        gatewayErrors = error == ErrorClass.GATEWAY_ERROR ? gatewayErrors + 1 : 0;
    }

    private @Nullable String reached(OutlierDetectionConfig config) {
        String why = null;
        if (config.consecutive5xx() > 0 && serverErrors >= config.consecutive5xx()) {
            why = serverErrors + " server errors in a row";
        } else if (config.consecutiveGateway() > 0 && gatewayErrors >= config.consecutiveGateway()) {
            why = gatewayErrors + " gateway errors in a row";
        } else if (config.splitLocalOrigin()
                && config.consecutiveLocalOrigin() > 0
                && localErrors >= config.consecutiveLocalOrigin()) {
            why = localErrors + " local failures in a row";
        }
        if (why != null) {
            // Also where the cap forbids the ejection: it then takes as many new errors, not a single one.
            forget();
        }
        return why;
    }

    /** {@return how long the ejection lasts} */
    long eject(OutlierDetectionConfig config, long nowNanos) {
        multiplier++;
        ejected = true;
        ejectedAtNanos = nowNanos;
        long base = config.baseEjectionTime().toNanos();
        long cap = Math.max(base, config.maxEjectionTime().toNanos());
        durationNanos = Math.min(cap, saturatedProduct(base, multiplier));
        endpoint.ejection().set(true);
        return durationNanos;
    }

    private static long saturatedProduct(long nanos, int times) {
        return nanos > Long.MAX_VALUE / times ? Long.MAX_VALUE : nanos * times;
    }

    boolean timeIsOver(long nowNanos) {
        return nowNanos - ejectedAtNanos >= durationNanos;
    }

    boolean returnsBefore(EndpointHistory other) {
        return ejectedAtNanos + durationNanos - (other.ejectedAtNanos + other.durationNanos) < 0;
    }

    void giveBack() {
        ejected = false;
        forget();
        endpoint.ejection().set(false);
    }

    void decay() {
        multiplier = Math.max(0, multiplier - 1);
    }

    void forget() {
        serverErrors = 0;
        gatewayErrors = 0;
        localErrors = 0;
        endpoint.ejection().suspect(false);
    }
}
