package io.inmesh.source;

import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.RetryBudgetConfig;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads entries of {@code clusters}. */
final class ClusterReader {

    private ClusterReader() {}

    static ClusterConfig read(Section cluster) {
        String name = cluster.required("name");
        ClusterConfig plain = ClusterConfig.of(name);
        return new ClusterConfig(
                name,
                cluster.text("service", name),
                cluster.get("loadBalancer", value -> value.word(LoadBalancer.class), plain.loadBalancer()),
                cluster.section("balancing", BalancingReader::read, plain.balancing()),
                cluster.duration("connectTimeout", plain.connectTimeout()),
                cluster.section("circuitBreaker", ClusterReader::breaker, plain.circuitBreaker()),
                cluster.section("outlierDetection", OutlierReader::read, plain.outlierDetection()),
                cluster.section("retryBudget", ClusterReader::budget, plain.retryBudget()),
                cluster.section("tls", ClusterReader::tls, plain.tls()),
                cluster.section("spread", SpreadReader::read, plain.spread()),
                cluster.section("clientPolicy", ClientPolicyReader::read, plain.clientPolicy()),
                cluster.findSection("healthCheck", HealthCheckReader::read),
                endpoints(cluster.list("endpoints")),
                false,
                cluster.value().place());
    }

    private static CircuitBreakerConfig breaker(Section breaker) {
        CircuitBreakerConfig usual = CircuitBreakerConfig.DEFAULT;
        CircuitBreakerConfig read = new CircuitBreakerConfig(
                breaker.get("maxRequests", Value::whole, usual.maxRequests()),
                breaker.get("maxRetries", Value::whole, usual.maxRetries()),
                breaker.get("failureRatePercent", Value::decimal, (double) usual.failureRatePercent())
                        .floatValue(),
                breaker.integer("minimumCalls", usual.minimumCalls()),
                breaker.integer("window", usual.window()),
                breaker.duration("openDuration", usual.openDuration()),
                breaker.integer("halfOpenCalls", usual.halfOpenCalls()),
                breaker.get("slowCallPercent", Value::decimal, (double) usual.slowCallPercent())
                        .floatValue(),
                breaker.duration("slowCallDuration", usual.slowCallDuration()));
        return read.withConnections(
                breaker.get("maxConnections", Value::whole, usual.maxConnections()),
                breaker.get("maxPendingRequests", Value::whole, usual.maxPendingRequests()));
    }

    private static RetryBudgetConfig budget(Section budget) {
        RetryBudgetConfig usual = RetryBudgetConfig.DEFAULT;
        return new RetryBudgetConfig(
                budget.get("percent", Value::decimal, usual.percent()),
                budget.get("of", value -> value.word(RetryBudgetConfig.Basis.class), usual.basis()),
                budget.integer("minimum", usual.minimum()),
                budget.duration("interval", usual.interval()));
    }

    private static ClientTlsConfig tls(Section tls) {
        return new ClientTlsConfig(
                tls.get("mode", value -> value.word(ClientTlsConfig.Mode.class), ClientTlsConfig.Mode.MESH),
                Set.copyOf(tls.texts("identities")),
                tls.text("sni"));
    }

    private static List<EndpointConfig> endpoints(List<Value> endpoints) {
        return endpoints.stream()
                .map(ClusterReader::endpoint)
                .filter(Objects::nonNull)
                .<EndpointConfig>map(Objects::requireNonNull)
                .toList();
    }

    private static @Nullable EndpointConfig endpoint(Value value) {
        return value.isText() ? address(value) : value.read(ClusterReader::endpoint);
    }

    private static @Nullable EndpointConfig endpoint(Section section) {
        Value addressed = section.get("address");
        if (addressed == null) {
            section.value().report("has no address", "add \"address: host:port\"");
        }
        EndpointConfig address = addressed == null ? null : address(addressed);
        long weight = section.get("weight", Value::whole, 1L);
        Health health = section.get("health", value -> value.word(Health.class), Health.HEALTHY);
        int priority = section.integer("priority", 0);
        String locality = section.text("locality", "");
        boolean tls = section.flag("tls", false);
        var labels = section.textMap("labels");
        String workload = section.text("workload", "");
        return address == null
                ? null
                : new EndpointConfig(
                        address.host(), address.port(), weight, health, priority, locality, tls, labels, workload);
    }

    private static @Nullable EndpointConfig address(Value value) {
        return value.parse(ClusterReader::address, "host:port with a port from 1 to 65535, [host]:port for IPv6");
    }

    private static EndpointConfig address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(text);
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (!bracketed && host.indexOf(':') >= 0) {
            throw new IllegalArgumentException(text);
        }
        return EndpointConfig.of(
                bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(text.substring(colon + 1)));
    }
}
