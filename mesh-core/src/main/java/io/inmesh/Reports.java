package io.inmesh;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.inmesh.cluster.Cluster;
import io.inmesh.cluster.ClusterLoad.LocalityShare;
import io.inmesh.config.RateLimitConfig;
import io.inmesh.endpoint.CheckState;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.inbound.InboundTraffic;
import io.inmesh.inbound.SourceTable;
import io.inmesh.limit.ConcurrencyLimit;
import io.inmesh.snapshot.Snapshot;
import io.inmesh.spi.LoadReport;
import io.inmesh.spi.LoadReport.Unusable.Cause;
import io.inmesh.spi.MeshStatus;
import io.inmesh.tally.PassedThrough;
import io.inmesh.tally.RouteTraffic;
import io.inmesh.tally.UnroutedTraffic;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the live state of a snapshot into reports. */
final class Reports {

    private Reports() {}

    static List<MeshStatus.ClusterStatus> clusters(Snapshot snapshot, Function<Cluster, String> healthCheck) {
        return snapshot.clusters().stream()
                .map(cluster -> cluster(cluster, healthCheck.apply(cluster)))
                .sorted(Comparator.comparing(MeshStatus.ClusterStatus::name))
                .toList();
    }

    private static MeshStatus.ClusterStatus cluster(Cluster cluster, String healthCheck) {
        CircuitBreaker breaker = cluster.limits().breaker();
        return new MeshStatus.ClusterStatus(
                cluster.name(),
                cluster.service(),
                cluster.limits().requestsInFlight(),
                breaker == null ? "" : breaker.getState().name(),
                cluster.retryBudget().available(),
                healthCheck,
                cluster.endpoints().stream().map(Reports::endpoint).toList());
    }

    private static MeshStatus.EndpointStatus endpoint(Endpoint endpoint) {
        return new MeshStatus.EndpointStatus(
                endpoint.toString(),
                endpoint.config().workload(),
                endpoint.config().locality(),
                endpoint.config().health(),
                endpoint.ejection().ejected(),
                endpoint.check().verdict(),
                endpoint.inFlight());
    }

    static MeshStatus.InboundStatus inbound(Snapshot snapshot) {
        InboundTraffic traffic = snapshot.inbound().traffic();
        ConcurrencyLimit concurrency = traffic == null ? null : traffic.concurrency();
        return new MeshStatus.InboundStatus(
                snapshot.inbound().mtls(),
                snapshot.inbound().mtlsByPort(),
                traffic == null ? "" : traffic.config().origin(),
                traffic == null
                        ? List.of()
                        : traffic.config().rateLimits().stream()
                                .map(RateLimitConfig::name)
                                .toList(),
                concurrency == null ? 0 : concurrency.limit(),
                concurrency == null ? 0 : concurrency.inFlight());
    }

    static MeshStatus.@Nullable IdentityStatus identity(@Nullable IdentityEpoch epoch) {
        if (epoch == null) {
            return null;
        }
        X509Certificate leaf = epoch.identity().chain().get(0);
        return new MeshStatus.IdentityStatus(
                epoch.identity().id().toString(),
                epoch.number(),
                leaf.getNotAfter().toInstant(),
                epoch.health());
    }

    private static List<LoadReport.Unusable> unusable(Cluster cluster) {
        List<LoadReport.Unusable> unusable = new ArrayList<>();
        for (Endpoint endpoint : cluster.endpoints()) {
            if (endpoint.ejection().ejected()) {
                unusable.add(
                        unusable(endpoint, Cause.EJECTED, endpoint.ejection().why()));
            } else if (endpoint.check().verdict() == CheckState.Verdict.FAILING) {
                unusable.add(
                        unusable(endpoint, Cause.CHECK_FAILED, endpoint.check().why()));
            }
        }
        return unusable;
    }

    private static LoadReport.Unusable unusable(Endpoint endpoint, Cause cause, String why) {
        return new LoadReport.Unusable(endpoint.host(), endpoint.port(), cause, why);
    }

    static LoadReport load(
            Snapshot snapshot,
            SourceTable sources,
            UnroutedTraffic unrouted,
            PassedThrough passedThrough,
            long periodNanos) {
        List<LoadReport.Entry> entries = new ArrayList<>();
        for (Cluster cluster : snapshot.clusters()) {
            List<LocalityShare> shares = cluster.load().take();
            List<RouteTraffic.Share> routes = cluster.traffic().take();
            List<LoadReport.Unusable> unusable = unusable(cluster);
            if (!shares.isEmpty() || !routes.isEmpty() || !unusable.isEmpty()) {
                entries.add(new LoadReport.Entry(cluster.name(), cluster.service(), shares, routes, unusable));
            }
        }
        return new LoadReport(
                Duration.ofNanos(periodNanos), entries, sources.take(), unrouted.take(), passedThrough.take());
    }
}
