package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.RetryConfig.Condition;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bodies pass through the mesh as they come; nothing is collected first. */
final class StreamingTest {

    private static final int CHUNK = 1 << 20;
    private static final int CHUNKS = 100;

    @RegisterExtension
    final Net net = new Net();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong received = new AtomicLong();
    private final CountDownLatch firstChunkReceived = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            byte[] buffer = new byte[64 * 1024];
            InputStream body = exchange.getRequestBody();
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                if (received.addAndGet(n) >= CHUNK) {
                    firstChunkReceived.countDown();
                }
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void uploadOfAHundredMegabytesArrivesWhileItIsWritten() throws IOException {
        OkHttpClient client = net.client(Net.config(
                ClusterConfig.of("reviews")
                        .endpoint("127.0.0.1", server.getAddress().getPort()),
                route -> route.withRetry(Net.retries(2, Condition.SERVER_ERROR)).withTimeout(Duration.ofMinutes(2))));

        assertThat(Net.call(
                        client,
                        new Request.Builder()
                                .url(Net.REVIEWS)
                                .post(new Upload())
                                .build()))
                .isEqualTo("200 ");

        assertThat(received).hasValue((long) CHUNKS * CHUNK);
    }

    @Test
    void answerIsThereBeforeItsBodyEnds() throws Exception {
        LinkedBlockingQueue<String> parts = new LinkedBlockingQueue<>();
        CountDownLatch firstRead = new CountDownLatch(1);
        HttpServer slow = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        slow.setExecutor(threads);
        slow.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("one\n".getBytes());
            exchange.getResponseBody().flush();
            await(firstRead);
            exchange.getResponseBody().write("two\n".getBytes());
            exchange.close();
        });
        slow.start();
        try {
            OkHttpClient client = net.client(Net.config(ClusterConfig.of("reviews")
                    .endpoint("127.0.0.1", slow.getAddress().getPort())));
            try (Response response = client.newCall(Net.get(Net.REVIEWS)).execute()) {
                parts.add(response.body().source().readUtf8LineStrict());
                firstRead.countDown();
                parts.add(response.body().source().readUtf8LineStrict());
            }
            assertThat(parts).containsExactly("one", "two");
        } finally {
            slow.stop(0);
        }
    }

    @Test
    void webSocketIsOpenedThroughTheMesh() throws Exception {
        LinkedBlockingQueue<String> echoed = new LinkedBlockingQueue<>();
        MockWebServer echo = net.serving(request -> new MockResponse.Builder()
                .webSocketUpgrade(new WebSocketListener() {
                    @Override
                    public void onMessage(WebSocket socket, String text) {
                        socket.send("echo " + text);
                        socket.close(1000, null);
                    }
                })
                .build());
        OkHttpClient client = net.client(Net.config(Net.cluster(echo)));

        client.newWebSocket(Net.get("ws://reviews:9080/"), new WebSocketListener() {
            @Override
            public void onOpen(WebSocket socket, Response response) {
                socket.send("hello");
            }

            @Override
            public void onMessage(WebSocket socket, String text) {
                echoed.add(text);
            }

            @Override
            public void onFailure(WebSocket socket, Throwable t, Response response) {
                echoed.add(t.toString());
            }
        });

        assertThat(echoed.poll(1, TimeUnit.MINUTES)).isEqualTo("echo hello");
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Writes its second part when the server has received the first. */
    private final class Upload extends RequestBody {
        @Override
        public MediaType contentType() {
            return null;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            byte[] chunk = new byte[CHUNK];
            for (int i = 0; i < CHUNKS; i++) {
                sink.write(chunk);
                sink.flush();
                await(firstChunkReceived);
            }
        }
    }
}
