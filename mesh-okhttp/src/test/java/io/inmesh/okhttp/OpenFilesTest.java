package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.TestCa;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * However a connection ends, the files that its TLS socket holds are closed with it. A pipe belongs to each TLS socket of Conscrypt, so
 * pipes are counted, after each connection: a garbage collection would hide what is left open.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "counts the links of /proc/self/fd")
final class OpenFilesTest {

    private static final int CONNECTIONS = 20;
    private static final int LARGE = 1 << 20;
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    @RegisterExtension
    final Net net = new Net();

    private final TestCa ca = TestCa.root("test.local");
    private ServerSocket listener;
    private Thread server;
    private volatile Turn turn;

    /** The connection whose turn it is: its server has got as far as it is to get, and nobody needs it any more. */
    private record Turn(CountDownLatch reached, CountDownLatch over) {
        Turn() {
            this(new CountDownLatch(1), new CountDownLatch(1));
        }
    }

    /** How a connection ends. */
    enum End {
        /** After a call that went well. */
        IDLE,
        /** The server resets it instead of answering. */
        RESET,
        /** The server says goodbye instead of answering. */
        GOODBYE,
        /** The server is not who it must be. */
        REFUSED,
        /** The server does not speak TLS. */
        PLAINTEXT,
        /** The call is cancelled while the handshake waits for the server. */
        CANCELLED_IN_HANDSHAKE,
        /** The call is cancelled while it waits for the answer. */
        CANCELLED,
        /** The call is cancelled while an upload goes on that the server does not read. */
        CANCELLED_IN_UPLOAD,
        /** The answer is dropped after its first byte. */
        UNREAD
    }

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    }

    @AfterEach
    void stop() throws Exception {
        listener.close();
        turn.over().countDown();
        server.join();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "http IDLE",
                "http RESET",
                "http GOODBYE",
                "http REFUSED",
                "http PLAINTEXT",
                "http CANCELLED_IN_HANDSHAKE",
                "http CANCELLED",
                "http CANCELLED_IN_UPLOAD",
                "http UNREAD",
                "https IDLE",
                "https RESET",
                "https GOODBYE",
                "https REFUSED",
                "https PLAINTEXT",
                "https CANCELLED_IN_HANDSHAKE",
                "https CANCELLED",
                "https CANCELLED_IN_UPLOAD",
                "https UNREAD"
            })
    void areClosedWithTheConnection(String scheme, End end) throws Exception {
        server = new Thread(() -> serve(end));
        server.start();
        OkHttpClient client = client();
        String url = scheme + "://reviews:9080/";
        connect(client, url, end);
        int before = pipes();

        for (int i = 0; i < CONNECTIONS; i++) {
            connect(client, url, end);
            while (pipes() > before) {
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            }
        }

        assertThat(pipes()).isLessThanOrEqualTo(before);
    }

    private void connect(OkHttpClient client, String url, End end) throws Exception {
        turn = new Turn();
        Request request = end == End.CANCELLED_IN_UPLOAD ? upload(url) : Net.get(url);
        switch (end) {
            case IDLE -> assertThat(Net.call(client, request)).isEqualTo("200 ok");
            case RESET, GOODBYE, REFUSED, PLAINTEXT ->
                assertThatThrownBy(() -> Net.call(client, request)).isInstanceOf(IOException.class);
            case CANCELLED_IN_HANDSHAKE, CANCELLED, CANCELLED_IN_UPLOAD -> {
                Received received = new Received();
                Call call = client.newCall(request);
                call.enqueue(received);
                assertThat(turn.reached().await(1, TimeUnit.MINUTES)).isTrue();
                call.cancel();
                // Whoever uploads may meet the closed socket before it hears that it was cancelled.
                assertThatThrownBy(received::response).hasCauseInstanceOf(IOException.class);
            }
            case UNREAD -> {
                Call call = client.newCall(request);
                try (Response response = call.execute()) {
                    assertThat(response.body().source().readByte()).isZero();
                    call.cancel();
                }
            }
        }
        turn.over().countDown();
        client.connectionPool().evictAll();
    }

    private void serve(End end) {
        SSLContext context = ServerTls.serverContext(ca.holder("default", end == End.REFUSED ? "impostor" : "reviews"));
        while (!listener.isClosed()) {
            try (Socket plain = listener.accept()) {
                serve(end, plain, context, turn);
            } catch (IOException brokenAsItShould) {
                assertThat(brokenAsItShould).isNotNull();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void serve(End end, Socket plain, SSLContext context, Turn now)
            throws IOException, InterruptedException {
        if (end == End.PLAINTEXT) {
            plain.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return;
        }
        if (end == End.CANCELLED_IN_HANDSHAKE) {
            plain.getInputStream().read();
            now.reached().countDown();
            now.over().await();
            return;
        }
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, true);
        InputStream input = socket.getInputStream();
        if (input.read() < 0) {
            return;
        }
        switch (end) {
            case RESET -> plain.setSoLinger(true, 0);
            case GOODBYE -> socket.close();
            case IDLE -> {
                answer(socket, "ok".getBytes(StandardCharsets.US_ASCII));
                now.over().await();
            }
            case UNREAD -> answer(socket, new byte[LARGE]);
            default -> {
                now.reached().countDown();
                now.over().await();
            }
        }
    }

    private static void answer(SSLSocket socket, byte[] body) throws IOException {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n";
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.write(head.getBytes(StandardCharsets.US_ASCII));
        answer.write(body);
        answer.writeTo(socket.getOutputStream());
    }

    private OkHttpClient client() {
        ClusterConfig cluster = ClusterConfig.of("reviews")
                .endpoint("127.0.0.1", listener.getLocalPort())
                .withTls(new ClientTlsConfig(
                        ClientTlsConfig.Mode.MESH,
                        Set.of(SpiffeId.of("test.local", "default", "reviews").toString()),
                        "reviews.default.svc.cluster.local"));
        Mesh mesh = net.mesh(Net.config(cluster, route -> route.withRetry(RetryConfig.NONE)));
        mesh.identity().update(ca.issue("default", "ratings"), ca.bundle());
        return net.client(mesh);
    }

    private static Request upload(String url) {
        return Net.get(url)
                .newBuilder()
                .post(new RequestBody() {
                    @Override
                    public MediaType contentType() {
                        return null;
                    }

                    @Override
                    public void writeTo(BufferedSink sink) throws IOException {
                        while (true) {
                            sink.write(new byte[LARGE]);
                        }
                    }
                })
                .build();
    }

    private static int pipes() throws IOException {
        int pipes = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path file : open) {
                if (isPipe(file)) {
                    pipes++;
                }
            }
        }
        return pipes;
    }

    private static boolean isPipe(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().startsWith("pipe:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }
}
