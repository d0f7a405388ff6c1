package io.inmesh.config;

import java.util.Map;
import java.util.Objects;

/**
 * One address of a cluster.
 *
 * <p>Source: Envoy {@code LbEndpoint}; Istio {@code WorkloadEntry}.
 *
 * @param host IP address, or a host name resolved when a connection is made
 * @param port TCP port
 * @param weight load balancing weight relative to the other endpoints, unsigned, at least 1
 * @param health what the registry says; only {@link Health#HEALTHY} endpoints are chosen while any is left
 * @param priority 0 is used first; a higher number only as the lower ones fail
 * @param locality {@code region/zone/subzone}, parts may be missing; empty if unknown
 * @param tls whether this endpoint speaks mesh mTLS (Istio's {@code tlsMode=istio})
 * @param labels labels of the workload, for {@code explain} and telemetry
 * @param workload name of the workload instance for {@code explain} and telemetry, empty if unknown
 */
public record EndpointConfig(
        String host,
        int port,
        long weight,
        Health health,
        int priority,
        String locality,
        boolean tls,
        Map<String, String> labels,
        String workload) {

    /** Health as the registry reports it. Source: Envoy {@code core.v3.HealthStatus}. */
    public enum Health {
        /** Takes traffic. */
        HEALTHY,
        /** Takes no traffic unless the panic rule applies. */
        UNHEALTHY,
        /** Takes no new calls; goes on with what it has. */
        DRAINING
    }

    /** Copies the labels and checks ranges. */
    public EndpointConfig {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(health, "health");
        labels = Map.copyOf(labels);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port of endpoint " + host + " must be 1 to 65535: " + port);
        }
        if (weight < 1 || weight > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException(
                    "weight of endpoint " + host + ":" + port + " must be 1 to 4294967295: " + weight);
        }
    }

    /** {@return a healthy plaintext endpoint of weight 1} */
    public static EndpointConfig of(String host, int port) {
        return new EndpointConfig(host, port, 1, Health.HEALTHY, 0, "", false, Map.of(), "");
    }

    /** {@return this endpoint with another weight} */
    public EndpointConfig withWeight(long weight) {
        return new EndpointConfig(host, port, weight, health, priority, locality, tls, labels, workload);
    }

    /** {@return this endpoint with another health} */
    public EndpointConfig withHealth(Health health) {
        return new EndpointConfig(host, port, weight, health, priority, locality, tls, labels, workload);
    }

    /** {@return this endpoint in a locality} */
    public EndpointConfig withLocality(String locality) {
        return new EndpointConfig(host, port, weight, health, priority, locality, tls, labels, workload);
    }

    /** {@return this endpoint in another priority} */
    public EndpointConfig withPriority(int priority) {
        return new EndpointConfig(host, port, weight, health, priority, locality, tls, labels, workload);
    }

    /** {@return this endpoint, speaking mesh mTLS or not} */
    public EndpointConfig withTls(boolean tls) {
        return new EndpointConfig(host, port, weight, health, priority, locality, tls, labels, workload);
    }
}
