package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.config.RetryConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server may close a connection while it is idle in our pool; the next request finds out. */
final class DeadConnectionTest {

    @RegisterExtension
    final Net net = new Net();

    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void idempotentRequestIsSentAgainOnANewConnection() throws IOException {
        OkHttpClient client = client(closing());

        for (int i = 0; i < 5; i++) {
            assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 ok");
        }

        assertThat(calls).hasValue(5);
    }

    @Test
    void requestThatMustNotBeRepeatedFails() throws IOException {
        OkHttpClient client = client(closing());
        Net.call(client, Net.REVIEWS);

        assertThatThrownBy(() -> Net.call(client, post().build())).isInstanceOf(IOException.class);

        assertThat(calls).hasValue(1);
    }

    @Test
    void applicationMaySayThatRepeatingIsHarmless() throws IOException {
        OkHttpClient client = client(closing());
        Net.call(client, Net.REVIEWS);

        assertThat(Net.call(client, post().tag(Idempotent.class, Idempotent.YES).build()))
                .isEqualTo("200 ok");
    }

    @Test
    void applicationMaySayThatRepeatingIsNotHarmless() throws IOException {
        OkHttpClient client = client(closing());
        Net.call(client, Net.REVIEWS);

        assertThatThrownBy(() -> Net.call(
                        client,
                        Net.get(Net.REVIEWS)
                                .newBuilder()
                                .tag(Idempotent.class, Idempotent.NO)
                                .build()))
                .isInstanceOf(IOException.class);

        assertThat(calls).hasValue(1);
    }

    @Test
    void bodyThatCanBeSentOnceIsNotSentAgain() throws IOException {
        OkHttpClient client = client(closing());
        Net.call(client, Net.REVIEWS);

        assertThatThrownBy(() -> Net.call(
                        client,
                        new Request.Builder()
                                .url(Net.REVIEWS)
                                .put(new RetryTest.OneShotBody())
                                .build()))
                .isInstanceOf(IOException.class);

        assertThat(calls).hasValue(1);
    }

    @Test
    void requestThatKillsItsConnectionIsNotTriedOnAllOfThem() throws Exception {
        CountDownLatch together = new CountDownLatch(3);
        AtomicInteger poison = new AtomicInteger();
        MockWebServer server = net.serving(request -> {
            if (request.getTarget().equals("/poison")) {
                poison.incrementAndGet();
                return new MockResponse.Builder()
                        .onResponseStart(new SocketEffect.CloseSocket())
                        .build();
            }
            together.countDown();
            assertThat(together.await(1, TimeUnit.MINUTES)).isTrue();
            return new MockResponse.Builder().build();
        });
        OkHttpClient client = client(server);
        List<Received> warm = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Received received = new Received();
            client.newCall(Net.get(Net.REVIEWS)).enqueue(received);
            warm.add(received);
        }
        for (Received received : warm) {
            received.response().close();
        }
        assertThat(client.connectionPool().idleConnectionCount()).isEqualTo(3);

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS + "poison")).isInstanceOf(IOException.class);

        // Once where it might have been a dead connection, and once where it could not be.
        assertThat(poison).hasValue(2);
    }

    /** Without retries of the route, so that whatever is repeated is repeated because of the connection. */
    private OkHttpClient client(MockWebServer server) {
        return net.client(Net.config(Net.cluster(server), route -> route.withRetry(RetryConfig.NONE)));
    }

    /** A server that closes each connection after an answer without saying so. */
    private MockWebServer closing() throws IOException {
        return net.serving(request -> {
            calls.incrementAndGet();
            return new MockResponse.Builder()
                    .body("ok")
                    .onResponseEnd(new SocketEffect.CloseSocket())
                    .build();
        });
    }

    private static Request.Builder post() {
        return new Request.Builder().url(Net.REVIEWS).post(RequestBody.create("order", null));
    }
}
