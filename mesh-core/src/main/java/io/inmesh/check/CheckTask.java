package io.inmesh.check;

import io.inmesh.config.HealthCheckConfig.Protocol;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import org.jspecify.annotations.Nullable;

/**
 * One question to one endpoint.
 *
 * @param endpoint whom to ask
 * @param service name of the service it belongs to
 * @param security how the connection is secured, null for plaintext
 * @param protocol what to ask
 * @param timeoutNanos how long an answer is waited for; whoever asks need not measure it
 */
public record CheckTask(
        Endpoint endpoint,
        String service,
        @Nullable ConnectionSecurity security,
        Protocol protocol,
        long timeoutNanos) {

    /** {@return the service's host name, without a port} */
    public String serviceHost() {
        int colon = service.lastIndexOf(':');
        return colon < 0 ? service : service.substring(0, colon);
    }
}
