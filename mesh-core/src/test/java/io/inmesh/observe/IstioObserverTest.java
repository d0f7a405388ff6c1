package io.inmesh.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.MetricsConfig;
import io.inmesh.config.MetricsConfig.Metric;
import io.inmesh.config.TelemetryConfig;
import io.inmesh.config.TelemetryConfig.Side;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.TestCa;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class IstioObserverTest {

    private static final long MILLIS = 1_000_000;
    private static final String HOST = "reviews.default.svc.cluster.local";
    private static final String CLUSTER = "outbound|9080|v1|" + HOST;
    private static final SpiffeId REVIEWS = SpiffeId.of("inmesh.local", "default", "reviews");
    private static final SpiffeId PAGE = SpiffeId.of("inmesh.local", "default", "productpage");
    private static final Set<String> LABELS = Set.of(
            "reporter",
            "source_workload",
            "source_canonical_service",
            "source_canonical_revision",
            "source_workload_namespace",
            "source_principal",
            "source_app",
            "source_version",
            "source_cluster",
            "destination_workload",
            "destination_workload_namespace",
            "destination_principal",
            "destination_app",
            "destination_version",
            "destination_service",
            "destination_canonical_service",
            "destination_canonical_revision",
            "destination_service_name",
            "destination_service_namespace",
            "destination_cluster",
            "request_protocol",
            "response_code",
            "grpc_response_status",
            "response_flags",
            "connection_security_policy");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final IstioObserver page = new IstioObserver(
            new MeterFactory(registry),
            Workload.of("productpage-v1", "default", Map.of("app", "productpage", "version", "v1")),
            "productpage.default.svc.cluster.local",
            new FakeClock());

    @Test
    void aCallIsReportedBySourceWithAllLabelsThatIstioHas() {
        identify(PAGE);
        Call call = FakeCall.get("/reviews/1");
        page.callStarted(call, HOST + ":9080", "canary")
                .callEnded(call, attempt(call, reviews("v1", "10.0.0.7")), Outcome.Response.http(200), 1, 7 * MILLIS);
        Map<String, String> labels = only("istio_requests_total");
        assertThat(labels).containsOnlyKeys(LABELS);
        assertThat(labels)
                .containsEntry("reporter", "source")
                .containsEntry("source_workload", "productpage-v1")
                .containsEntry("source_principal", PAGE.toString())
                .containsEntry("source_app", "productpage")
                .containsEntry("destination_workload", "reviews-v1")
                .containsEntry("destination_workload_namespace", "default")
                .containsEntry("destination_principal", REVIEWS.toString())
                .containsEntry("destination_app", "reviews")
                .containsEntry("destination_version", "v1")
                .containsEntry("destination_canonical_revision", "v1")
                .containsEntry("destination_service", HOST)
                .containsEntry("destination_service_name", "reviews")
                .containsEntry("destination_service_namespace", "default")
                .containsEntry("destination_cluster", "unknown")
                .containsEntry("request_protocol", "http")
                .containsEntry("response_code", "200")
                .containsEntry("grpc_response_status", "")
                .containsEntry("response_flags", "-")
                .containsEntry("connection_security_policy", "unknown");
    }

    @Test
    void theHistogramIsInMillisecondsWithEnvoysBuckets() {
        Call call = FakeCall.get("/");
        page.callStarted(call, HOST + ":9080", "r")
                .callEnded(call, attempt(call, reviews("v1", "10.0.0.7")), Outcome.Response.http(200), 1, 7 * MILLIS);
        List<String> buckets = lines("istio_request_duration_milliseconds_bucket");
        assertThat(buckets.stream().map(line -> labels(line).get("le")))
                .containsExactly(
                        "0.5",
                        "1.0",
                        "5.0",
                        "10.0",
                        "25.0",
                        "50.0",
                        "100.0",
                        "250.0",
                        "500.0",
                        "1000.0",
                        "2500.0",
                        "5000.0",
                        "10000.0",
                        "30000.0",
                        "60000.0",
                        "300000.0",
                        "600000.0",
                        "1800000.0",
                        "3600000.0",
                        "+Inf");
        assertThat(buckets.get(2)).endsWith(" 0");
        assertThat(buckets.get(3)).endsWith(" 1");
        assertThat(lines("istio_request_duration_milliseconds_sum"))
                .singleElement(STRING)
                .endsWith(" 7.0");
    }

    @Test
    void failuresAndRefusalsHaveEnvoysStatusAndFlags() {
        Call call = FakeCall.get("/");
        CallObserver calls = page.callStarted(call, HOST + ":9080", "r");
        FakeAttempt attempt = attempt(call, reviews("v1", "10.0.0.7"));
        Failure refused = new Failure(Failure.Kind.CONNECT, false, new IOException());
        calls.callEnded(call, attempt, refused, 1, MILLIS);
        calls.callEnded(call, attempt, refused, 3, MILLIS);
        calls.callEnded(call, attempt, new Failure(Failure.Kind.TIMEOUT, true, new IOException()), 1, MILLIS);
        calls.callEnded(call, attempt, Outcome.Cancelled.INSTANCE, 1, MILLIS);
        calls.callEnded(call, null, new Outcome.Rejection(Reason.NO_ENDPOINT, 503, 14, "none"), 0, MILLIS);
        calls.callEnded(call, null, new Outcome.LocalReply(Reason.NO_ROUTE, 404, 12, null, null), 0, MILLIS);
        assertThat(lines("istio_requests_total").stream()
                        .map(IstioObserverTest::labels)
                        .map(labels -> labels.get("response_code") + " " + labels.get("response_flags")))
                .containsExactlyInAnyOrder("503 UF", "503 UF,URX", "504 UT", "0 DC", "503 UH", "404 NR");
    }

    @Test
    void whatWasNeverSentIsCountedForTheServiceThatWasAskedFor() {
        Call call = FakeCall.get("/");
        page.callStarted(call, HOST + ":9080", "r")
                .callEnded(call, null, new Outcome.Rejection(Reason.NO_ENDPOINT, 503, 14, "none"), 0, MILLIS);
        assertThat(only("istio_requests_total"))
                .containsEntry("destination_service_name", "reviews")
                .containsEntry("destination_workload", "unknown");
    }

    @Test
    void aGrpcCallHasItsStatusAsANumberBesideHttp200() {
        Call call = FakeCall.grpc("/bookinfo.Ratings/Get");
        page.callStarted(call, HOST + ":9080", "r")
                .callEnded(call, attempt(call, reviews("v1", "10.0.0.7")), Outcome.Response.grpc(14), 1, MILLIS);
        assertThat(only("istio_requests_total"))
                .containsEntry("request_protocol", "grpc")
                .containsEntry("response_code", "200")
                .containsEntry("grpc_response_status", "14");
    }

    @Test
    void theServerNamesTheCallerByItsCertificateAndTheRegistry() {
        page.watch(() -> config(TelemetryConfig.STANDARD, reviews("v1", "10.0.0.7")));
        FakeCall call = FakeCall.get("/").overTls().peer(REVIEWS).from("10.0.0.7");
        page.inboundStarted(call).ended(call, Outcome.Response.http(200), MILLIS);
        assertThat(only("istio_requests_total"))
                .containsEntry("reporter", "destination")
                .containsEntry("source_workload", "reviews-v1")
                .containsEntry("source_principal", REVIEWS.toString())
                .containsEntry("source_version", "v1")
                .containsEntry("destination_workload", "productpage-v1")
                .containsEntry("destination_service", "productpage.default.svc.cluster.local")
                .containsEntry("connection_security_policy", "mutual_tls");
    }

    @Test
    void whereSeveralWorkloadsHaveOneIdentityTheAddressDecidesAndWhatIsAmbiguousIsUnknown() {
        EndpointConfig first = reviews("v1", "10.0.0.7");
        EndpointConfig second = reviews("v2", "10.0.0.8");
        page.watch(() -> config(TelemetryConfig.STANDARD, first, second));
        for (String address : List.of("10.0.0.7", "10.0.0.8", "10.0.0.9")) {
            FakeCall call = FakeCall.get("/").overTls().peer(REVIEWS).from(address);
            page.inboundStarted(call).ended(call, Outcome.Response.http(200), MILLIS);
        }
        assertThat(lines("istio_requests_total").stream()
                        .map(IstioObserverTest::labels)
                        .map(labels -> labels.get("source_app") + " " + labels.get("source_workload")))
                .containsExactlyInAnyOrder("reviews reviews-v1", "reviews reviews-v2", "reviews unknown");
    }

    @Test
    void aCallerWithoutIdentityIsUnknownWhateverItsAddress() {
        page.watch(() -> config(TelemetryConfig.STANDARD, reviews("v1", "10.0.0.7")));
        FakeCall call = FakeCall.get("/").from("10.0.0.7");
        page.inboundStarted(call).refused(call, new Outcome.Rejection(Reason.UNAUTHORIZED, 403, 7, "no"), MILLIS);
        assertThat(only("istio_requests_total"))
                .containsEntry("source_workload", "unknown")
                .containsEntry("source_principal", "unknown")
                .containsEntry("response_code", "403")
                .containsEntry("response_flags", "UAEX")
                .containsEntry("connection_security_policy", "none");
    }

    @Test
    void aCallerThatServesNothingIsKnownByItsNamespace() {
        FakeCall call = FakeCall.get("/").overTls().peer(SpiffeId.of("inmesh.local", "jobs", "nightly"));
        page.inboundStarted(call).ended(call, Outcome.Response.http(200), MILLIS);
        assertThat(only("istio_requests_total"))
                .containsEntry("source_workload_namespace", "jobs")
                .containsEntry("source_workload", "unknown");
    }

    @Test
    void overridesDisableMetricsAndChangeTagsOnTheirSideWhileTheConfigIsInUse() {
        MetricsConfig overridden = MetricsConfig.STANDARD
                .with(
                        Metric.REQUEST_COUNT,
                        new MetricsConfig.Override(false, Map.of("source_cluster", "", "team", "books")))
                .with(Metric.REQUEST_DURATION, new MetricsConfig.Override(true, Map.of()));
        TelemetryConfig telemetry = new TelemetryConfig(
                new Side(overridden, Side.STANDARD.tracing(), Side.STANDARD.accessLog()), Side.STANDARD);
        MeshConfig[] current = {config(TelemetryConfig.STANDARD)};
        page.watch(() -> current[0]);
        call("v1");
        current[0] = config(telemetry);
        page.configApplied("2", 1);
        call("v1");
        assertThat(only("istio_requests_total")).containsEntry("team", "books").containsEntry("source_cluster", "");
        assertThat(lines("istio_request_duration_milliseconds_count")).isEmpty();
        FakeCall request = FakeCall.get("/");
        page.inboundStarted(request).ended(request, Outcome.Response.http(200), MILLIS);
        assertThat(lines("istio_request_duration_milliseconds_count")).hasSize(1);
        current[0] = config(TelemetryConfig.STANDARD);
        page.configApplied("3", 1);
        call("v1");
        assertThat(only("istio_requests_total")).containsOnlyKeys(LABELS);
    }

    @Test
    void endpointsThatComeAndGoAddNoSeries() {
        for (int i = 0; i < 50; i++) {
            Call call = FakeCall.get("/");
            page.configApplied("c" + i, 1);
            page.callStarted(call, HOST + ":9080", "r")
                    .callEnded(call, attempt(call, reviews("v1", "10.0.0." + i)), Outcome.Response.http(200), 1, 1);
        }
        assertThat(lines("istio_requests_total")).singleElement(STRING).endsWith(" 50.0");
    }

    private static final org.assertj.core.api.InstanceOfAssertFactory<
                    String, org.assertj.core.api.AbstractStringAssert<?>>
            STRING = org.assertj.core.api.InstanceOfAssertFactories.STRING;

    private void call(String version) {
        Call call = FakeCall.get("/");
        page.callStarted(call, HOST + ":9080", "r")
                .callEnded(call, attempt(call, reviews(version, "10.0.0.7")), Outcome.Response.http(200), 1, MILLIS);
    }

    private void identify(SpiffeId id) {
        FakeClock clock = new FakeClock();
        TestCa ca = TestCa.root("inmesh.local", Instant.ofEpochMilli(clock.epochMillis()));
        IdentityHolder holder = new IdentityHolder(clock);
        holder.onChange(page::identityChanged);
        holder.update(ca.issue(id, certificate -> {}), ca.bundle());
    }

    private static EndpointConfig reviews(String version, String address) {
        return new EndpointConfig(
                address,
                9080,
                1,
                EndpointConfig.Health.HEALTHY,
                0,
                "",
                true,
                Map.of("app", "reviews", "version", version),
                "reviews-" + version + ";default;reviews;" + version + ";");
    }

    private static MeshConfig config(TelemetryConfig telemetry, EndpointConfig... endpoints) {
        ClusterConfig cluster = ClusterConfig.of(CLUSTER)
                .withTls(new ClientTlsConfig(ClientTlsConfig.Mode.AUTO, Set.of(REVIEWS.toString()), null))
                .withEndpoints(List.of(endpoints));
        return MeshConfig.builder().cluster(cluster).telemetry(telemetry).build();
    }

    private static FakeAttempt attempt(Call call, EndpointConfig endpoint) {
        return new FakeAttempt(
                call,
                new Endpoint(CLUSTER, endpoint),
                new PeerExpectation(Set.of(REVIEWS), "reviews"),
                1,
                new TreeMap<>());
    }

    private Map<String, String> only(String series) {
        List<String> found = lines(series);
        assertThat(found).hasSize(1);
        return labels(found.get(0));
    }

    private List<String> lines(String series) {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith(series + "{"))
                .toList();
    }

    private static Map<String, String> labels(String line) {
        String inside = line.substring(line.indexOf('{') + 1, line.lastIndexOf('}'));
        return List.of(inside.split("\",")).stream()
                .map(label -> label.split("=\"", 2))
                .collect(Collectors.toMap(label -> label[0], label -> label[1].replace("\"", "")));
    }
}
