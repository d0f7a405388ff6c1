package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.MeshRejectedException;
import io.inmesh.call.Outcome;
import io.inmesh.config.CircuitBreakerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code connectionPool.tcp.maxConnections} and {@code http.http1MaxPendingRequests} on real connections. */
final class ConnectionLimitTest {

    private static final int LIMIT = 2;

    @RegisterExtension
    final Net net = new Net();

    private final Semaphore arrived = new Semaphore(0);
    private final Semaphore answers = new Semaphore(0);
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();

    @Test
    void thoseBeyondTheLimitWaitForAConnectionAndUseIt() throws Exception {
        MockWebServer server = slow();
        OkHttpClient client = client(server, CircuitBreakerConfig.UNLIMITED);
        List<Received> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Received received = new Received();
            client.newCall(Net.get(Net.REVIEWS)).enqueue(received);
            all.add(received);
        }
        assertThat(arrived.tryAcquire(LIMIT, 30, TimeUnit.SECONDS)).isTrue();

        answers.release(8);

        for (Received received : all) {
            try (Response response = received.response()) {
                assertThat(response.code()).isEqualTo(200);
            }
        }
        assertThat(mostAtOnce).hasValue(LIMIT);
        assertThat(server.getRequestCount()).isEqualTo(8);
    }

    @Test
    void theThirdIsRefusedWhereNobodyMayWait() throws Exception {
        MockWebServer server = slow();
        OkHttpClient client = client(server, 0);
        List<Received> two = List.of(new Received(), new Received());
        two.forEach(each -> client.newCall(Net.get(Net.REVIEWS)).enqueue(each));
        assertThat(arrived.tryAcquire(LIMIT, 30, TimeUnit.SECONDS)).isTrue();

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS))
                .isInstanceOfSatisfying(MeshRejectedException.class, e -> {
                    assertThat(e.rejection().reason()).isEqualTo(Outcome.Reason.OVERFLOW);
                    assertThat(e).hasMessageContaining("maxConnections");
                });

        answers.release(3);
        for (Received each : two) {
            each.response().close();
        }
        assertThat(Net.call(client, Net.REVIEWS)).startsWith("200");
    }

    private OkHttpClient client(MockWebServer server, long pending) {
        OkHttpClient patient =
                new OkHttpClient.Builder().readTimeout(Duration.ZERO).build();
        return net.client(
                patient,
                net.mesh(Net.config(Net.cluster(server)
                        .withCircuitBreaker(CircuitBreakerConfig.DEFAULT.withConnections(LIMIT, pending)))));
    }

    private MockWebServer slow() throws IOException {
        return net.serving(request -> {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            arrived.release();
            boolean may = answers.tryAcquire(60, TimeUnit.SECONDS);
            atOnce.decrementAndGet();
            return new MockResponse.Builder().code(may ? 200 : 500).build();
        });
    }
}
