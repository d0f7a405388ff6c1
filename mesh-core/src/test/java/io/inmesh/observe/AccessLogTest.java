package io.inmesh.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.config.AccessLogConfig;
import io.inmesh.config.AccessLogConfig.Mode;
import io.inmesh.config.LogFilter;
import io.inmesh.config.LogFilter.Attribute;
import io.inmesh.config.LogFilter.Compare;
import io.inmesh.config.LogFilter.Operator;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.TelemetryConfig;
import io.inmesh.config.TelemetryConfig.Side;
import io.inmesh.identity.SpiffeId;
import io.inmesh.observe.AccessLogSettings.Format;
import io.inmesh.observe.AccessLogSettings.Requests;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccessLogTest {

    private static final long MILLIS = 1_000_000;
    private static final Outcome OK = Outcome.Response.http(200);

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final AtomicInteger dropped = new AtomicInteger();
    private final List<AccessLogWriter> writers = new ArrayList<>();

    @AfterEach
    void close() {
        writers.forEach(AccessLogWriter::close);
    }

    @Test
    void aRequestIsOneLineWithEnvoysNames() throws InterruptedException {
        FakeCall call = FakeCall.get("/reviews/1")
                .query("token=secret")
                .header("user-agent", "curl/8")
                .header("x-request-id", "r-1")
                .peer(SpiffeId.of("inmesh.local", "default", "productpage"))
                .from("10.0.0.7")
                .at("10.0.0.9", 9080);
        log(settings(Requests.INBOUND)).inboundStarted(call).ended(call, OK, 12 * MILLIS);
        String line = next();
        assertThat(line)
                .startsWith("{\"start_time\":\"")
                .contains("\"method\":\"GET\",\"path\":\"/reviews/1\",")
                .contains("\"response_code\":200,\"response_flags\":\"-\",\"response_code_details\":\"via_upstream\"")
                .contains("\"duration\":12,")
                .contains("\"user_agent\":\"curl/8\",\"request_id\":\"r-1\"")
                .contains("\"downstream_local_address\":\"10.0.0.9:9080\",\"downstream_remote_address\":\"10.0.0.7\"")
                .contains("\"upstream_cluster\":\"inbound|9080||\"")
                .contains("\"peer\":\"spiffe://inmesh.local/ns/default/sa/productpage\"")
                .doesNotContain("secret")
                .endsWith("}");
        assertThat(line.lines()).hasSize(1);
        for (String name : List.of(
                "protocol",
                "connection_termination_details",
                "bytes_received",
                "bytes_sent",
                "upstream_service_time",
                "x_forwarded_for",
                "authority",
                "upstream_host",
                "upstream_local_address",
                "requested_server_name",
                "upstream_transport_failure_reason",
                "route_name")) {
            assertThat(line).contains("\"" + name + "\":");
        }
    }

    @Test
    void theElasticSchemaHasItsOwnNames() throws InterruptedException {
        AccessLogSettings ecs = new AccessLogSettings(Requests.INBOUND, Format.ECS, 100, Set.of(), false);
        FakeCall call = FakeCall.get("/reviews/1").from("10.0.0.7");
        log(ecs).inboundStarted(call).ended(call, Outcome.Response.http(503), 12 * MILLIS);
        assertThat(next())
                .startsWith("{\"@timestamp\":\"")
                .contains("\"event.outcome\":\"failure\",\"event.duration\":12000000")
                .contains("\"http.request.method\":\"GET\",\"http.response.status_code\":503")
                .contains("\"url.path\":\"/reviews/1\"")
                .contains("\"source.address\":\"10.0.0.7\"");
    }

    @Test
    void flagsSayWhatBecameOfACall() throws InterruptedException {
        AccessLog log = log(settings(Requests.ALL));
        Call call = FakeCall.get("/");
        FakeAttempt attempt = new FakeAttempt(call, "reviews-v1", 3);
        Failure reset = new Failure(Failure.Kind.RESET, true, new IOException("gone"));
        CallObserver calls = log.callStarted(call, "reviews", "canary");
        calls.attemptEnded(attempt, reset, 4 * MILLIS);
        calls.callEnded(call, attempt, reset, 3, 9 * MILLIS);
        assertThat(next())
                .contains("\"response_code\":503,\"response_flags\":\"UC,URX\"")
                .contains("\"upstream_service_time\":\"4\"")
                .contains("\"upstream_host\":\"10.0.0.7:9080\",\"upstream_cluster\":\"reviews-v1\"")
                .contains("\"upstream_transport_failure_reason\":\"java.io.IOException: gone\"")
                .contains("\"route_name\":\"canary\",\"direction\":\"outbound\"")
                .contains("\"attempts\":3");
        CallObserver delayed = log.callStarted(call, "reviews", null);
        delayed.delayed(MILLIS);
        delayed.callEnded(call, null, new Outcome.LocalReply(Reason.FAULT, 500, 13, null, null), 0, MILLIS);
        assertThat(next()).contains("\"response_flags\":\"FI,DI\"").contains("\"response_code_details\":\"fault\"");
    }

    @Test
    void aValueCannotForgeALineOrFillADisk() throws InterruptedException {
        FakeCall call = FakeCall.get("/\n{\"response_code\":200}\u2028\u0000")
                .header("user-agent", "\"," + "x".repeat(100_000));
        log(settings(Requests.INBOUND)).inboundStarted(call).ended(call, OK, 1);
        String line = next();
        assertThat(line).hasSizeLessThan(5000).contains("\\u000a{\\\"response_code\\\":200}\\u2028\\u0000");
        assertThat(line.chars()).allMatch(c -> c >= ' ' && c < 0x7f);
    }

    @Test
    void headersAreLoggedByNameAndSecretsNever() throws InterruptedException {
        AccessLogSettings settings = AccessLogSettings.fromEnvironment(
                Map.of("INMESH_ACCESS_LOG", "inbound", "INMESH_ACCESS_LOG_HEADERS", "X-Tenant"));
        FakeCall call = FakeCall.get("/").header("x-tenant", "acme").header("authorization", "Bearer abc");
        log(settings).inboundStarted(call).ended(call, OK, 1);
        assertThat(next()).contains("\"header_x_tenant\":\"acme\"").doesNotContain("abc");
        assertThatThrownBy(
                        () -> AccessLogSettings.fromEnvironment(Map.of("INMESH_ACCESS_LOG_HEADERS", "Authorization")))
                .hasMessageContaining("authorization")
                .hasMessageContaining("leave it out");
    }

    @Test
    void aSampleHasAllThatWentWrong() throws InterruptedException {
        AccessLogSettings none = new AccessLogSettings(Requests.INBOUND, Format.ENVOY, 0, Set.of(), false);
        AccessLog log = log(none);
        FakeCall call = FakeCall.get("/");
        for (int i = 0; i < 100; i++) {
            log.inboundStarted(call).ended(call, OK, 1);
        }
        log.inboundStarted(call).refused(call, new Outcome.Rejection(Reason.RATE_LIMITED, 429, 8, "no"), 1);
        assertThat(next()).contains("\"response_flags\":\"RL\"");
        assertThat(lines).isEmpty();
    }

    @Test
    void aConfigSwitchesLogsOnAndOffWhateverTheSettingsSay() throws InterruptedException {
        FakeCall call = FakeCall.get("/");
        AccessLog off = log(settings(Requests.ALL));
        off.watch(() -> config(new AccessLogConfig(Mode.OFF, List.of())));
        assertThat(off.inboundStarted(call)).isSameAs(InboundObserver.NONE);
        assertThat(off.callStarted(call, "reviews", "r")).isSameAs(CallObserver.NONE);
        AccessLog on = log(settings(Requests.OFF));
        assertThat(on.inboundStarted(call)).isSameAs(InboundObserver.NONE);
        LogFilter errors = new Compare(Attribute.RESPONSE_CODE, "", Operator.GREATER_OR_EQUAL, 400L);
        on.watch(() -> config(new AccessLogConfig(Mode.ON, List.of(errors))));
        on.inboundStarted(call).ended(call, OK, 1);
        on.inboundStarted(call).ended(call, Outcome.Response.http(404), 1);
        assertThat(next()).contains("\"response_code\":404");
        assertThat(lines).isEmpty();
    }

    @Test
    void conditionsCompareWhatTheyName() {
        FakeCall call = FakeCall.get("/a").header("x-debug", "1").peer(SpiffeId.of("inmesh.local", "a", "b"));
        assertThat(holds(new Compare(Attribute.METHOD, "", Operator.EQUAL, "GET"), call))
                .isTrue();
        assertThat(holds(new Compare(Attribute.PATH, "", Operator.NOT_EQUAL, "/a"), call))
                .isFalse();
        assertThat(holds(new Compare(Attribute.HEADER, "x-debug", Operator.EQUAL, "1"), call))
                .isTrue();
        assertThat(holds(new Compare(Attribute.HEADER, "x-other", Operator.EQUAL, ""), call))
                .isTrue();
        assertThat(holds(new Compare(Attribute.MTLS, "", Operator.EQUAL, true), call))
                .isTrue();
        assertThat(holds(new Compare(Attribute.DURATION_MILLIS, "", Operator.LESS, 5L), call))
                .isFalse();
        Compare success = new Compare(Attribute.RESPONSE_CODE, "", Operator.LESS_OR_EQUAL, 399L);
        assertThat(holds(new LogFilter.Not(success), call)).isFalse();
        assertThat(holds(new LogFilter.And(List.of(success, new LogFilter.Not(success))), call))
                .isFalse();
        assertThat(holds(new LogFilter.Or(List.of(success, new LogFilter.Not(success))), call))
                .isTrue();
        assertThatThrownBy(() -> new Compare(Attribute.METHOD, "", Operator.LESS, "GET"))
                .hasMessageContaining("== or !=");
        assertThatThrownBy(() -> new Compare(Attribute.RESPONSE_CODE, "", Operator.EQUAL, "200"))
                .hasMessageContaining("whole number");
    }

    @Test
    void whoCannotKeepUpLosesLinesAndNeverHoldsUpARequest() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AccessLogWriter writer = new AccessLogWriter(
                Format.ENVOY,
                line -> {
                    stuck.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    lines.add(line);
                },
                dropped::incrementAndGet,
                2);
        writers.add(writer);
        AccessLog log =
                new AccessLog(settings(Requests.INBOUND), writer, new FakeClock(), new SeededRandomness(1), () -> true);
        FakeCall call = FakeCall.get("/");
        log.inboundStarted(call).ended(call, OK, 1);
        stuck.await();
        for (int i = 0; i < 10; i++) {
            log.inboundStarted(call).ended(call, OK, 1);
        }
        assertThat(dropped).hasValue(8);
        release.countDown();
        for (int i = 0; i < 3; i++) {
            next();
        }
        assertThat(lines).isEmpty();
    }

    @Test
    void nothingIsCopiedWhereNobodyReadsTheLines() {
        AccessLog log =
                new AccessLog(settings(Requests.ALL), writer(), new FakeClock(), new SeededRandomness(1), () -> false);
        FakeCall call = FakeCall.get("/");
        assertThat(log.inboundStarted(call)).isSameAs(InboundObserver.NONE);
        assertThat(log.callStarted(call, "reviews", "r")).isSameAs(CallObserver.NONE);
    }

    private static boolean holds(LogFilter filter, Call call) {
        return LogConditions.hold(List.of(filter), call, 200, -1, 5 * MILLIS);
    }

    private static MeshConfig config(AccessLogConfig accessLog) {
        Side side = new Side(Side.STANDARD.metrics(), Side.STANDARD.tracing(), accessLog);
        return MeshConfig.builder().telemetry(new TelemetryConfig(side, side)).build();
    }

    private static AccessLogSettings settings(Requests requests) {
        return new AccessLogSettings(requests, Format.ENVOY, 100, Set.of(), false);
    }

    private AccessLog log(AccessLogSettings settings) {
        AccessLogWriter writer =
                new AccessLogWriter(settings.format(), lines::add, dropped::incrementAndGet, AccessLogWriter.CAPACITY);
        writers.add(writer);
        return new AccessLog(settings, writer, new FakeClock(), new SeededRandomness(1), () -> true);
    }

    private AccessLogWriter writer() {
        AccessLogWriter writer = new AccessLogWriter(Format.ENVOY, lines::add, dropped::incrementAndGet, 1);
        writers.add(writer);
        return writer;
    }

    /** Waits as long as only a failing test would. */
    private String next() throws InterruptedException {
        String line = lines.poll(60, TimeUnit.SECONDS);
        assertThat(line).isNotNull();
        return line;
    }
}
