package io.inmesh.config;

import java.util.Map;
import java.util.Objects;

/**
 * One address of a cluster.
 *
 * <p>Source: Envoy {@code LbEndpoint}; Istio {@code WorkloadEntry}.
 *
 * @param host IP address, or a host name
 * @param port TCP port
 * @param weight load balancing weight relative to the other endpoints, unsigned, at least 1
 * @param health what the registry says; only {@link Health#HEALTHY} endpoints are chosen while any is left
 * @param priority 0 is used first; a higher number only as the lower ones fail
 * @param locality {@code region/zone/subzone}, parts may be missing; empty if unknown
 * @param tls whether this endpoint speaks mesh mTLS (Istio's {@code tlsMode=istio})
 * @param labels labels of the workload, for {@code explain} and telemetry
 * @param workload name of the workload instance for {@code explain} and telemetry, empty if unknown
 * @param address IP address that new connections go to if the host is a name that was resolved, as with Envoy's {@code LOGICAL_DNS};
 *     empty to go to the host, which is then resolved when a connection is made
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
        String workload,
        String address) {

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
        Objects.requireNonNull(address, "address");
        labels = Map.copyOf(labels);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port of endpoint " + host + " must be 1 to 65535: " + port);
        }
        if (weight < 1 || weight > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException(
                    "weight of endpoint " + host + ":" + port + " must be 1 to 4294967295: " + weight);
        }
    }

    /** An endpoint whose connections go to its host. */
    public EndpointConfig(
            String host,
            int port,
            long weight,
            Health health,
            int priority,
            String locality,
            boolean tls,
            Map<String, String> labels,
            String workload) {
        this(host, port, weight, health, priority, locality, tls, labels, workload, "");
    }

    /** {@return a healthy plaintext endpoint of weight 1} */
    public static EndpointConfig of(String host, int port) {
        return new EndpointConfig(host, port, 1, Health.HEALTHY, 0, "", false, Map.of(), "");
    }

    /** {@return this endpoint with another weight} */
    public EndpointConfig withWeight(long weight) {
        return new EndpointConfig(host, port, weight, health, priority, locality, tls, labels, workload, address);
    }

    /** {@return this endpoint with another health} */
    public EndpointConfig withHealth(Health health) {
        return new EndpointConfig(host, port, weight, health, priority, locality, tls, labels, workload, address);
    }

    /** {@return this endpoint in a locality} */
    public EndpointConfig withLocality(String locality) {
        return new EndpointConfig(host, port, weight, health, priority, locality, tls, labels, workload, address);
    }

    /** {@return this endpoint in another priority} */
    public EndpointConfig withPriority(int priority) {
        return new EndpointConfig(host, port, weight, health, priority, locality, tls, labels, workload, address);
    }

    /** {@return this endpoint, whose new connections go to an IP address} */
    public EndpointConfig withAddress(String address) {
        return new EndpointConfig(host, port, weight, health, priority, locality, tls, labels, workload, address);
    }

    /** {@return this endpoint at another host, named after this one unless it has a name already} */
    public EndpointConfig resolvedTo(String ip) {
        String name = workload.isEmpty() ? host : workload;
        return new EndpointConfig(ip, port, weight, health, priority, locality, tls, labels, name, "");
    }

    /** {@return this endpoint, speaking mesh mTLS or not} */
    public EndpointConfig withTls(boolean tls) {
        return new EndpointConfig(host, port, weight, health, priority, locality, tls, labels, workload, address);
    }
}
