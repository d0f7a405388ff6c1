package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.PathMatch;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How long a call may take. Where time is not the transport's own it is virtual, and moves when the test says so. */
final class DeadlineTest {

    @RegisterExtension
    final Net net = new Net();

    private final FakeScheduler scheduler = new FakeScheduler(new FakeClock());
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void releaseServers() {
        release.countDown();
    }

    @Test
    void attemptThatTakesTooLongIsRepeatedOnAnotherEndpoint() throws Exception {
        MockWebServer slow = net.serving(request -> hold());
        MockWebServer fast = net.answering("fast");
        OkHttpClient client = virtual(
                Net.cluster(slow).withEndpoints(List.of(endpoint(slow, 0), endpoint(fast, 1))),
                route -> route.withRetry(
                        Net.retries(1, Condition.GATEWAY_ERROR).withPerTryTimeout(Duration.ofHours(1))));
        Received received = enqueue(client);

        assertThat(reached.await(1, TimeUnit.MINUTES)).isTrue();
        scheduler.advance(Duration.ofHours(1));

        try (Response response = received.response()) {
            assertThat(response.body().string()).isEqualTo("fast");
        }
    }

    @Test
    void callThatTakesTooLongEndsWithATimeout() throws Exception {
        MockWebServer slow = net.serving(request -> hold());
        OkHttpClient client = virtual(Net.cluster(slow), route -> route.withTimeout(Duration.ofHours(1)));
        Received received = enqueue(client);

        assertThat(reached.await(1, TimeUnit.MINUTES)).isTrue();
        scheduler.advance(Duration.ofHours(1));

        assertThatThrownBy(received::response).hasCauseInstanceOf(SocketTimeoutException.class);
        assertThat(slow.getRequestCount()).isEqualTo(1);
    }

    @Test
    void headersThatNeverEndAreWaitedForNoLongerThanHeadersThatNeverBegin() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Thread dripping = new Thread(() -> drip(server));
            dripping.start();
            OkHttpClient client = virtual(
                    ClusterConfig.of("reviews").endpoint("127.0.0.1", server.getLocalPort()),
                    route -> route.withTimeout(Duration.ofHours(1)));
            Received received = enqueue(client);

            assertThat(reached.await(1, TimeUnit.MINUTES)).isTrue();
            scheduler.advance(Duration.ofHours(1));

            assertThatThrownBy(received::response).hasCauseInstanceOf(SocketTimeoutException.class);
            dripping.join();
        }
    }

    @Test
    void answerThatCameInTimeIsReadAtLeisureIfOnlyTheAttemptIsBounded() throws Exception {
        MockWebServer server = net.serving(request ->
                new MockResponse.Builder().body("x".repeat(1_000_000)).build());
        OkHttpClient client = virtual(
                Net.cluster(server),
                route -> route.withRetry(
                        Net.retries(1, Condition.GATEWAY_ERROR).withPerTryTimeout(Duration.ofHours(1))));

        try (Response response = client.newCall(Net.get(Net.REVIEWS)).execute()) {
            scheduler.advance(Duration.ofHours(2));
            assertThat(response.body().string()).hasSize(1_000_000);
        }
    }

    @Test
    void serverIsToldHowLongItsAnswerIsOfUse() throws Exception {
        MockWebServer server = net.answering("ok");
        OkHttpClient client = virtual(Net.cluster(server), route -> route.withTimeout(Duration.ofHours(1)));

        Net.call(client, Net.REVIEWS);

        assertThat(server.takeRequest().getHeaders().get("x-envoy-expected-rq-timeout-ms"))
                .isEqualTo("3600000");
    }

    @Test
    void bodyIsBoundedByTheTimeoutOfTheRouteToo() throws IOException {
        MockWebServer server = net.serving(request -> new MockResponse.Builder()
                .body("x".repeat(1_000_000))
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build());
        MeshConfig config = Net.config(Net.cluster(server), route -> route.withTimeout(Duration.ofSeconds(3)));
        OkHttpClient client =
                net.client(new OkHttpClient.Builder().readTimeout(Duration.ZERO).build(), net.mesh(config));

        try (Response response = client.newCall(Net.get(Net.REVIEWS)).execute()) {
            assertThatThrownBy(() -> response.body().string()).isInstanceOf(InterruptedIOException.class);
        }
    }

    @Test
    void http2StreamIsBoundedAndTheConnectionLivesOn() throws Exception {
        MockWebServer server = net.serving(
                request -> request.getTarget().equals("/slow") ? hold() : new MockResponse.Builder().build(),
                settings -> settings.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)));
        MeshConfig config = MeshConfig.builder()
                .cluster(Net.cluster(server))
                .virtualHost(VirtualHostConfig.of(
                        Net.AUTHORITY,
                        RouteConfig.of(
                                        "slow",
                                        new RouteMatch(PathMatch.exact("/slow"), List.of(), List.of()),
                                        RouteAction.to("reviews"))
                                .withTimeout(Duration.ofMillis(200)),
                        RouteConfig.to("reviews")))
                .build();
        OkHttpClient client = net.client(
                new OkHttpClient.Builder()
                        .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                        .build(),
                net.mesh(config));
        Net.call(client, Net.REVIEWS);

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS + "slow")).isInstanceOf(SocketTimeoutException.class);

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 ");
        assertThat(client.connectionPool().connectionCount()).isEqualTo(1);
    }

    @Test
    void timeoutsOfTheApplicationHoldTooIfTheyAreShorter() throws IOException {
        MockWebServer slow = net.serving(request -> hold());
        MeshConfig config = Net.config(Net.cluster(slow), route -> route.withTimeout(Duration.ofHours(1)));
        OkHttpClient.Builder application = new OkHttpClient.Builder();

        OkHttpClient reading =
                net.client(application.readTimeout(Duration.ofMillis(100)).build(), net.mesh(config));
        assertThatThrownBy(() -> Net.call(reading, Net.REVIEWS)).isInstanceOf(SocketTimeoutException.class);

        OkHttpClient calling = net.client(
                application
                        .readTimeout(Duration.ZERO)
                        .callTimeout(Duration.ofMillis(100))
                        .build(),
                net.mesh(config));
        assertThatThrownBy(() -> Net.call(calling, Net.REVIEWS))
                .isInstanceOf(InterruptedIOException.class)
                .hasMessage("timeout");
    }

    private OkHttpClient virtual(ClusterConfig cluster, Function<RouteConfig, RouteConfig> route) {
        Mesh mesh = net.keep(Mesh.builder()
                .config(Net.config(cluster, route))
                .clock(scheduler.clock())
                .scheduler(scheduler)
                .build());
        return net.client(new OkHttpClient.Builder().readTimeout(Duration.ZERO).build(), mesh);
    }

    private static EndpointConfig endpoint(MockWebServer server, int priority) {
        return new EndpointConfig(
                "127.0.0.1", server.getPort(), 1, EndpointConfig.Health.HEALTHY, priority, "", false, Map.of(), "");
    }

    private static Received enqueue(OkHttpClient client) {
        Received received = new Received();
        client.newCall(Net.get(Net.REVIEWS)).enqueue(received);
        return received;
    }

    private MockResponse hold() throws InterruptedException {
        reached.countDown();
        release.await();
        return new MockResponse.Builder().build();
    }

    /** Begins an answer and does not end it, until the client goes away. */
    private void drip(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nX: y".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            reached.countDown();
            socket.getInputStream().readAllBytes();
        } catch (IOException clientWentAway) {
            reached.countDown();
        }
    }
}
