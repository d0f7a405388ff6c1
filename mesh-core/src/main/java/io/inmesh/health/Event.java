package io.inmesh.health;

import io.inmesh.endpoint.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * An ejection or a return that listeners have yet to be told about.
 *
 * @param endpoint whose
 * @param durationNanos how long an ejection lasts
 * @param why the reason of an ejection, null for a return
 */
record Event(
        Endpoint endpoint, long durationNanos, @Nullable String why) {

    void tell(OutlierDetection.Listener listener) {
        if (why == null) {
            listener.returned(endpoint);
        } else {
            listener.ejected(endpoint, durationNanos, why);
        }
    }
}
