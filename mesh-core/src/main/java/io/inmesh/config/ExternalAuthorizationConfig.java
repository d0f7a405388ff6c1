package io.inmesh.config;

import io.inmesh.config.AuthorizationConfig.Policy;
import java.util.List;
import java.util.Objects;

/**
 * The requests about which an external authorizer is asked, before any policy of this process decides. Source: Istio {@code
 * AuthorizationPolicy} with {@code action: CUSTOM}, of which a workload has those of one provider only.
 *
 * @param authorizer whom to ask
 * @param policies a request that any of them matches is asked about
 */
public record ExternalAuthorizationConfig(ExternalAuthorizerConfig authorizer, List<Policy> policies) {

    /** Copies the list. */
    public ExternalAuthorizationConfig {
        Objects.requireNonNull(authorizer, "authorizer");
        policies = List.copyOf(policies);
    }
}
