package io.inmesh.config;

import org.jspecify.annotations.Nullable;

/**
 * What Istio's rules cannot say about how callers treat a cluster that is slow or has too much to do.
 *
 * <p>Source: our own {@code BackendTrafficPolicy}, which travels in the cluster's metadata {@code io.inmesh}.
 *
 * @param chainAwareRetries whether calls made for a request that is itself a repetition are not repeated; on by default, since each
 *     layer that repeats multiplies the load of the layer below
 * @param hedging when a second attempt is sent beside a slow one; null for never
 * @param throttling when calls are refused because the servers refuse too many; null for never, the default: it needs servers that say
 *     that they are overloaded, and refusing locally is a choice the application has to know about
 */
public record ClientPolicyConfig(
        boolean chainAwareRetries,
        @Nullable HedgingConfig hedging,
        @Nullable ThrottlingConfig throttling) {

    /** Chain-aware retries, no hedging, no throttling. */
    public static final ClientPolicyConfig DEFAULT = new ClientPolicyConfig(true, null, null);

    /** {@return this policy with retries that look at the chain of callers, or do not} */
    public ClientPolicyConfig withChainAwareRetries(boolean aware) {
        return new ClientPolicyConfig(aware, hedging, throttling);
    }

    /** {@return this policy with other hedging} */
    public ClientPolicyConfig withHedging(@Nullable HedgingConfig hedging) {
        return new ClientPolicyConfig(chainAwareRetries, hedging, throttling);
    }

    /** {@return this policy with other throttling} */
    public ClientPolicyConfig withThrottling(@Nullable ThrottlingConfig throttling) {
        return new ClientPolicyConfig(chainAwareRetries, hedging, throttling);
    }
}
