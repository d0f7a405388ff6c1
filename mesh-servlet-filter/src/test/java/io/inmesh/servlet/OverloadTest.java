package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.ConcurrencyConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundTrafficConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RateLimitConfig;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is refused so that the process stays alive. */
class OverloadTest {

    private static final String ORIGIN = "InboundTrafficPolicy default/reviews";
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicInteger served = new AtomicInteger();
    private final Application application = new Application().on("/*", (request, response) -> served.incrementAndGet());

    @ParameterizedTest
    @EnumSource
    void whatComesTooOftenIsToldWhenToComeBack(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            limit(service, InboundTrafficConfig.limiting(ORIGIN, RateLimitConfig.of("all", 2, HOUR)));
            assertThat(service.client().get("/users").status()).isEqualTo(200);
            assertThat(service.client().get("/users").status()).isEqualTo(200);
            RawClient.Reply refused = service.client().get("/users");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.text())
                    .containsPattern("(?i)retry-after: (1800|17\\d\\d)\\r\\n")
                    .endsWith("mesh: rate_limited\n")
                    .doesNotContain("InboundTrafficPolicy");
            assertThat(served).hasValue(2);
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.ends.next()).isEqualTo("refused 429 RATE_LIMITED");
        }
    }

    /** An upload of which only the head has been sent: nobody waits for the rest. */
    @ParameterizedTest
    @EnumSource
    void aRefusalDoesNotWaitForTheBody(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            limit(service, InboundTrafficConfig.limiting(ORIGIN, RateLimitConfig.of("all", 1, HOUR)));
            assertThat(service.client().get("/users").status()).isEqualTo(200);
            try (Socket upload = service.client().connect()) {
                RawClient.write(upload, RawClient.head("POST", "/users", "Content-Length: 100000"));
                byte[] status = upload.getInputStream().readNBytes(12);
                assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 429");
            }
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.ends.next()).isEqualTo("refused 429 RATE_LIMITED");
        }
    }

    @ParameterizedTest
    @EnumSource
    void asynchronousRequestsAreInFlightUntilTheyComplete(Container container) throws Exception {
        BlockingQueue<AsyncContext> begun = new LinkedBlockingQueue<>();
        Application slow = new Application()
                .on("/slow", (request, response) -> begun.add(asynchronous(request)))
                .on("/*", (request, response) -> served.incrementAndGet());
        try (Service service = Service.open(container, slow)) {
            limit(
                    service,
                    InboundTrafficConfig.limiting(ORIGIN)
                            .withConcurrency(new ConcurrencyConfig(1, 1, 1, 1.5, Duration.ZERO)));
            CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> status(service, "/slow"));
            AsyncContext inFlight = begun.poll(20, TimeUnit.SECONDS);
            RawClient.Reply refused = service.client().get("/users");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.text())
                    .containsIgnoringCase("retry-after: 1\r\n")
                    .endsWith("mesh: overloaded\n");
            assertThat(service.ends.next()).isEqualTo("refused 503 OVERLOADED");
            inFlight.complete();
            assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.client().get("/users").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @Test
    void jettyTellsWhenARequestArrived() throws Exception {
        BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        Application records = new Application()
                .on("/*", (request, response) -> arrived.add(request.getAttribute(MeshFilter.ARRIVED)));
        records.servlets.forEach((pattern, servlet) -> context.addServlet(servlet, pattern));
        server.setHandler(new JettyArrival(context));
        server.start();
        try {
            long before = System.nanoTime();
            new RawClient("127.0.0.1", connector.getLocalPort(), null).get("/users");
            long nanos = (Long) arrived.take();
            assertThat(nanos - before).isPositive();
            assertThat(System.nanoTime() - nanos).isPositive();
        } finally {
            server.stop();
        }
    }

    private static AsyncContext asynchronous(HttpServletRequest request) {
        AsyncContext context = request.startAsync();
        context.setTimeout(0);
        return context;
    }

    private static int status(Service service, String path) {
        try {
            return service.client().get(path).status();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void limit(Service service, InboundTrafficConfig traffic) {
        MeshConfig config = MeshConfig.builder()
                .inbound(InboundConfig.OPEN.withTraffic(traffic))
                .build();
        assertThat(service.mesh.apply(config).problems()).isEmpty();
    }
}
