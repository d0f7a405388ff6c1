package io.inmesh.health;

import io.inmesh.config.HealthCheckConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.PeerExpectation;
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
 * @param security whom each must prove to be
 * @param used whether there was a call to the cluster yet
 */
public record CheckTarget(
        String service,
        HealthCheckConfig config,
        List<Endpoint> endpoints,
        Function<Endpoint, @Nullable PeerExpectation> security,
        BooleanSupplier used) {}
