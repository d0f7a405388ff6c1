package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.MeshConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A host the mesh does not know is called as if there were no mesh. */
final class UnknownHostTest {

    @RegisterExtension
    final Net net = new Net();

    @Test
    void requestIsTheOneTheApplicationMade() throws IOException {
        MockWebServer server = net.answering("plain");
        OkHttpClient client = net.client(MeshConfig.EMPTY);
        Request request = Net.get("http://127.0.0.1:" + server.getPort() + "/");

        try (Response response = client.newCall(request).execute()) {
            assertThat(response.request()).isSameAs(request);
            assertThat(response.body().string()).isEqualTo("plain");
        }
    }

    @Test
    void nameIsResolvedByTheApplicationsDns() throws IOException {
        MockWebServer server = net.answering("resolved");
        OkHttpClient client = net.client(
                new OkHttpClient.Builder()
                        .dns(host -> List.of(InetAddress.getByName("127.0.0.1")))
                        .build(),
                net.mesh(MeshConfig.EMPTY));

        assertThat(Net.call(client, "http://example.test:" + server.getPort() + "/"))
                .isEqualTo("200 resolved");
    }

    @Test
    void proxyOfTheApplicationIsForUnknownHostsOnly() throws IOException {
        MockWebServer proxy = net.answering("by proxy");
        MockWebServer endpoint = net.answering("direct");
        OkHttpClient client = net.client(
                new OkHttpClient.Builder()
                        .proxy(new Proxy(Proxy.Type.HTTP, proxy.getSocketAddress()))
                        .build(),
                net.mesh(Net.config(Net.cluster(endpoint))));

        assertThat(Net.call(client, "http://example.test/")).isEqualTo("200 by proxy");
        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 direct");
    }

    @Test
    void okHttpsOwnRecoveryOfDeadConnectionsIsLeftToIt() throws IOException {
        MockWebServer server = net.serving(request -> new MockResponse.Builder()
                .body("ok")
                .onResponseEnd(new SocketEffect.CloseSocket())
                .build());
        OkHttpClient client = net.client(MeshConfig.EMPTY);
        String url = "http://127.0.0.1:" + server.getPort() + "/";

        for (int i = 0; i < 3; i++) {
            assertThat(Net.call(
                            client,
                            new Request.Builder()
                                    .url(url)
                                    .post(RequestBody.create("x", null))
                                    .build()))
                    .isEqualTo("200 ok");
        }
    }

    @Test
    void okHttpsOwnRepetitionOfUnavailableIsLeftToIt() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        MockWebServer server = net.serving(request -> calls.incrementAndGet() == 1
                ? new MockResponse.Builder()
                        .code(503)
                        .addHeader("Retry-After", "0")
                        .build()
                : new MockResponse.Builder().body("second").build());
        OkHttpClient client = net.client(MeshConfig.EMPTY);

        assertThat(Net.call(client, "http://127.0.0.1:" + server.getPort() + "/"))
                .isEqualTo("200 second");
    }

    @Test
    void socketFactoryOfTheApplicationMakesTheSocketsOfBoth() throws IOException {
        MockWebServer server = net.answering("ok");
        AtomicInteger made = new AtomicInteger();
        OkHttpClient client = net.client(
                new OkHttpClient.Builder().socketFactory(new Counting(made)).build(),
                net.mesh(Net.config(Net.cluster(server))));

        Net.call(client, Net.REVIEWS);
        assertThat(made).hasValue(1);
        Net.call(client, "http://127.0.0.1:" + server.getPort() + "/");
        assertThat(made).hasValue(2);
    }

    private static final class Counting extends PlainSocketFactory {
        private final AtomicInteger made;

        Counting(AtomicInteger made) {
            this.made = made;
        }

        @Override
        public Socket createSocket() {
            made.incrementAndGet();
            return new Socket();
        }
    }
}
