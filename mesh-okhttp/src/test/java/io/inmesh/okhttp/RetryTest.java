package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.observe.CallObserver;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeClock;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is sent again is what the engine decides, and nothing below it repeats on its own. */
final class RetryTest {

    @RegisterExtension
    final Net net = new Net();

    @Test
    void unavailableEndpointIsReplacedByAnotherAndItsAnswerIsClosed() throws IOException {
        MockWebServer bad = net.serving(request ->
                new MockResponse.Builder().code(503).body("x".repeat(10_000)).build());
        MockWebServer good = net.answering("good");
        OkHttpClient client = net.client(retrying(1, bad, good));

        for (int i = 0; i < 20; i++) {
            assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 good");
        }

        assertThat(bad.getRequestCount()).isPositive();
        assertThat(good.getRequestCount()).isEqualTo(20);
        assertThat(client.connectionPool().connectionCount()).isEqualTo(2);
        assertThat(client.connectionPool().idleConnectionCount()).isEqualTo(2);
    }

    @Test
    void lastAnswerIsReturnedWhole() throws IOException {
        MockWebServer bad = net.serving(
                request -> new MockResponse.Builder().code(503).body("sorry").build());
        OkHttpClient client = net.client(retrying(2, bad));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("503 sorry");

        assertThat(bad.getRequestCount()).isEqualTo(3);
        assertThat(client.connectionPool().idleConnectionCount()).isEqualTo(1);
    }

    @Test
    void unavailableIsNotRepeatedUnlessTheRouteSaysSo() throws IOException {
        MockWebServer bad = net.status(503);
        OkHttpClient client = net.client(Net.config(Net.cluster(bad)));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("503 ");

        assertThat(bad.getRequestCount()).isEqualTo(1);
    }

    @Test
    void requestToRepeatAtOnceIsCountedByTheEngineToo() throws IOException {
        MockWebServer bad = net.serving(request -> new MockResponse.Builder()
                .code(503)
                .addHeader("Retry-After", "0")
                .build());
        OkHttpClient never = net.client(Net.config(Net.cluster(bad)));

        try (Response response = never.newCall(Net.get(Net.REVIEWS)).execute()) {
            assertThat(response.headers("Retry-After")).containsExactly("0");
            assertThat(response.header("x-inmesh-retry-after")).isNull();
        }
        assertThat(bad.getRequestCount()).isEqualTo(1);

        assertThat(Net.call(net.client(retrying(2, bad)), Net.REVIEWS)).isEqualTo("503 ");
        assertThat(bad.getRequestCount()).isEqualTo(1 + 3);
    }

    @Test
    void requestTimeoutOfTheServerIsNotRepeatedBelowTheEngine() throws IOException {
        MockWebServer bad = net.status(408);
        OkHttpClient client = net.client(retrying(2, bad));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("408 ");

        assertThat(bad.getRequestCount()).isEqualTo(1);
    }

    @Test
    void serverDecidesHowLongToWait() throws IOException {
        Waits waits = new Waits();
        MockWebServer bad = net.serving(request -> new MockResponse.Builder()
                .code(503)
                .addHeader("Retry-After", "1")
                .build());
        OkHttpClient client = net.client(
                net.keep(Mesh.builder().config(retrying(1, bad)).observer(waits).build()));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("503 ");

        assertThat(waits.nanos).containsExactly(TimeUnit.SECONDS.toNanos(1));
        assertThat(bad.getRequestCount()).isEqualTo(2);
    }

    @Test
    void serverThatWantsAVeryLongPauseIsLeftAlone() throws IOException {
        MockWebServer bad = net.serving(request -> new MockResponse.Builder()
                .code(503)
                .addHeader("Retry-After", "3600")
                .build());
        OkHttpClient client = net.client(retrying(2, bad));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("503 ");

        assertThat(bad.getRequestCount()).isEqualTo(1);
    }

    @Test
    void budgetBoundsWhatIsSentInAll() throws IOException {
        MockWebServer bad = net.status(503);
        MeshConfig config = Net.config(
                Net.cluster(bad).withRetryBudget(RetryBudgetConfig.succeeded(0, 1)),
                route -> route.withRetry(Net.retries(3, Condition.GATEWAY_ERROR)));
        OkHttpClient client = net.client(
                net.keep(Mesh.builder().config(config).clock(new FakeClock()).build()));

        for (int i = 0; i < 30; i++) {
            assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("503 ");
        }

        // One a second, over the ten seconds a budget looks back.
        assertThat(bad.getRequestCount()).isEqualTo(30 + 10);
    }

    @Test
    void bodyThatCanBeSentOnceIsSentOnce() throws IOException {
        MockWebServer bad = net.status(503);
        OkHttpClient client = net.client(retrying(2, bad));
        Request request =
                new Request.Builder().url(Net.REVIEWS).put(new OneShotBody()).build();

        assertThat(Net.call(client, request)).isEqualTo("503 ");

        assertThat(bad.getRequestCount()).isEqualTo(1);
    }

    @Test
    void bodyThatCanBeSentAgainArrivesWholeEachTime() throws Exception {
        MockWebServer bad = net.status(503);
        OkHttpClient client = net.client(retrying(2, bad));
        Request request = new Request.Builder()
                .url(Net.REVIEWS)
                .put(RequestBody.create("payload", null))
                .build();

        assertThat(Net.call(client, request)).isEqualTo("503 ");

        for (int i = 0; i < 3; i++) {
            assertThat(bad.takeRequest().getBody().utf8()).isEqualTo("payload");
        }
    }

    private static MeshConfig retrying(int retries, MockWebServer... servers) {
        return Net.config(
                Net.cluster(servers), route -> route.withRetry(Net.retries(retries, Condition.GATEWAY_ERROR)));
    }

    /** Notes how long the engine waits. */
    private static final class Waits implements MeshObserver, CallObserver {
        private final List<Long> nanos = new CopyOnWriteArrayList<>();

        @Override
        public CallObserver callStarted(Call call, String virtualHost, String route) {
            return this;
        }

        @Override
        public void retrying(Attempt ended, long delayNanos) {
            nanos.add(delayNanos);
        }
    }

    /** A stream, say. */
    static final class OneShotBody extends RequestBody {
        @Override
        public MediaType contentType() {
            return null;
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            sink.writeUtf8("once");
        }
    }
}
