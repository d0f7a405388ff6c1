package io.inmesh.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.authz.ExternalDecision;
import io.inmesh.authz.ExternalDecision.Result;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.config.EndpointConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.EjectionReason;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.observe.CallObserver.RetryRefusal;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.TestCa;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicrometerObserverTest {

    private static final String CLUSTER = "outbound|9080|v1|reviews.default.svc.cluster.local";
    private static final long MILLIS = 1_000_000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeClock clock = new FakeClock();
    private final MicrometerObserver observer = new MicrometerObserver(registry, clock);

    @Test
    void recordsAnHttpCallUnderTheNamesOfTheConvention() {
        Call call = FakeCall.get("/reviews/1");
        CallObserver calls = observer.callStarted(call, "reviews:9080", "canary");
        calls.attemptStarted(new FakeAttempt(call, CLUSTER, 1));
        calls.attemptEnded(new FakeAttempt(call, CLUSTER, 1), Outcome.Response.http(503), 5 * MILLIS);
        calls.retrying(new FakeAttempt(call, CLUSTER, 1), MILLIS);
        calls.attemptEnded(new FakeAttempt(call, CLUSTER, 2), Outcome.Response.http(200), 5 * MILLIS);
        calls.callEnded(call, new FakeAttempt(call, CLUSTER, 1), Outcome.Response.http(200), 2, 11 * MILLIS);

        Timer timer = registry.get("http.client.request.duration")
                .tags(
                        "server.address", "reviews",
                        "server.port", "9080",
                        "inmesh.route", "canary",
                        "inmesh.cluster", CLUSTER,
                        "http.request.method", "GET",
                        "http.response.status_code", "200",
                        "error.type", "none")
                .timer();
        assertThat(timer.count()).isEqualTo(1);
        assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(11);
        assertThat(timer.takeSnapshot().histogramCounts()).hasSize(14);
        assertThat(count("inmesh.client.attempts", "inmesh.cluster", CLUSTER, "outcome", "2xx"))
                .isEqualTo(1);
        assertThat(count("inmesh.client.attempts", "inmesh.cluster", CLUSTER, "outcome", "5xx"))
                .isEqualTo(1);
        assertThat(count("inmesh.client.retries", "inmesh.cluster", CLUSTER)).isEqualTo(1);
    }

    @Test
    void recordsAGrpcCallByMethodAndStatusName() {
        Call call = FakeCall.grpc("/bookinfo.Ratings/Get");
        observer.callStarted(call, "ratings:9080", "default")
                .callEnded(call, new FakeAttempt(call, CLUSTER, 1), Outcome.Response.grpc(14), 1, MILLIS);
        assertThat(registry.get("rpc.client.call.duration")
                        .tags(
                                "rpc.system.name", "grpc",
                                "rpc.method", "bookinfo.Ratings/Get",
                                "rpc.response.status_code", "UNAVAILABLE",
                                "error.type", "UNAVAILABLE")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void failuresAndRejectionsHaveAnErrorTypeAndNoStatus() {
        Call call = FakeCall.get("/");
        CallObserver calls = observer.callStarted(call, "reviews", null);
        calls.callEnded(
                call,
                new FakeAttempt(call, CLUSTER, 1),
                new Failure(Failure.Kind.CONNECT, false, new java.io.IOException()),
                1,
                MILLIS);
        calls.callEnded(call, null, new Outcome.Rejection(Reason.NO_ENDPOINT, 503, 14, "none"), 0, MILLIS);
        calls.callEnded(call, null, new Outcome.LocalReply(Reason.FAULT, 418, 2, null, null), 0, MILLIS);
        calls.callEnded(call, new FakeAttempt(call, CLUSTER, 1), Outcome.Cancelled.INSTANCE, 1, MILLIS);
        assertThat(timer("connect", "none").count()).isEqualTo(1);
        assertThat(timer("no_endpoint", "none").count()).isEqualTo(1);
        assertThat(timer("418", "418").count()).isEqualTo(1);
        assertThat(timer("cancelled", "none").count()).isEqualTo(1);
        assertThat(count("inmesh.client.rejections", "reason", "no_endpoint")).isEqualTo(1);
        assertThat(count("inmesh.client.rejections", "reason", "fault")).isEqualTo(1);
    }

    @Test
    void saysWhyARetryWasRefused() {
        Call call = FakeCall.get("/");
        observer.callStarted(call, "reviews", "r").retryRefused(new FakeAttempt(call, CLUSTER, 1), RetryRefusal.BUDGET);
        assertThat(count("inmesh.client.retries.refused", "inmesh.cluster", CLUSTER, "reason", "budget"))
                .isEqualTo(1);
    }

    @Test
    void methodsAndGrpcNamesThatClientsInventDoNotBecomeTags() {
        FakeCall odd = FakeCall.get("/").method("BREW");
        observer.inboundStarted(odd).ended(odd, Outcome.Response.http(405), MILLIS);
        assertThat(registry.get("http.server.request.duration")
                        .tags("http.request.method", "_OTHER", "http.response.status_code", "405", "error.type", "none")
                        .timer()
                        .count())
                .isEqualTo(1);
        for (int i = 0; i < 10; i++) {
            FakeCall unknown = FakeCall.grpc("/made.Up/Name" + i);
            observer.inboundStarted(unknown).ended(unknown, Outcome.Response.grpc(12), MILLIS);
            observer.inboundStarted(unknown)
                    .refused(unknown, new Outcome.Rejection(Reason.UNAUTHORIZED, 403, 7, "no"), MILLIS);
        }
        assertThat(registry.find("rpc.server.call.duration").timers())
                .allSatisfy(
                        timer -> assertThat(timer.getId().getTag("rpc.method")).isEqualTo("_OTHER"))
                .hasSize(2);
    }

    @Test
    void aServerRefusalIsCountedByReasonAndByStatus() {
        FakeCall call = FakeCall.get("/").overTls();
        observer.inboundStarted(call).refused(call, new Outcome.Rejection(Reason.UNAUTHORIZED, 403, 7, "no"), MILLIS);
        assertThat(count("inmesh.server.rejections", "reason", "unauthorized")).isEqualTo(1);
        assertThat(registry.get("http.server.request.duration")
                        .tags("url.scheme", "https", "http.response.status_code", "403", "error.type", "none")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void checksByExternalAuthorizersAreTimedByWhatCameOfThem() {
        InboundObserver request = observer.inboundStarted(FakeCall.get("/"));
        for (Result result : Result.values()) {
            request.checked(FakeCall.get("/"), new ExternalDecision("opa", "p", result, 3_000_000));
        }
        for (String result : List.of("allowed", "denied", "failed_open", "failed_closed")) {
            Timer timer = registry.get("inmesh.authorization.external")
                    .tags("inmesh.authorizer", "opa", "result", result)
                    .timer();
            assertThat(timer.count()).isEqualTo(1);
            assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(3);
        }
    }

    @Test
    void countsEventsOfTheMeshItself() {
        Endpoint endpoint = new Endpoint(CLUSTER, EndpointConfig.of("10.0.0.7", 9080));
        observer.ejected(endpoint, EjectionReason.CONSECUTIVE_5XX, MILLIS, "5 failures in a row");
        observer.returned(endpoint);
        observer.configApplied("2", MILLIS);
        observer.configRejected("3", List.of("bad"));
        assertThat(count("inmesh.endpoint.ejections", "inmesh.cluster", CLUSTER, "reason", "consecutive_5xx"))
                .isEqualTo(1);
        assertThat(count("inmesh.endpoint.returns", "inmesh.cluster", CLUSTER)).isEqualTo(1);
        assertThat(registry.get("inmesh.config.applied").timer().count()).isEqualTo(1);
        assertThat(count("inmesh.config.rejected")).isEqualTo(1);
    }

    @Test
    void countsForgottenTokensByIssuer() {
        observer.tokensEvicted("https://login.example", 2);
        observer.tokensEvicted("https://login.example", 1);
        assertThat(count("inmesh.server.tokens.evicted", "inmesh.issuer", "https://login.example"))
                .isEqualTo(3);
    }

    @Test
    void tellsTheTimeUntilTheCertificateExpires() {
        assertThat(registry.get("inmesh.identity.expiry").timeGauge().value()).isNaN();
        TestCa ca = TestCa.root("inmesh.local", Instant.ofEpochMilli(clock.epochMillis()));
        IdentityHolder holder = new IdentityHolder(clock);
        holder.onChange(observer::identityChanged);
        holder.update(ca.issue("default", "reviews", Duration.ofHours(2)), ca.bundle());
        clock.advance(Duration.ofHours(1));
        assertThat(registry.get("inmesh.identity.expiry").timeGauge().value(TimeUnit.SECONDS))
                .isEqualTo(3600);
    }

    @Test
    void tellsThatTheCertificateShouldHaveBeenRenewed() {
        assertThat(registry.get("inmesh.identity.health").gauge().value()).isNaN();
        TestCa ca = TestCa.root("inmesh.local", Instant.ofEpochMilli(clock.epochMillis()));
        IdentityHolder holder = new IdentityHolder(clock);
        holder.onChange(observer::identityChanged);
        holder.update(ca.issue("default", "reviews", Duration.ofHours(3)), ca.bundle());
        assertThat(registry.get("inmesh.identity.health").gauge().value()).isZero();
        clock.advance(Duration.ofHours(2));
        assertThat(registry.get("inmesh.identity.health").gauge().value()).isEqualTo(1);
        clock.advance(Duration.ofHours(1));
        assertThat(registry.get("inmesh.identity.health").gauge().value()).isEqualTo(2);
    }

    @Test
    void aFullTableCountsFurtherNamesTogetherAndSaysSo() {
        for (int i = 0; i < 1100; i++) {
            Call call = FakeCall.get("/");
            observer.callStarted(call, "reviews", "route" + i)
                    .callEnded(call, new FakeAttempt(call, CLUSTER, 1), Outcome.Response.http(200), 1, MILLIS);
        }
        assertThat(registry.find("http.client.request.duration").timers()).hasSize(1001);
        assertThat(registry.get("http.client.request.duration")
                        .tag("inmesh.route", "_OTHER")
                        .timer()
                        .count())
                .isEqualTo(100);
        assertThat(count("inmesh.observe.overflows")).isEqualTo(100);
    }

    @Test
    void showsTheClustersOfTheCurrentConfigAndForgetsThoseThatLeft() {
        List<ClusterView> clusters = new ArrayList<>();
        clusters.add(new FakeCluster("reviews-v1", "reviews", 3));
        clusters.add(new FakeCluster("reviews-v2", "reviews", 1));
        observer.watch(new FakeView(clusters));
        assertThat(endpoints("reviews-v1", "healthy")).isEqualTo(3);
        assertThat(endpoints("reviews-v1", "ejected")).isZero();
        assertThat(registry.get("inmesh.retry.budget.available")
                        .tag("inmesh.service", "reviews")
                        .gauge()
                        .value())
                .isEqualTo(2.5);
        clusters.remove(0);
        observer.configApplied("2", MILLIS);
        assertThat(registry.find("inmesh.endpoints").gauges()).hasSize(ClusterView.EndpointState.values().length);
        assertThat(endpoints("reviews-v2", "healthy")).isEqualTo(1);
    }

    @Test
    void callsOfOneRouteShareOneObserver() {
        assertThat(observer.callStarted(FakeCall.get("/a"), "reviews", "r"))
                .isSameAs(observer.callStarted(FakeCall.get("/b"), "reviews", "r"));
    }

    private Timer timer(String error, String status) {
        return registry.get("http.client.request.duration")
                .tags("error.type", error, "http.response.status_code", status)
                .timer();
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private double endpoints(String cluster, String state) {
        return registry.get("inmesh.endpoints")
                .tags("inmesh.cluster", cluster, "state", state)
                .gauge()
                .value();
    }

    private record FakeCluster(String cluster, String service, int healthy) implements ClusterView {

        @Override
        public int endpoints(EndpointState state) {
            return state == EndpointState.HEALTHY ? healthy : 0;
        }

        @Override
        public double retryBudgetAvailable() {
            return 2.5;
        }
    }
}
