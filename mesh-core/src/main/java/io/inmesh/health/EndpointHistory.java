package io.inmesh.health;

import io.inmesh.config.EnforcementConfig;
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

    /** {@return what an error in a row leads to; null for nothing} */
    @Nullable
    Finding count(ErrorClass error, OutlierDetectionConfig config) {
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

    private @Nullable Finding reached(OutlierDetectionConfig config) {
        EnforcementConfig enforcement = config.enforcement();
        Finding finding = null;
        if (config.consecutive5xx() > 0 && serverErrors >= config.consecutive5xx()) {
            String why = serverErrors + " server errors in a row";
            finding = new Finding(this, EjectionReason.CONSECUTIVE_5XX, enforcement.consecutive5xx(), why);
        } else if (config.consecutiveGateway() > 0 && gatewayErrors >= config.consecutiveGateway()) {
            String why = gatewayErrors + " gateway errors in a row";
            finding = new Finding(this, EjectionReason.CONSECUTIVE_GATEWAY, enforcement.consecutiveGateway(), why);
        } else if (config.splitLocalOrigin()
                && config.consecutiveLocalOrigin() > 0
                && localErrors >= config.consecutiveLocalOrigin()) {
            String why = localErrors + " local failures in a row";
            finding = new Finding(
                    this, EjectionReason.CONSECUTIVE_LOCAL_ORIGIN, enforcement.consecutiveLocalOrigin(), why);
        }
        if (finding != null) {
            // Also where the cap forbids the ejection: it then takes as many new errors, not a single one.
            forget();
        }
        return finding;
    }

    /**
     * {@return how long the ejection lasts}
     *
     * @param jitterNanos added to what the rules say
     * @param why what to say about it
     */
    long eject(OutlierDetectionConfig config, long nowNanos, long jitterNanos, String why) {
        multiplier++;
        ejected = true;
        ejectedAtNanos = nowNanos;
        long base = config.baseEjectionTime().toNanos();
        long cap = Math.max(base, config.maxEjectionTime().toNanos());
        durationNanos = Math.min(cap, saturatedProduct(base, multiplier)) + jitterNanos;
        endpoint.ejection().eject(why);
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
