package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.config.ClientPolicyConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HedgingConfig;
import io.inmesh.config.RetryConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Slow calls are answered by another server, over real sockets. */
final class HedgingTest {

    @RegisterExtension
    final Net net = new Net();

    private final CountDownLatch testOver = new CountDownLatch(1);
    private final AtomicInteger askedSlow = new AtomicInteger();
    private final AtomicInteger askedFast = new AtomicInteger();
    private final CountDownLatch bothAsked = new CountDownLatch(2);

    @AfterEach
    void release() {
        testOver.countDown();
    }

    @Test
    void aSlowServersCallIsAnsweredByAnother() throws Exception {
        CountDownLatch slowAsked = new CountDownLatch(1);
        Mesh mesh = mesh(slow(slowAsked), net.serving(request -> {
            // Its answer ends the other attempt, perhaps before that has reached its server.
            slowAsked.await();
            return new MockResponse.Builder().body("fast").build();
        }));
        OkHttpClient client = net.client(mesh);

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 fast");
        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 fast");

        assertNothingInFlight(mesh);
    }

    @Test
    void aBodyThatCanBeSentAgainIsAndItsAnswerIsRead() throws Exception {
        OkHttpClient client = net.client(mesh(slow(), fast()));
        for (int i = 0; i < 2; i++) {
            Request put = new Request.Builder()
                    .url(Net.REVIEWS)
                    .put(RequestBody.create("stars".getBytes()))
                    .build();
            assertThat(Net.call(client, put)).isEqualTo("200 fast stars");
        }
    }

    @Test
    void aCallThatMustNotBeSentTwiceIsSentOnce() throws Exception {
        OkHttpClient client = net.client(
                new OkHttpClient.Builder().readTimeout(Duration.ofMillis(500)).build(), mesh(slow(), fast()));
        int failed = 0;
        for (int i = 0; i < 2; i++) {
            Request post = new Request.Builder()
                    .url(Net.REVIEWS)
                    .post(RequestBody.create("stars".getBytes()))
                    .build();
            try {
                Net.call(client, post);
            } catch (IOException timeout) {
                failed++;
            }
        }
        assertThat(failed).as("the slow server's turn").isPositive();
        assertThat(askedSlow.get() + askedFast.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void cancellingTheCallEndsBothAttempts() throws Exception {
        Mesh mesh = mesh(slow(), slow());
        Call call = net.client(mesh).newCall(Net.get(Net.REVIEWS));
        Thread canceller = new Thread(() -> {
            try {
                assertThat(bothAsked.await(30, TimeUnit.SECONDS)).isTrue();
                call.cancel();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        canceller.start();

        assertThatThrownBy(call::execute).isInstanceOf(IOException.class).hasMessage("Canceled");

        canceller.join();
        assertNothingInFlight(mesh);
    }

    @Test
    void anInterruptedCallerIsToldSo() throws Exception {
        OkHttpClient client = net.client(mesh(slow(), slow()));
        Thread caller = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            try {
                assertThat(bothAsked.await(30, TimeUnit.SECONDS)).isTrue();
                caller.interrupt();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        interrupter.start();

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS)).isInstanceOf(IOException.class);

        interrupter.join();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anAnswerThatComesInTimeIsNotHedged() throws Exception {
        OkHttpClient client = net.client(mesh(fast(), fast(), Duration.ofSeconds(20)));
        for (int i = 0; i < 20; i++) {
            try (Response response = client.newCall(Net.get(Net.REVIEWS)).execute()) {
                assertThat(response.body().string()).isEqualTo("fast");
            }
        }
        assertThat(askedFast).hasValue(20);
    }

    private Mesh mesh(MockWebServer one, MockWebServer other) {
        return mesh(one, other, Duration.ofMillis(20));
    }

    private Mesh mesh(MockWebServer one, MockWebServer other, Duration delay) {
        ClusterConfig cluster = Net.cluster(one, other)
                .withClientPolicy(ClientPolicyConfig.DEFAULT.withHedging(
                        HedgingConfig.after(delay).withMaxExtraPercent(100)));
        return net.mesh(Net.config(
                cluster, route -> route.withTimeout(Duration.ofSeconds(30)).withRetry(RetryConfig.NONE)));
    }

    private static void assertNothingInFlight(Mesh mesh) {
        assertThat(mesh.status().clusters().get(0).endpoints()).allMatch(endpoint -> endpoint.inFlight() == 0);
    }

    private MockWebServer slow() throws IOException {
        return slow(new CountDownLatch(0));
    }

    private MockWebServer slow(CountDownLatch asked) throws IOException {
        return net.serving(request -> {
            asked.countDown();
            askedSlow.incrementAndGet();
            bothAsked.countDown();
            testOver.await();
            return new MockResponse.Builder().code(500).build();
        });
    }

    private MockWebServer fast() throws IOException {
        return net.serving(request -> {
            askedFast.incrementAndGet();
            String sent = request.getBody() == null ? "" : request.getBody().utf8();
            return new MockResponse.Builder()
                    .body(sent.isEmpty() ? "fast" : "fast " + sent)
                    .build();
        });
    }
}
