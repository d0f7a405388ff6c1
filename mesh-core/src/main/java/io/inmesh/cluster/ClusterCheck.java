package io.inmesh.cluster;

import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.Durations;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.FieldProblems;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.identity.SpiffeId;

/** Finds what is wrong with a cluster. What passes here compiles. */
public final class ClusterCheck {

    private ClusterCheck() {}

    /** Reports everything that is wrong with a cluster. */
    public static void check(ClusterConfig cluster, FieldProblems problems) {
        if (cluster.name().isEmpty()) {
            problems.report("name", "is empty", "name the cluster");
        }
        if (cluster.service().isEmpty()) {
            problems.report("service", "is empty", "name the service whose retry budget it shares");
        }
        Durations.checkPositive("connectTimeout", cluster.connectTimeout(), problems);
        BalancingCheck.check(cluster.balancing(), problems.within("balancing"));
        breaker(cluster.circuitBreaker(), problems.within("circuitBreaker"));
        outliers(cluster.outlierDetection(), problems.within("outlierDetection"));
        if (cluster.healthCheck() != null) {
            HealthCheckCheck.check(cluster.healthCheck(), problems.within("healthCheck"));
        }
        if (cluster.tls().mode() == ClientTlsConfig.Mode.ORIGINATE
                && cluster.tls().origination() == null) {
            problems.report(
                    "tls.mode",
                    "is ORIGINATE, which needs certificates that this file cannot hold",
                    "use a control plane and a DestinationRule with mode SIMPLE or MUTUAL");
        }
        for (String identity : cluster.tls().identities()) {
            identity(identity, problems.within("tls"));
        }
        for (int i = 0; i < cluster.endpoints().size(); i++) {
            EndpointConfig endpoint = cluster.endpoints().get(i);
            if (endpoint.host().isEmpty()) {
                problems.report("endpoints[" + i + "].host", "is empty", "give an IP address or a host name");
            }
            if (endpoint.priority() < 0) {
                problems.report(
                        "endpoints[" + i + "].priority", "is " + endpoint.priority(), "use 0 for what is used first");
            }
        }
    }

    private static void breaker(CircuitBreakerConfig breaker, FieldProblems problems) {
        if (!breaker.breaks()) {
            return;
        }
        if (breaker.halfOpenCalls() < 1) {
            problems.report("halfOpenCalls", "is " + breaker.halfOpenCalls(), "use at least 1 call");
        }
        Durations.checkPositive("slowCallDuration", breaker.slowCallDuration(), problems);
        Durations.checkPositive("openDuration", breaker.openDuration(), problems);
        if (breaker.window() < 1) {
            problems.report("window", "is " + breaker.window(), "use at least 1 call");
        }
        if (breaker.minimumCalls() < 1) {
            problems.report("minimumCalls", "is " + breaker.minimumCalls(), "use at least 1 call");
        }
    }

    private static void outliers(OutlierDetectionConfig outliers, FieldProblems problems) {
        Durations.checkPositive("interval", outliers.interval(), problems);
        Durations.checkPositive("baseEjectionTime", outliers.baseEjectionTime(), problems);
        Durations.checkPositive("maxEjectionTime", outliers.maxEjectionTime(), problems);
        if (outliers.maxEjectionJitter().isNegative()) {
            problems.report("maxEjectionJitter", "is " + outliers.maxEjectionJitter(), "use 0s for none");
        }
        notNegative("consecutive5xx", outliers.consecutive5xx(), problems);
        notNegative("consecutiveGateway", outliers.consecutiveGateway(), problems);
        notNegative("consecutiveLocalOrigin", outliers.consecutiveLocalOrigin(), problems);
    }

    private static void notNegative(String field, int value, FieldProblems problems) {
        if (value < 0) {
            problems.report(field, "is " + value, "use 0 for never, or a number of errors");
        }
    }

    private static void identity(String identity, FieldProblems problems) {
        try {
            SpiffeId.parse(identity);
        } catch (IllegalArgumentException e) {
            problems.report(
                    "identities",
                    String.valueOf(e.getMessage()),
                    "write spiffe://<trust domain>/ns/<namespace>/sa/<service account>");
        }
    }
}
