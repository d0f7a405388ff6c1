package io.inmesh.observe;

import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.endpoint.CheckState;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.EjectionReason;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.limit.BreakerState;
import io.inmesh.time.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
 * inmesh.server.tokens.evicted     per issuer: verified tokens forgotten because there were too many to keep
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
 * inmesh.config.age                time since the config was put in use
 * inmesh.config.info               gauge: 1, with the version of the config in use
 * inmesh.breaker.state             gauge per cluster and state: 1 for the state the breaker is in
 * inmesh.xds.connected             gauge: 1 while the control plane hears from a server
 * inmesh.xds.updates               per type and result: accepted, rejected
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
    private static final int MAX_ISSUERS = 1000;
    private static final int MAX_TYPES = 20;
    private static final int REJECTED = 0;
    private static final int ACCEPTED = 1;

    private final MeterFactory meters;
    private final boolean durations;
    private final NamedTable<NamedTable<RouteMeters>> routes;
    private final ServerMeters server;
    private final NamedTable<Counter> probesAnswered;
    private final NamedTable<Counter> probesLost;
    private final EndpointMeters endpoints;
    private final NamedTable<Counter> rateLimitOverflows;
    private final NamedTable<Counter> evictedTokens;
    private final NamedTable<MirrorMeters> mirrors;
    private final NamedTable<MeterTable<Counter>> updates;
    private final Timer applied;
    private final Counter rejected;
    private final Counter identityChanges;
    private final ClusterGauges clusters;
    private final ProcessGauges processGauges;
    private volatile @Nullable MeshView view;

    /**
     * Makes an observer.
     *
     * @param registry where meters are registered
     * @param clock wall clock, for the time until the certificate expires
     */
    public MicrometerObserver(MeterRegistry registry, Clock clock) {
        this(new MeterFactory(registry), clock, true);
    }

    /**
     * Makes an observer.
     *
     * @param clock wall clock, for the time until the certificate expires
     * @param durations whether the duration of calls is kept under the names of the OpenTelemetry conventions
     */
    MicrometerObserver(MeterFactory factory, Clock clock, boolean durations) {
        MeterRegistry registry = factory.registry();
        this.meters = factory;
        this.durations = durations;
        this.routes = new NamedTable<>(MAX_VIRTUAL_HOSTS, this::routesOf, meters.overflow("virtual hosts"));
        this.server = new ServerMeters(meters, durations);
        this.probesAnswered = probes("answered");
        this.probesLost = probes("lost");
        this.endpoints = new EndpointMeters(meters, MAX_CLUSTERS);
        this.rateLimitOverflows = new NamedTable<>(MAX_RATE_LIMITS, this::overflowsOf, meters.overflow("rate limits"));
        this.evictedTokens = new NamedTable<>(MAX_ISSUERS, this::evictedOf, meters.overflow("issuers"));
        this.mirrors = new NamedTable<>(
                MAX_CLUSTERS, cluster -> new MirrorMeters(meters, cluster), meters.overflow("clusters"));
        this.applied = Timer.builder("inmesh.config.applied")
                .description("Configs in use, and the time it took to compile and publish them")
                .register(registry);
        this.updates = new NamedTable<>(MAX_TYPES, this::updatesOf, meters.overflow("types of resources"));
        this.clusters = new ClusterGauges(registry);
        this.rejected = meters.counter("inmesh.config.rejected", "Configs refused as a whole", Tags.empty());
        this.identityChanges =
                meters.counter("inmesh.identity.changes", "New certificates or trust bundles", Tags.empty());
        this.processGauges = new ProcessGauges(registry, clock);
    }

    /** Shows what gauges read of a mesh, now and after every config that is applied. */
    public void watch(MeshView mesh) {
        view = mesh;
        processGauges.watch(mesh);
        show(mesh);
    }

    private void show(MeshView mesh) {
        clusters.show(mesh.clusters());
        processGauges.show(mesh.config().version());
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
    public void tokensEvicted(String issuer, int tokens) {
        evictedTokens.get(issuer).increment(tokens);
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
        MeshView mesh = view;
        if (mesh != null) {
            show(mesh);
        }
    }

    @Override
    public void configRejected(String version, List<String> problems) {
        rejected.increment();
    }

    @Override
    public void resourcesReceived(String type, boolean accepted) {
        updates.get(type).get(accepted ? ACCEPTED : REJECTED).increment();
    }

    @Override
    public void identityChanged(IdentityEpoch epoch) {
        processGauges.certificate(epoch.life());
        identityChanges.increment();
    }

    private NamedTable<RouteMeters> routesOf(String virtualHost) {
        return new NamedTable<>(
                MAX_ROUTES, route -> new RouteMeters(meters, virtualHost, route, durations), meters.overflow("routes"));
    }

    private Counter overflowsOf(String limit) {
        return meters.counter(
                "inmesh.server.ratelimit.overflows",
                "Requests that shared a bucket because a rate limit knew too many values",
                Tags.of("inmesh.limit", limit));
    }

    private MeterTable<Counter> updatesOf(String type) {
        return new MeterTable<>(result -> meters.counter(
                "inmesh.xds.updates",
                "Messages of the control server with resources",
                Tags.of("type", type, "result", result == ACCEPTED ? "accepted" : "rejected")));
    }

    private Counter evictedOf(String issuer) {
        return meters.counter(
                "inmesh.server.tokens.evicted",
                "Verified tokens that were forgotten because there were too many to keep",
                Tags.of("inmesh.issuer", issuer));
    }

    private NamedTable<Counter> probes(String outcome) {
        return new NamedTable<>(
                MAX_CLUSTERS,
                cluster -> meters.counter(
                        "inmesh.client.probes",
                        "Questions for the load of an endpoint",
                        Tags.of("inmesh.cluster", cluster, "outcome", outcome)),
                meters.overflow("clusters"));
    }
}
