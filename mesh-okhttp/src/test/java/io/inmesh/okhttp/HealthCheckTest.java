package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.HealthCheckConfig;
import io.inmesh.config.HealthCheckConfig.Http;
import io.inmesh.config.HealthCheckConfig.Protocol;
import io.inmesh.config.HealthCheckConfig.StatusRange;
import io.inmesh.config.HealthCheckConfig.Tcp;
import io.inmesh.endpoint.CheckState.Verdict;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.observe.MeshObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Endpoints are asked over real sockets, and those that fail get no calls. */
final class HealthCheckTest {

    @RegisterExtension
    final Net net = new Net();

    private final LinkedBlockingQueue<String> changes = new LinkedBlockingQueue<>();

    @Test
    void anEndpointThatSaysItIsNotWellGetsNoCalls() throws Exception {
        MockWebServer well = net.serving(request -> text("well"));
        MockWebServer sick = net.serving(request -> request.getTarget().equals("/healthz")
                ? new MockResponse.Builder().code(500).build()
                : text("sick"));
        OkHttpClient client = client(http("/healthz", Http.OK), well, sick);

        assertThat(List.of(next(), next()))
                .containsExactlyInAnyOrder(well.getPort() + " PASSING", sick.getPort() + " FAILING HTTP 500");
        for (int i = 0; i < 10; i++) {
            assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 well");
        }
    }

    @Test
    void itIsBackWhenItSaysSo() throws Exception {
        AtomicInteger status = new AtomicInteger(503);
        MockWebServer server = net.serving(
                request -> new MockResponse.Builder().code(status.get()).build());
        client(http("/healthz", Http.OK), server);

        assertThat(next()).isEqualTo(server.getPort() + " FAILING HTTP 503");
        status.set(200);
        assertThat(next()).isEqualTo(server.getPort() + " PASSING");
    }

    @Test
    void asksWithTheNameOfTheServiceAndThePathOfTheCheck() throws Exception {
        MockWebServer server = net.serving(request -> text("well"));
        client(http("/healthz?deep=1", Http.OK), server);
        next();

        RecordedRequest request = server.takeRequest();
        assertThat(request.getMethod()).isEqualTo("GET");
        assertThat(request.getTarget()).isEqualTo("/healthz?deep=1");
        assertThat(request.getHeaders().get("host")).isEqualTo("reviews");
        assertThat(request.getHeaders().get("user-agent")).isEqualTo("inmesh-health-check");
    }

    @Test
    void otherStatusesMayBeExpected() throws Exception {
        MockWebServer server = net.status(418);
        client(http("/", List.of(new StatusRange(418, 419))), server);

        assertThat(next()).isEqualTo(server.getPort() + " PASSING");
    }

    @Test
    void aConnectionIsEnoughForTcp() throws Exception {
        MockWebServer server = net.status(500);
        int closed = Net.closedPort();
        client(new Tcp(), server.getPort(), closed);

        List<String> both = List.of(next(), next());

        assertThat(both).contains(server.getPort() + " PASSING");
        assertThat(both).anyMatch(change -> change.startsWith(closed + " FAILING no connection"));
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void whoeverNeverAnswersFails() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        MockWebServer server = net.serving(request -> {
            over.await();
            return text("late");
        });
        client(http("/", Http.OK), server);

        assertThat(next()).startsWith(server.getPort() + " FAILING no answer");
        over.countDown();
    }

    @Test
    void statusAndExplanationSayWhatTheChecksShow() throws Exception {
        MockWebServer sick = net.status(500);
        Mesh mesh = mesh(http("/", Http.OK), sick.getPort());
        net.client(mesh);
        next();

        assertThat(mesh.status().clusters().get(0).healthCheck()).isEqualTo("http");
        assertThat(mesh.status().clusters().get(0).endpoints().get(0).check()).isEqualTo(Verdict.FAILING);
        assertThat(mesh.status().clusters().get(0).endpoints().get(0).health())
                .isEqualTo(EndpointConfig.Health.HEALTHY);
    }

    @Test
    void withoutAnAdapterTheStatusSaysThatNobodyIsAsked() throws Exception {
        Mesh mesh = mesh(new HealthCheckConfig.Grpc("", ""), Net.closedPort());
        net.client(mesh);

        assertThat(mesh.status().clusters().get(0).healthCheck())
                .isEqualTo("grpc, which no adapter of this process can do: endpoints stand as reported");
    }

    private OkHttpClient client(Protocol protocol, MockWebServer... servers) {
        int[] ports = new int[servers.length];
        for (int i = 0; i < ports.length; i++) {
            ports[i] = servers[i].getPort();
        }
        return client(protocol, ports);
    }

    private OkHttpClient client(Protocol protocol, int... ports) {
        return net.client(mesh(protocol, ports));
    }

    private Mesh mesh(Protocol protocol, int... ports) {
        ClusterConfig cluster = Net.cluster()
                .withHealthCheck(new HealthCheckConfig(
                        protocol,
                        Duration.ofSeconds(2),
                        Duration.ofMillis(20),
                        Duration.ofMillis(20),
                        Duration.ofMillis(20),
                        Duration.ZERO,
                        1,
                        1));
        for (int port : ports) {
            cluster = cluster.endpoint("127.0.0.1", port);
        }
        return net.keep(Mesh.builder()
                .config(Net.config(cluster))
                .observer(new MeshObserver() {
                    @Override
                    public void checkChanged(Endpoint endpoint, Verdict verdict, String why) {
                        changes.add((endpoint.port() + " " + verdict + " " + why).trim());
                    }
                })
                .build());
    }

    private static Http http(String path, List<StatusRange> expected) {
        return new Http("GET", path, "", expected, Http.ANY);
    }

    private static MockResponse text(String text) {
        return new MockResponse.Builder().body(text).build();
    }

    private String next() throws InterruptedException {
        return String.valueOf(changes.poll(20, TimeUnit.SECONDS));
    }
}
