package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.TestCa;
import io.inmesh.time.Clock;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLSocket;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An upload over mesh TLS to a server that does not read. Saying goodbye in TLS waits for the writer, who waits for the server; so
 * the connection has to be closed without it.
 */
final class StuckUploadTest {

    @RegisterExtension
    final Net net = new Net();

    private final FakeScheduler scheduler = new FakeScheduler(new FakeClock());
    private final TestCa ca = TestCa.root("test.local");
    private final CountDownLatch stuck = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean full;
    private ServerSocket server;
    private Thread neverReading;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        neverReading = new Thread(this::handshakeOnly);
        neverReading.start();
    }

    @AfterEach
    void stop() throws Exception {
        over.countDown();
        server.close();
        neverReading.join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://reviews:9080/", "https://reviews:9080/"})
    void isCancelled(String url) throws Exception {
        OkHttpClient client = client(route -> route);
        Call call = client.newCall(upload(url));
        Received received = new Received();
        call.enqueue(received);
        assertThat(stuck.await(1, TimeUnit.MINUTES)).isTrue();

        call.cancel();

        assertThatThrownBy(received::response).hasMessageContaining("Canceled");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://reviews:9080/", "https://reviews:9080/"})
    void endsAtItsDeadline(String url) throws Exception {
        OkHttpClient client = client(route -> route.withTimeout(Duration.ofHours(1)));
        Received received = new Received();
        client.newCall(upload(url)).enqueue(received);
        assertThat(stuck.await(1, TimeUnit.MINUTES)).isTrue();

        scheduler.advance(Duration.ofHours(1));

        assertThatThrownBy(received::response).hasCauseInstanceOf(SocketTimeoutException.class);
    }

    private OkHttpClient client(Function<RouteConfig, RouteConfig> route) {
        MeshConfig config = Net.config(
                ClusterConfig.of("reviews")
                        .endpoint("127.0.0.1", server.getLocalPort())
                        .withTls(new ClientTlsConfig(
                                ClientTlsConfig.Mode.MESH,
                                Set.of(SpiffeId.of("test.local", "default", "reviews")
                                        .toString()),
                                "reviews.default.svc.cluster.local")),
                route);
        // Certificates are valid by the clock of the machine; what is late is so by virtual time.
        Mesh mesh = net.keep(Mesh.builder()
                .config(config)
                .clock(new FakeClockOfToday(scheduler))
                .scheduler(scheduler)
                .build());
        mesh.identity().update(ca.issue("default", "ratings"), ca.bundle());
        return net.client(
                new OkHttpClient.Builder()
                        .socketFactory(new Sockets())
                        .writeTimeout(Duration.ZERO)
                        .readTimeout(Duration.ZERO)
                        .build(),
                mesh);
    }

    private Request upload(String url) {
        return new Request.Builder()
                .url(url)
                .post(new RequestBody() {
                    @Override
                    public MediaType contentType() {
                        return null;
                    }

                    @Override
                    public void writeTo(BufferedSink sink) throws IOException {
                        full = true;
                        sink.write(new byte[1 << 20]);
                    }
                })
                .build();
    }

    private void handshakeOnly() {
        try (Socket plain = server.accept();
                SSLSocket socket = (SSLSocket) ServerTls.serverContext(ca.holder("default", "reviews"))
                        .getSocketFactory()
                        .createSocket(plain, null, true)) {
            socket.startHandshake();
            over.await();
        } catch (IOException | InterruptedException clientWentAway) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells monotonic time as the test says and the time of day as it is. */
    private record FakeClockOfToday(FakeScheduler scheduler) implements Clock {
        @Override
        public long nanos() {
            return scheduler.clock().nanos();
        }

        @Override
        public long epochMillis() {
            return System.currentTimeMillis();
        }
    }

    /** Its buffers are full when the test says so; then writing ends with the socket only. */
    private final class StuckSocket extends Socket {
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    if (full) {
                        stuck.countDown();
                        awaitClosing();
                    }
                    out.write(bytes, offset, length);
                }
            };
        }

        private void awaitClosing() throws IOException {
            try {
                closed.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            throw new SocketException("Socket closed");
        }

        @Override
        public void close() throws IOException {
            closed.countDown();
            super.close();
        }
    }

    /** Makes such sockets. */
    private final class Sockets extends PlainSocketFactory {
        @Override
        public Socket createSocket() {
            return new StuckSocket();
        }
    }
}
