package io.inmesh.health;

import io.inmesh.config.HealthCheckConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one cluster that are to be checked.
 *
 * @param service name of the service
 * @param config how
 * @param endpoints whom
 * @param security how connections to each are secured, null for plaintext
 * @param used whether there was a call to the cluster yet
 */
public record CheckTarget(
        String service,
        HealthCheckConfig config,
        List<Endpoint> endpoints,
        Function<Endpoint, @Nullable ConnectionSecurity> security,
        BooleanSupplier used) {}
