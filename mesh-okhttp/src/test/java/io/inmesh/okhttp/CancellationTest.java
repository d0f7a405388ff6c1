package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.observe.CallObserver;
import io.inmesh.observe.MeshObserver;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cancelled call ends, wherever it is. None of the waits below would end by itself within the time a test has. */
final class CancellationTest {

    @RegisterExtension
    final Net net = new Net();

    private final CountDownLatch moment = new CountDownLatch(1);

    @Test
    void duringAnInjectedDelay() throws Exception {
        MockWebServer server = net.answering("late");
        MeshConfig config = Net.config(
                Net.cluster(server),
                route -> route.withFault(new FaultConfig(new FaultConfig.Delay(Duration.ofHours(1), 1_000_000), null)));
        OkHttpClient client = net.client(observed(config, new Observer() {
            @Override
            public CallObserver callStarted(io.inmesh.call.Call call, String virtualHost, String route) {
                moment.countDown();
                return this;
            }
        }));

        assertCancelledAtTheMoment(client, Net.get(Net.REVIEWS));

        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void byInterruptingTheThreadThatWaits() throws Exception {
        MeshConfig config = Net.config(
                Net.cluster(net.answering("late")),
                route -> route.withFault(new FaultConfig(new FaultConfig.Delay(Duration.ofHours(1), 1_000_000), null)));
        OkHttpClient client = net.client(observed(config, new Observer() {
            @Override
            public CallObserver callStarted(io.inmesh.call.Call call, String virtualHost, String route) {
                moment.countDown();
                return this;
            }
        }));
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                Net.call(client, Net.REVIEWS);
            } catch (InterruptedIOException expected) {
                interrupted.complete(Thread.currentThread().isInterrupted());
            } catch (IOException | RuntimeException wrong) {
                interrupted.completeExceptionally(wrong);
            }
        });
        caller.start();
        assertThat(moment.await(1, TimeUnit.MINUTES)).isTrue();

        caller.interrupt();

        assertThat(interrupted.get(1, TimeUnit.MINUTES)).isTrue();
        caller.join();
    }

    @Test
    void duringTheWaitBeforeARetry() throws Exception {
        MockWebServer server = net.serving(request -> new MockResponse.Builder()
                .code(503)
                .addHeader("Retry-After", "30")
                .build());
        MeshConfig config =
                Net.config(Net.cluster(server), route -> route.withRetry(Net.retries(1, Condition.GATEWAY_ERROR)));
        OkHttpClient client = net.client(observed(config, new Observer() {
            @Override
            public void retrying(Attempt ended, long delayNanos) {
                moment.countDown();
            }
        }));

        assertCancelledAtTheMoment(client, Net.get(Net.REVIEWS));

        assertThat(server.getRequestCount()).isEqualTo(1);
        assertThat(client.connectionPool().idleConnectionCount())
                .isEqualTo(client.connectionPool().connectionCount());
    }

    @Test
    void whileTheServerThinksAndItIsNotRepeated() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        MockWebServer server = net.serving(request -> {
            moment.countDown();
            release.await();
            return new MockResponse.Builder().build();
        });
        OkHttpClient client = net.client(
                Net.config(Net.cluster(server), route -> route.withRetry(Net.retries(5, Condition.SERVER_ERROR))));

        assertCancelledAtTheMoment(client, Net.get(Net.REVIEWS));

        assertThat(server.getRequestCount()).isEqualTo(1);
        release.countDown();
    }

    @Test
    void beforeItBegan() throws Exception {
        MockWebServer server = net.answering("hello");
        OkHttpClient client = net.client(Net.config(Net.cluster(server)));
        Call call = client.newCall(Net.get(Net.REVIEWS));

        call.cancel();

        assertThatThrownBy(call::execute).isInstanceOf(IOException.class).hasMessage("Canceled");
        assertThat(server.getRequestCount()).isZero();
    }

    private void assertCancelledAtTheMoment(OkHttpClient client, Request request) throws Exception {
        Received received = new Received();
        Call call = client.newCall(request);
        call.enqueue(received);
        assertThat(moment.await(1, TimeUnit.MINUTES)).isTrue();

        call.cancel();

        assertThatThrownBy(received::response)
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("Canceled");
    }

    private Mesh observed(MeshConfig config, MeshObserver observer) {
        return net.keep(Mesh.builder().config(config).observer(observer).build());
    }

    /** Sees one call only. */
    private abstract static class Observer implements MeshObserver, CallObserver {
        @Override
        public CallObserver callStarted(io.inmesh.call.Call call, String virtualHost, String route) {
            return this;
        }
    }
}
