package io.inmesh.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.config.EndpointConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.SpiffeId;
import io.inmesh.observe.AccessLogSettings.Format;
import io.inmesh.observe.AccessLogSettings.Requests;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lines of the access log, to the letter: whoever parses them has written down what they look like. */
class AccessLogLineTest {

    private static final long MILLIS = 1_000_000;
    private static final Outcome OK = Outcome.Response.http(200);
    private static final int LONGEST = 2048;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final FakeClock clock = new FakeClock(Instant.parse("2026-01-01T00:00:00.007Z"));
    private @Nullable AccessLogWriter writer;

    @AfterEach
    void close() {
        if (writer != null) {
            writer.close();
        }
    }

    @Test
    void aCallInEnvoysWords() throws InterruptedException {
        AccessLog log = log(Format.ENVOY, false);
        FakeCall call = FakeCall.get("/reviews/1").query("q=1").header("user-agent", "curl/8");
        CallObserver seen = log.callStarted(call, "reviews", "default");
        seen.attemptEnded(new FakeAttempt(call, "reviews-v1", 1), OK, 11 * MILLIS);
        seen.callEnded(call, new FakeAttempt(call, "reviews-v1", 1), OK, 1, 19 * MILLIS);
        assertThat(next()).isEqualTo("""
                        {"start_time":"2025-12-31T23:59:59.988Z","method":"GET","path":"/reviews/1","protocol":null,\
                        "response_code":200,"response_flags":"-","response_code_details":"via_upstream",\
                        "connection_termination_details":null,"bytes_received":null,"bytes_sent":null,"duration":19,\
                        "upstream_service_time":"11","x_forwarded_for":null,"user_agent":"curl/8","request_id":null,\
                        "authority":"reviews:9080","upstream_host":"10.0.0.7:9080","upstream_cluster":"reviews-v1",\
                        "upstream_local_address":null,"downstream_local_address":null,"downstream_remote_address":null,\
                        "requested_server_name":null,"upstream_transport_failure_reason":null,"route_name":"default",\
                        "direction":"outbound","peer":null,"attempts":1,"trace_id":null,"span_id":null}""");
    }

    @Test
    void aRequestInEnvoysWords() throws InterruptedException {
        AccessLog log = log(Format.ENVOY, true);
        FakeCall call = FakeCall.grpc("/bookinfo.Ratings/Get")
                .query("q=1")
                .header("x-tenant", "ac\"me")
                .header("x-forwarded-for", "10.1.1.1")
                .peer(SpiffeId.of("inmesh.local", "default", "productpage"))
                .from("10.0.0.8")
                .at("10.0.0.9", 9443)
                .requestedServerName("ratings");
        try (Scope ignored = span().makeCurrent()) {
            log.inboundStarted(call).ended(call, Outcome.Response.grpc(5), MILLIS / 2);
        }
        assertThat(next()).isEqualTo("""
                        {"start_time":"2026-01-01T00:00:00.007Z","method":"POST","path":"/bookinfo.Ratings/Get?q=1",\
                        "protocol":null,"response_code":200,"response_flags":"-","response_code_details":"via_upstream",\
                        "connection_termination_details":null,"bytes_received":null,"bytes_sent":null,"duration":0,\
                        "upstream_service_time":null,"x_forwarded_for":"10.1.1.1","user_agent":null,"request_id":null,\
                        "authority":"reviews:9080","upstream_host":null,"upstream_cluster":"inbound|9443||",\
                        "upstream_local_address":null,"downstream_local_address":"10.0.0.9:9443",\
                        "downstream_remote_address":"10.0.0.8","requested_server_name":"ratings",\
                        "upstream_transport_failure_reason":null,"route_name":null,"direction":"inbound",\
                        "peer":"spiffe://inmesh.local/ns/default/sa/productpage","attempts":1,\
                        "trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","grpc_status":5,\
                        "header_x_tenant":"ac\\"me"}""");
    }

    @Test
    void aCallInTheWordsOfTheElasticSchema() throws InterruptedException {
        AccessLog log = log(Format.ECS, true);
        FakeCall call = FakeCall.get("/").header("x-tenant", "acme").to("ratings", 80);
        Endpoint sixth = new Endpoint("ratings-v1", EndpointConfig.of("fd00::7", 9080));
        FakeAttempt attempt = new FakeAttempt(call, sixth, null, 1, new TreeMap<>());
        try (Scope ignored = span().makeCurrent()) {
            log.callStarted(call, "ratings", "canary").callEnded(call, attempt, OK, 1, 12_345_678);
        }
        assertThat(next()).isEqualTo("""
                        {"@timestamp":"2025-12-31T23:59:59.995Z","ecs.version":"8.11.0","log.logger":"inmesh.access",\
                        "event.kind":"event","event.category":"web","event.action":"request-sent",\
                        "event.outcome":"success","event.duration":12345678,"event.reason":"via_upstream",\
                        "http.request.method":"GET","http.response.status_code":200,"url.path":"/",\
                        "url.domain":"ratings:80","destination.address":"[fd00::7]:9080",\
                        "trace.id":"4bf92f3577b34da6a3ce929d0e0e4736","span.id":"00f067aa0ba902b7",\
                        "inmesh.response_flags":"-","inmesh.cluster":"ratings-v1","inmesh.route":"canary",\
                        "inmesh.attempts":1,"http.request.headers.x-tenant":"acme"}""");
    }

    @Test
    void aRefusalInTheWordsOfTheElasticSchema() throws InterruptedException {
        AccessLog log = log(Format.ECS, false);
        FakeCall call = FakeCall.get("/a").header("user-agent", "curl/8").from("10.0.0.8");
        log.inboundStarted(call).refused(call, new Outcome.Rejection(Reason.RATE_LIMITED, 429, 8, "no"), MILLIS);
        assertThat(next()).isEqualTo("""
                        {"@timestamp":"2026-01-01T00:00:00.006Z","ecs.version":"8.11.0","log.logger":"inmesh.access",\
                        "event.kind":"event","event.category":"web","event.action":"request-received",\
                        "event.outcome":"failure","event.duration":1000000,"event.reason":"rate_limited",\
                        "http.request.method":"GET","http.response.status_code":429,"url.path":"/a",\
                        "url.domain":"reviews:9080","user_agent.original":"curl/8","source.address":"10.0.0.8",\
                        "inmesh.response_flags":"RL","inmesh.cluster":"inbound|9080||","inmesh.attempts":1}""");
        FakeCall unsent = FakeCall.get("/b");
        log.callStarted(unsent, "reviews", null)
                .callEnded(unsent, null, new Outcome.LocalReply(Reason.NO_ROUTE, 404, 12, null, null), 0, MILLIS);
        assertThat(next())
                .contains("\"url.domain\":\"reviews:9080\",\"inmesh.response_flags\":\"NR\",\"inmesh.attempts\":0}");
    }

    @Test
    void whatIsTooLongIsCutWhereItIs() throws InterruptedException {
        AccessLog log = log(Format.ENVOY, true);
        for (int missing = 0; missing < 6; missing++) {
            String host = "h".repeat(LONGEST - missing);
            FakeCall call =
                    FakeCall.get("/" + "p".repeat(LONGEST - 3)).query("q=1").to(host, 9080);
            log.inboundStarted(call).ended(call, OK, 1);
            assertThat(next())
                    .contains("\"authority\":\"" + (host + ":9080").substring(0, LONGEST) + "\",")
                    .contains("\"path\":\"/" + "p".repeat(LONGEST - 3) + "?q\",");
        }
    }

    @Test
    void linesOfTheSameSecondAndOfOthersHaveTheirOwnTime() throws InterruptedException {
        AccessLog log = log(Format.ENVOY, false);
        FakeCall call = FakeCall.get("/");
        for (String time : new String[] {"00:00:00.007", "00:00:00.999", "00:00:01.000", "00:00:00.010"}) {
            clock.advance(
                    Duration.ofMillis(Instant.parse("2026-01-01T" + time + "Z").toEpochMilli() - clock.epochMillis()));
            log.inboundStarted(call).ended(call, OK, 0);
            assertThat(next()).startsWith("{\"start_time\":\"2026-01-01T" + time + "Z\",\"method\"");
        }
    }

    @Test
    void aLineAfterAnEnormousOneIsLikeAnyOther() throws InterruptedException {
        AccessLog log = log(Format.ENVOY, false);
        FakeCall small = FakeCall.get("/").header("user-agent", "curl/8");
        log.inboundStarted(small).ended(small, OK, 0);
        String before = next();
        FakeCall large = FakeCall.get("/" + "\u2028".repeat(LONGEST))
                .header("user-agent", "\u2028".repeat(LONGEST))
                .header("x-request-id", "\u2028".repeat(LONGEST));
        log.inboundStarted(large).ended(large, OK, 0);
        assertThat(next()).hasSizeGreaterThan(3 * 6 * (LONGEST - 1));
        log.inboundStarted(small).ended(small, OK, 0);
        assertThat(next()).isEqualTo(before);
    }

    private static Span span() {
        return Span.wrap(SpanContext.create(
                "4bf92f3577b34da6a3ce929d0e0e4736",
                "00f067aa0ba902b7",
                TraceFlags.getSampled(),
                TraceState.getDefault()));
    }

    private AccessLog log(Format format, boolean more) {
        AccessLogSettings settings =
                new AccessLogSettings(Requests.ALL, format, 100, more ? Set.of("x-tenant") : Set.of(), more);
        AccessLogWriter made = new AccessLogWriter(format, lines::add, () -> {}, AccessLogWriter.CAPACITY);
        writer = made;
        return new AccessLog(settings, made, clock, new SeededRandomness(1), () -> true);
    }

    /** Waits as long as only a failing test would. */
    private String next() throws InterruptedException {
        String line = lines.poll(60, TimeUnit.SECONDS);
        assertThat(line).isNotNull();
        return line;
    }
}
