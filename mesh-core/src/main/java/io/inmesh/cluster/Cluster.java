package io.inmesh.cluster;

import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.OutlierDetection;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.SpiffeId;
import io.inmesh.limit.ClusterLimits;
import io.inmesh.retry.RetryBudget;
import io.inmesh.time.Randomness;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One group of endpoints, compiled, with its live state. */
public final class Cluster {

    private final ClusterConfig config;
    private final boolean missing;
    private final Endpoint[] endpoints;
    private final Randomness randomness;
    private final @Nullable PeerExpectation expectation;
    private final RetryBudget retryBudget;
    private final ClusterLimits limits;
    private final OutlierDetection outlierDetection;
    private final ClusterLoad load;

    /** Makes a cluster. */
    public Cluster(
            ClusterConfig config,
            boolean missing,
            List<Endpoint> endpoints,
            Randomness randomness,
            RetryBudget retryBudget,
            ClusterLimits limits,
            OutlierDetection outlierDetection,
            ClusterLoad load) {
        this.config = config;
        this.missing = missing;
        this.endpoints = endpoints.toArray(new Endpoint[0]);
        this.randomness = randomness;
        this.retryBudget = retryBudget;
        this.limits = limits;
        this.outlierDetection = outlierDetection;
        this.load = load;
        this.expectation = config.tls().mode() == ClientTlsConfig.Mode.DISABLE
                ? null
                : new PeerExpectation(
                        config.tls().identities().stream().map(SpiffeId::parse).collect(Collectors.toSet()),
                        config.tls().sni() == null
                                ? config.service()
                                : config.tls().sni());
    }

    /** {@return its name} */
    public String name() {
        return config.name();
    }

    /** {@return the service it belongs to} */
    public String service() {
        return config.service();
    }

    /** {@return what it was compiled from} */
    public ClusterConfig config() {
        return config;
    }

    /** {@return whether a route named it and there is none} */
    public boolean missing() {
        return missing;
    }

    /** {@return its endpoints} */
    public List<Endpoint> endpoints() {
        return List.of(endpoints);
    }

    /** {@return an endpoint, one not tried yet and in rotation while any is left; null if there are none} */
    public @Nullable Endpoint pick(@Nullable Tried tried) {
        if (endpoints.length == 0) {
            return null;
        }
        int start = endpoints.length == 1 ? 0 : randomness.below(endpoints.length);
        Endpoint fallback = null;
        for (int i = 0; i < endpoints.length; i++) {
            Endpoint endpoint = endpoints[(start + i) % endpoints.length];
            boolean usable = !endpoint.ejection().ejected() && endpoint.config().health() == Health.HEALTHY;
            if (usable && (tried == null || !tried.contains(endpoint))) {
                return endpoint;
            }
            if (fallback == null || usable) {
                fallback = endpoint;
            }
        }
        return fallback;
    }

    /** {@return whom an endpoint must prove to be, null for plaintext} */
    public @Nullable PeerExpectation security(Endpoint endpoint) {
        return config.tls().mode() == ClientTlsConfig.Mode.AUTO
                        && !endpoint.config().tls()
                ? null
                : expectation;
    }

    /** {@return longest time to connect} */
    public long connectTimeoutNanos() {
        return config.connectTimeout().toNanos();
    }

    /** {@return the budget of its service} */
    public RetryBudget retryBudget() {
        return retryBudget;
    }

    /** {@return its limits} */
    public ClusterLimits limits() {
        return limits;
    }

    /** {@return its outlier detection} */
    public OutlierDetection outlierDetection() {
        return outlierDetection;
    }

    /** {@return its counters} */
    public ClusterLoad load() {
        return load;
    }

    /** {@return what it has to choose from} */
    public PickReport explainPick(@Nullable Tried tried) {
        int ejected = 0;
        for (Endpoint endpoint : endpoints) {
            ejected += endpoint.ejection().ejected() ? 1 : 0;
        }
        return new PickReport(endpoints.length, ejected, tried == null ? 0 : tried.size());
    }
}
