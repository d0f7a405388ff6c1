package io.inmesh.health;

import io.inmesh.endpoint.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * An ejection or a return that listeners have yet to be told about.
 *
 * @param endpoint whose
 * @param durationNanos how long an ejection lasts
 * @param finding why it was ejected, null for a return
 */
record Event(
        Endpoint endpoint, long durationNanos, @Nullable Finding finding) {

    void tell(OutlierDetection.Listener listener) {
        if (finding == null) {
            listener.returned(endpoint);
        } else {
            listener.ejected(endpoint, finding.reason(), durationNanos, finding.why());
        }
    }
}
