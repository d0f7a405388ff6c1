package io.inmesh.config;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A group of endpoints that serve the same thing, and how they are called.
 *
 * <p>Source: Envoy {@code Cluster} with its {@code ClusterLoadAssignment}; Istio {@code DestinationRule}.
 *
 * @param name unique name, in Istio's form {@code outbound|9080|v1|reviews.default.svc.cluster.local} when it comes from xDS
 * @param service name of the service it belongs to; clusters of one service share one retry budget
 * @param loadBalancer how an endpoint is chosen
 * @param connectTimeout longest time to connect, default 10 s as in Istio
 * @param circuitBreaker limits and breaker
 * @param outlierDetection ejection rules
 * @param retryBudget budget of retries of the service
 * @param tls security of connections
 * @param endpoints addresses
 * @param origin the resource that shaped this cluster, e.g. {@code DestinationRule default/reviews}; empty if none
 */
public record ClusterConfig(
        String name,
        String service,
        LoadBalancer loadBalancer,
        Duration connectTimeout,
        CircuitBreakerConfig circuitBreaker,
        OutlierDetectionConfig outlierDetection,
        RetryBudgetConfig retryBudget,
        ClientTlsConfig tls,
        List<EndpointConfig> endpoints,
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
    }

    /** {@return an empty plaintext cluster with Istio's defaults: least request, 10 s to connect, no limits, no ejection} */
    public static ClusterConfig of(String name) {
        return new ClusterConfig(
                name,
                name,
                LoadBalancer.LEAST_REQUEST,
                DEFAULT_CONNECT_TIMEOUT,
                CircuitBreakerConfig.DEFAULT,
                OutlierDetectionConfig.OFF,
                RetryBudgetConfig.DEFAULT,
                ClientTlsConfig.DISABLED,
                List.of(),
                "");
    }

    /** {@return this cluster with one more plaintext endpoint} */
    public ClusterConfig endpoint(String host, int port) {
        return withEndpoints(Lists.plus(endpoints, EndpointConfig.of(host, port)));
    }

    /** {@return this cluster with other endpoints} */
    public ClusterConfig withEndpoints(List<EndpointConfig> endpoints) {
        return new ClusterConfig(
                name,
                service,
                loadBalancer,
                connectTimeout,
                circuitBreaker,
                outlierDetection,
                retryBudget,
                tls,
                endpoints,
                origin);
    }

    /** {@return this cluster as a part of another service} */
    public ClusterConfig withService(String service) {
        return new ClusterConfig(
                name,
                service,
                loadBalancer,
                connectTimeout,
                circuitBreaker,
                outlierDetection,
                retryBudget,
                tls,
                endpoints,
                origin);
    }

    /** {@return this cluster with another way to choose} */
    public ClusterConfig withLoadBalancer(LoadBalancer loadBalancer) {
        return new ClusterConfig(
                name,
                service,
                loadBalancer,
                connectTimeout,
                circuitBreaker,
                outlierDetection,
                retryBudget,
                tls,
                endpoints,
                origin);
    }

    /** {@return this cluster with another connect timeout} */
    public ClusterConfig withConnectTimeout(Duration connectTimeout) {
        return new ClusterConfig(
                name,
                service,
                loadBalancer,
                connectTimeout,
                circuitBreaker,
                outlierDetection,
                retryBudget,
                tls,
                endpoints,
                origin);
    }

    /** {@return this cluster with other limits} */
    public ClusterConfig withCircuitBreaker(CircuitBreakerConfig circuitBreaker) {
        return new ClusterConfig(
                name,
                service,
                loadBalancer,
                connectTimeout,
                circuitBreaker,
                outlierDetection,
                retryBudget,
                tls,
                endpoints,
                origin);
    }

    /** {@return this cluster with other ejection rules} */
    public ClusterConfig withOutlierDetection(OutlierDetectionConfig outlierDetection) {
        return new ClusterConfig(
                name,
                service,
                loadBalancer,
                connectTimeout,
                circuitBreaker,
                outlierDetection,
                retryBudget,
                tls,
                endpoints,
                origin);
    }

    /** {@return this cluster with another retry budget} */
    public ClusterConfig withRetryBudget(RetryBudgetConfig retryBudget) {
        return new ClusterConfig(
                name,
                service,
                loadBalancer,
                connectTimeout,
                circuitBreaker,
                outlierDetection,
                retryBudget,
                tls,
                endpoints,
                origin);
    }

    /** {@return this cluster with other connection security} */
    public ClusterConfig withTls(ClientTlsConfig tls) {
        return new ClusterConfig(
                name,
                service,
                loadBalancer,
                connectTimeout,
                circuitBreaker,
                outlierDetection,
                retryBudget,
                tls,
                endpoints,
                origin);
    }

    /** {@return this cluster with the name of the resource that shaped it} */
    public ClusterConfig withOrigin(String origin) {
        return new ClusterConfig(
                name,
                service,
                loadBalancer,
                connectTimeout,
                circuitBreaker,
                outlierDetection,
                retryBudget,
                tls,
                endpoints,
                origin);
    }
}
