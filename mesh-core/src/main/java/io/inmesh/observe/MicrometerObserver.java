package io.inmesh.observe;

import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.endpoint.CheckState;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.EjectionReason;
import io.inmesh.identity.CertificateLife;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.limit.BreakerState;
import io.inmesh.limit.ConcurrencyLimit;
import io.inmesh.time.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens in a Micrometer registry. HTTP and gRPC durations carry the names of the OpenTelemetry conventions, what only a
 * mesh knows begins with {@code inmesh.}:
 *
 * <pre>
 * http.client.request.duration     calls of the application, retries included; per host, route, cluster, method, status
 * http.server.request.duration     inbound requests, to their real end; per method, scheme, status
 * rpc.client.call.duration         the same for gRPC
 * rpc.server.call.duration
 * inmesh.client.attempts           per cluster and outcome
 * inmesh.client.retries            per cluster
 * inmesh.client.retries.refused    per cluster and reason
 * inmesh.client.rejections         per cluster and reason: calls the mesh answered itself
 * inmesh.client.mirrored           per cluster and outcome: copies of calls, counted nowhere else
 * inmesh.client.mirrored.skipped   per cluster and reason: copies that were not sent
 * inmesh.server.rejections         per reason
 * inmesh.authorization.denied      per policy; none where no ALLOW policy matched
 * inmesh.authorization.audited     per AUDIT policy
 * inmesh.authorization.shadow      per policy on trial and what it would change: denied, allowed, unchanged
 * inmesh.server.ratelimit.overflows per limit: requests of values beyond those with a bucket of their own
 * inmesh.server.concurrency.limit  gauge: requests that may be in flight now, not a number without a limit
 * inmesh.server.concurrency.used   gauge: requests in flight that count towards it
 * inmesh.endpoint.ejections        per cluster and reason
 * inmesh.endpoint.returns          per cluster
 * inmesh.endpoint.checks           per cluster and result
 * inmesh.endpoint.check.changes    per cluster and verdict
 * inmesh.breaker.changes           per cluster and the state it went to
 * inmesh.endpoints                 gauge per cluster and state
 * inmesh.retry.budget.available    gauge per service
 * inmesh.config.applied            timer
 * inmesh.config.rejected
 * inmesh.identity.expiry           time until the certificate expires
 * inmesh.identity.health           gauge: 0 sound, 1 degraded (should have been renewed), 2 expired
 * inmesh.identity.changes
 * inmesh.client.probes             questions for the load of an endpoint: answered, lost
 * inmesh.observe.overflows         names counted as _OTHER
 * </pre>
 *
 * <p>Meters are found by index once a route has been seen, so a call builds no tags.
 */
public final class MicrometerObserver implements MeshObserver {

    private static final int MAX_VIRTUAL_HOSTS = 5000;
    private static final int MAX_ROUTES = 1000;
    private static final int MAX_CLUSTERS = 20_000;
    private static final int MAX_RATE_LIMITS = 1000;

    private final MeterFactory meters;
    private final NamedTable<NamedTable<RouteMeters>> routes;
    private final ServerMeters server;
    private final NamedTable<Counter> probesAnswered;
    private final NamedTable<Counter> probesLost;
    private final EndpointMeters endpoints;
    private final NamedTable<Counter> rateLimitOverflows;
    private final NamedTable<MirrorMeters> mirrors;
    private final Timer applied;
    private final Counter rejected;
    private final Counter identityChanges;
    private final ClusterGauges clusters;
    private final Clock clock;
    private volatile Supplier<? extends Collection<? extends ClusterView>> clusterSource = List::of;
    private volatile @Nullable CertificateLife certificate;

    /**
     * Makes an observer.
     *
     * @param registry where meters are registered
     * @param clock wall clock, for the time until the certificate expires
     */
    public MicrometerObserver(MeterRegistry registry, Clock clock) {
        this.clock = clock;
        this.meters = new MeterFactory(registry);
        this.routes = new NamedTable<>(MAX_VIRTUAL_HOSTS, this::routesOf, meters::overflowed);
        this.server = new ServerMeters(meters);
        this.probesAnswered = probes("answered");
        this.probesLost = probes("lost");
        this.endpoints = new EndpointMeters(meters, MAX_CLUSTERS);
        this.rateLimitOverflows = new NamedTable<>(MAX_RATE_LIMITS, this::overflowsOf, meters::overflowed);
        this.mirrors = new NamedTable<>(MAX_CLUSTERS, cluster -> new MirrorMeters(meters, cluster), meters::overflowed);
        this.applied = Timer.builder("inmesh.config.applied")
                .description("Configs in use, and the time it took to compile and publish them")
                .register(registry);
        this.clusters = new ClusterGauges(registry);
        this.rejected = meters.counter("inmesh.config.rejected", "Configs refused as a whole", Tags.empty());
        this.identityChanges =
                meters.counter("inmesh.identity.changes", "New certificates or trust bundles", Tags.empty());
        TimeGauge.builder("inmesh.identity.expiry", this, TimeUnit.MILLISECONDS, MicrometerObserver::millisToExpiry)
                .description("Time until this process's certificate expires; not a number without one")
                .register(registry);
        Gauge.builder("inmesh.identity.health", this, MicrometerObserver::certificateHealth)
                .description("0 sound, 1 degraded, 2 expired; not a number without a certificate")
                .register(registry);
    }

    /**
     * Shows the endpoints and retry budgets of clusters, now and after every config that is applied.
     *
     * @param source the clusters of the current config
     */
    public void watchClusters(Supplier<? extends Collection<? extends ClusterView>> source) {
        clusterSource = source;
        clusters.show(source.get());
    }

    /**
     * Shows the limit on requests in flight from others, as it is when the meters are read.
     *
     * @param source the limit of the current config, null while there is none
     */
    public void watchConcurrency(Supplier<@Nullable ConcurrencyLimit> source) {
        Gauge.builder("inmesh.server.concurrency.limit", () -> {
                    ConcurrencyLimit limit = source.get();
                    return limit == null ? Double.NaN : limit.limit();
                })
                .description("Inbound requests that may be in flight at once")
                .register(meters.registry());
        Gauge.builder("inmesh.server.concurrency.used", () -> {
                    ConcurrencyLimit limit = source.get();
                    return limit == null ? Double.NaN : limit.inFlight();
                })
                .description("Inbound requests in flight that count towards the limit")
                .register(meters.registry());
    }

    @Override
    public CallObserver callStarted(Call call, String virtualHost, @Nullable String route) {
        return routes.get(virtualHost).get(route == null ? MeterFactory.NONE : route);
    }

    @Override
    public InboundObserver inboundStarted(InboundCall call) {
        return server;
    }

    @Override
    public void rateLimitFull(String limit) {
        rateLimitOverflows.get(limit).increment();
    }

    @Override
    public void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why) {
        endpoints.ejected(endpoint, reason);
    }

    @Override
    public void returned(Endpoint endpoint) {
        endpoints.returned(endpoint);
    }

    @Override
    public void checked(Endpoint endpoint, boolean passed) {
        endpoints.checked(endpoint, passed);
    }

    @Override
    public void checkChanged(Endpoint endpoint, CheckState.Verdict verdict, String why) {
        endpoints.checkChanged(endpoint, verdict);
    }

    @Override
    public void mirrorEnded(String cluster, Call copy, Outcome outcome, long durationNanos) {
        mirrors.get(cluster).ended(OutcomeCode.of(copy.protocol(), outcome));
    }

    @Override
    public void mirrorSkipped(String cluster, MirrorSkip why) {
        mirrors.get(cluster).skipped(why);
    }

    @Override
    public void probed(Endpoint endpoint, boolean answered) {
        (answered ? probesAnswered : probesLost).get(endpoint.cluster()).increment();
    }

    @Override
    public void breakerChanged(String cluster, BreakerState from, BreakerState to) {
        endpoints.breakerChanged(cluster, to);
    }

    @Override
    public void configApplied(String version, long durationNanos) {
        applied.record(durationNanos, TimeUnit.NANOSECONDS);
        clusters.show(clusterSource.get());
    }

    @Override
    public void configRejected(String version, List<String> problems) {
        rejected.increment();
    }

    @Override
    public void identityChanged(IdentityEpoch epoch) {
        certificate = epoch.life();
        identityChanges.increment();
    }

    private double millisToExpiry() {
        CertificateLife life = certificate;
        return life == null ? Double.NaN : life.endsMillis() - clock.epochMillis();
    }

    private double certificateHealth() {
        CertificateLife life = certificate;
        return life == null ? Double.NaN : life.healthAt(clock.epochMillis()).ordinal();
    }

    private NamedTable<RouteMeters> routesOf(String virtualHost) {
        return new NamedTable<>(MAX_ROUTES, route -> new RouteMeters(meters, virtualHost, route), meters::overflowed);
    }

    private Counter overflowsOf(String limit) {
        return meters.counter(
                "inmesh.server.ratelimit.overflows",
                "Requests that shared a bucket because a rate limit knew too many values",
                Tags.of("inmesh.limit", limit));
    }

    private NamedTable<Counter> probes(String outcome) {
        return new NamedTable<>(
                MAX_CLUSTERS,
                cluster -> meters.counter(
                        "inmesh.client.probes",
                        "Questions for the load of an endpoint",
                        Tags.of("inmesh.cluster", cluster, "outcome", outcome)),
                meters::overflowed);
    }
}
