package io.inmesh.config;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A group of endpoints that serve the same thing, and how they are called.
 *
 * <p>Source: Envoy {@code Cluster} with its {@code ClusterLoadAssignment}; Istio {@code DestinationRule}.
 *
 * @param name unique name, in Istio's form {@code outbound|9080|v1|reviews.default.svc.cluster.local} when it comes from xDS
 * @param service name of the service it belongs to; clusters of one service share one retry budget
 * @param loadBalancer how an endpoint is chosen
 * @param balancing settings of the algorithms that choose
 * @param connectTimeout longest time to connect, default 10 s as in Istio
 * @param circuitBreaker limits and breaker
 * @param outlierDetection ejection rules
 * @param retryBudget budget of retries of the service
 * @param tls security of connections
 * @param spread how calls are spread over priorities and localities
 * @param clientPolicy how callers treat it while it is slow or has too much to do
 * @param healthCheck how endpoints are asked whether they are well, null for not at all
 * @param endpoints addresses
 * @param deferred whether the endpoints are not known because nobody has asked for them: the first call asks, and waits for them
 * @param origin the resource that shaped this cluster, e.g. {@code DestinationRule default/reviews}; empty if none
 */
public record ClusterConfig(
        String name,
        String service,
        LoadBalancer loadBalancer,
        BalancingConfig balancing,
        Duration connectTimeout,
        CircuitBreakerConfig circuitBreaker,
        OutlierDetectionConfig outlierDetection,
        RetryBudgetConfig retryBudget,
        ClientTlsConfig tls,
        SpreadConfig spread,
        ClientPolicyConfig clientPolicy,
        @Nullable HealthCheckConfig healthCheck,
        List<EndpointConfig> endpoints,
        boolean deferred,
        String origin) {

    /** Istio's default connect timeout. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** Copies the endpoints and checks that nothing is missing. */
    public ClusterConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(service, "service");
        endpoints = List.copyOf(endpoints);
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "connectTimeout of cluster \"" + name + "\" must be positive: " + connectTimeout);
        }
        if (deferred && !endpoints.isEmpty()) {
            throw new IllegalArgumentException("cluster \"" + name + "\" has endpoints, so it cannot be deferred");
        }
    }

    /** {@return an empty plaintext cluster with Istio's defaults: least request, 10 s to connect, no limits, no ejection} */
    public static ClusterConfig of(String name) {
        return new ClusterConfig(
                name,
                name,
                LoadBalancer.LEAST_REQUEST,
                BalancingConfig.DEFAULT,
                DEFAULT_CONNECT_TIMEOUT,
                CircuitBreakerConfig.DEFAULT,
                OutlierDetectionConfig.OFF,
                RetryBudgetConfig.DEFAULT,
                ClientTlsConfig.DISABLED,
                SpreadConfig.DEFAULT,
                ClientPolicyConfig.DEFAULT,
                null,
                List.of(),
                false,
                "");
    }

    /** {@return this cluster with one more plaintext endpoint} */
    public ClusterConfig endpoint(String host, int port) {
        return withEndpoints(Lists.plus(endpoints, EndpointConfig.of(host, port)));
    }

    /** {@return this cluster with other endpoints, which are known by that} */
    public ClusterConfig withEndpoints(List<EndpointConfig> endpoints) {
        Copy copy = new Copy(this);
        copy.endpoints = endpoints;
        copy.deferred = false;
        return copy.toConfig();
    }

    /** {@return this cluster without endpoints, until somebody needs them} */
    public ClusterConfig asDeferred() {
        Copy copy = new Copy(this);
        copy.endpoints = List.of();
        copy.deferred = true;
        return copy.toConfig();
    }

    /** {@return this cluster as a part of another service} */
    public ClusterConfig withService(String service) {
        Copy copy = new Copy(this);
        copy.service = service;
        return copy.toConfig();
    }

    /** {@return this cluster with another way to choose} */
    public ClusterConfig withLoadBalancer(LoadBalancer loadBalancer) {
        Copy copy = new Copy(this);
        copy.loadBalancer = loadBalancer;
        return copy.toConfig();
    }

    /** {@return this cluster with other settings of the algorithms that choose} */
    public ClusterConfig withBalancing(BalancingConfig balancing) {
        Copy copy = new Copy(this);
        copy.balancing = balancing;
        return copy.toConfig();
    }

    /** {@return this cluster with another connect timeout} */
    public ClusterConfig withConnectTimeout(Duration connectTimeout) {
        Copy copy = new Copy(this);
        copy.connectTimeout = connectTimeout;
        return copy.toConfig();
    }

    /** {@return this cluster with other limits} */
    public ClusterConfig withCircuitBreaker(CircuitBreakerConfig circuitBreaker) {
        Copy copy = new Copy(this);
        copy.circuitBreaker = circuitBreaker;
        return copy.toConfig();
    }

    /** {@return this cluster with other ejection rules} */
    public ClusterConfig withOutlierDetection(OutlierDetectionConfig outlierDetection) {
        Copy copy = new Copy(this);
        copy.outlierDetection = outlierDetection;
        return copy.toConfig();
    }

    /** {@return this cluster with another retry budget} */
    public ClusterConfig withRetryBudget(RetryBudgetConfig retryBudget) {
        Copy copy = new Copy(this);
        copy.retryBudget = retryBudget;
        return copy.toConfig();
    }

    /** {@return this cluster with other connection security} */
    public ClusterConfig withTls(ClientTlsConfig tls) {
        Copy copy = new Copy(this);
        copy.tls = tls;
        return copy.toConfig();
    }

    /** {@return this cluster with another policy of its callers} */
    public ClusterConfig withClientPolicy(ClientPolicyConfig clientPolicy) {
        Copy copy = new Copy(this);
        copy.clientPolicy = clientPolicy;
        return copy.toConfig();
    }

    /** {@return this cluster with another spread over priorities and localities} */
    public ClusterConfig withSpread(SpreadConfig spread) {
        Copy copy = new Copy(this);
        copy.spread = spread;
        return copy.toConfig();
    }

    /** {@return this cluster with other checks, null for none} */
    public ClusterConfig withHealthCheck(@Nullable HealthCheckConfig healthCheck) {
        Copy copy = new Copy(this);
        copy.healthCheck = healthCheck;
        return copy.toConfig();
    }

    /** {@return this cluster with the name of the resource that shaped it} */
    public ClusterConfig withOrigin(String origin) {
        Copy copy = new Copy(this);
        copy.origin = origin;
        return copy.toConfig();
    }

    /** The one place that lists all components, so that a new one is added here and nowhere else. */
    private static final class Copy {
        private final String name;
        private String service;
        private LoadBalancer loadBalancer;
        private BalancingConfig balancing;
        private Duration connectTimeout;
        private CircuitBreakerConfig circuitBreaker;
        private OutlierDetectionConfig outlierDetection;
        private RetryBudgetConfig retryBudget;
        private ClientTlsConfig tls;
        private SpreadConfig spread;
        private ClientPolicyConfig clientPolicy;
        private @Nullable HealthCheckConfig healthCheck;
        private List<EndpointConfig> endpoints;
        private boolean deferred;
        private String origin;

        Copy(ClusterConfig from) {
            name = from.name;
            service = from.service;
            loadBalancer = from.loadBalancer;
            balancing = from.balancing;
            connectTimeout = from.connectTimeout;
            circuitBreaker = from.circuitBreaker;
            outlierDetection = from.outlierDetection;
            retryBudget = from.retryBudget;
            tls = from.tls;
            spread = from.spread;
            clientPolicy = from.clientPolicy;
            healthCheck = from.healthCheck;
            endpoints = from.endpoints;
            deferred = from.deferred;
            origin = from.origin;
        }

        ClusterConfig toConfig() {
            return new ClusterConfig(
                    name,
                    service,
                    loadBalancer,
                    balancing,
                    connectTimeout,
                    circuitBreaker,
                    outlierDetection,
                    retryBudget,
                    tls,
                    spread,
                    clientPolicy,
                    healthCheck,
                    endpoints,
                    deferred,
                    origin);
        }
    }
}
