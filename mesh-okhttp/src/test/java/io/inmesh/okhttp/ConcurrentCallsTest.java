package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.MeshConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many calls at once: a name of the mesh is one host for OkHttp and many endpoints for the mesh. */
final class ConcurrentCallsTest {

    private static final int CALLS = 64;

    @RegisterExtension
    final Net net = new Net();

    private static final String FIRST = "first";

    private final CountDownLatch together = new CountDownLatch(CALLS);

    @Test
    void asynchronousCallsToOneNameAreNotLimitedToFive() throws Exception {
        MockWebServer one = waitingForAll(List.of(Protocol.HTTP_1_1));
        MockWebServer two = waitingForAll(List.of(Protocol.HTTP_1_1));
        OkHttpClient client = patient(Protocol.HTTP_1_1, one, two);

        assertAllSucceed(client);

        assertThat(one.getRequestCount()).isEqualTo(CALLS / 2);
        assertThat(two.getRequestCount()).isEqualTo(CALLS / 2);
        assertThat(client.connectionPool().connectionCount()).isEqualTo(CALLS);
    }

    @Test
    void http2SendsThemOverOneConnection() throws Exception {
        MockWebServer server = waitingForAll(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        OkHttpClient client = patient(Protocol.H2_PRIOR_KNOWLEDGE, server);
        // Calls that begin before there is any connection may each open one.
        client.newCall(Net.get(Net.REVIEWS + FIRST)).execute().close();

        assertAllSucceed(client);

        assertThat(client.connectionPool().connectionCount()).isEqualTo(1);
    }

    @Test
    void limitsTheApplicationChoseStay() {
        Dispatcher chosen = new Dispatcher();
        chosen.setMaxRequestsPerHost(7);

        OkHttpClient client =
                net.client(new OkHttpClient.Builder().dispatcher(chosen).build(), net.mesh(MeshConfig.EMPTY));

        assertThat(client.dispatcher()).isSameAs(chosen);
        assertThat(chosen.getMaxRequestsPerHost()).isEqualTo(7);
    }

    @Test
    void clientOfTheApplicationIsNotChanged() {
        OkHttpClient application = new OkHttpClient();

        net.client(application, net.mesh(MeshConfig.EMPTY));

        assertThat(application.interceptors()).isEmpty();
        assertThat(application.networkInterceptors()).isEmpty();
        assertThat(application.dispatcher().getMaxRequestsPerHost()).isEqualTo(5);
    }

    private OkHttpClient patient(Protocol protocol, MockWebServer... servers) {
        return net.client(
                new OkHttpClient.Builder()
                        .protocols(List.of(protocol))
                        .readTimeout(Duration.ZERO)
                        .build(),
                net.mesh(Net.config(Net.cluster(servers))));
    }

    private MockWebServer waitingForAll(List<Protocol> protocols) throws IOException {
        return net.serving(
                request -> {
                    if (request.getUrl().encodedPath().endsWith(FIRST)) {
                        return new MockResponse.Builder().build();
                    }
                    together.countDown();
                    assertThat(together.await(1, TimeUnit.MINUTES)).isTrue();
                    return new MockResponse.Builder().build();
                },
                server -> server.setProtocols(protocols));
    }

    private static void assertAllSucceed(OkHttpClient client) throws Exception {
        List<Received> all = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            Received received = new Received();
            client.newCall(Net.get(Net.REVIEWS)).enqueue(received);
            all.add(received);
        }
        for (Received received : all) {
            try (Response response = received.response()) {
                assertThat(response.code()).isEqualTo(200);
            }
        }
    }
}
