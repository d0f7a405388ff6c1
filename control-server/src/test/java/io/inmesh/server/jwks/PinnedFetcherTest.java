package io.inmesh.server.jwks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents from real sockets, and addresses that are never connected to. */
class PinnedFetcherTest {

    private final PinnedFetcher fetcher =
            new PinnedFetcher(new AddressGuard(List.of()), Duration.ofSeconds(20), System::nanoTime);
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void documentIsFetched() throws Exception {
        CompletableFuture<String> request = answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}x");
        assertThat(fetcher.get(url("/a?b=c"))).isEqualTo("{}");
        assertThat(request.get())
                .startsWith("GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + server.getLocalPort() + "\r\n");
    }

    @Test
    void documentInChunksIsJoined() throws Exception {
        answer(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n4\r\n\"\u00e9\"\r\n1\r\n}\r\n0\r\n\r\n");
        assertThat(fetcher.get(url("/"))).isEqualTo("{\"\u00e9\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 302 Found~Location: http://169.254.169.254/~~ | redirects are not followed",
                "HTTP/1.1 404 Not Found~~ | 404",
                "HTTP/1.1 200 OK~Content-Length: 9~~{} | ends too early",
                "HTTP/1.1 200 OK~Content-Length: -1~~{} | ends too early",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~{} | ends too early",
                "HTTP/1.1 200 OK~Transfer-Encoding: gzip~~{} | not known",
                "SSH-2.0-x | no HTTP"
            })
    void otherAnswersAreProblems(String answer, String problem) {
        answer(answer.replace("~", "\r\n"));
        assertThatThrownBy(() -> fetcher.get(url("/")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void endlessAnswerIsCutOff() {
        answer("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(HttpAnswer.LONGEST));
        assertThatThrownBy(() -> fetcher.get(url("/"))).hasMessageContaining("longer than");
    }

    @Test
    void serverThatSaysNothingIsLeftAfterTheTimeout() {
        PinnedFetcher hasty = new PinnedFetcher(new AddressGuard(List.of()), Duration.ofMillis(20), System::nanoTime);
        assertThatThrownBy(() -> hasty.get(url("/"))).hasMessageContaining("no answer within 20 ms");
    }

    /** A limit for each read would never be reached. */
    @Test
    void serverThatSendsByteAfterByteIsLeftAtTheTimeoutOfTheWholeDocument() {
        AtomicLong seconds = new AtomicLong();
        Semaphore bytes = new Semaphore(0);
        PinnedFetcher patient = new PinnedFetcher(new AddressGuard(List.of()), Duration.ofSeconds(20), () -> {
            // A byte for each look at the clock, which is a second later each time.
            bytes.release();
            return TimeUnit.SECONDS.toNanos(seconds.incrementAndGet());
        });
        Thread trickle = new Thread(() -> {
            try (Socket socket = server.accept()) {
                while (true) {
                    bytes.acquireUninterruptibly();
                    socket.getOutputStream().write('x');
                    socket.getOutputStream().flush();
                }
            } catch (IOException left) {
                // The client does not wait for the end.
            }
        });
        trickle.setDaemon(true);
        trickle.start();
        assertThatThrownBy(() -> patient.get(url("/"))).hasMessageContaining("no answer within 20000 ms");
    }

    @Test
    void certificateThatIsNotTrustedIsNoAnswer() {
        answer("HTTP/1.1 200 OK\r\n\r\n{}");
        assertThatThrownBy(() -> fetcher.get(url("/").replace("http:", "https:")))
                .isInstanceOf(IOException.class);
    }

    /** CVE-2026-41413. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://169.254.169.254/latest/meta-data",
                "https://10.0.0.1/",
                "https://192.168.1.1/",
                "https://172.31.0.1/",
                "https://100.64.0.1/",
                "https://127.0.0.2/",
                "https://0.0.0.0/",
                "https://[::]/",
                "https://[fe80::1]/",
                "https://[fd00::1]/",
                "https://[::ffff:10.0.0.1]/",
                "https://[64:ff9b::a9fe:a9fe]/",
                "https://[2002:a00:1::]/"
            })
    void addressesThatAreNotPublicAreNotConnectedTo(String url) {
        assertThatThrownBy(() -> fetcher.get(url)).hasMessageContaining("no public address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://127.0.0.1/", "file:///etc/passwd", "jar:file:/x", "keys", "http://8.8.8.8/"})
    void onlyHttpsIsAsked(String url) {
        assertThatThrownBy(() -> fetcher.get(url)).isInstanceOf(IOException.class);
    }

    @Test
    void privateAddressesMayBeNamed() throws Exception {
        AddressGuard guard = new AddressGuard(List.of("10.1.0.0/16", "fd00::/8"));
        assertThat(guard.permits(InetAddress.getByName("10.1.2.3"))).isTrue();
        assertThat(guard.permits(InetAddress.getByName("10.2.2.3"))).isFalse();
        assertThat(guard.permits(InetAddress.getByName("fd00::1"))).isTrue();
        assertThat(guard.permits(InetAddress.getByName("8.8.8.8"))).isTrue();
        assertThat(guard.permits(InetAddress.getByName("2606:4700::1111"))).isTrue();
        assertThat(guard.permits(InetAddress.getByName("169.254.169.254"))).isFalse();
    }

    private String url(String target) {
        return "http://127.0.0.1:" + server.getLocalPort() + target;
    }

    /** Answers one request with these bytes; completes with the request. */
    private CompletableFuture<String> answer(String text) {
        CompletableFuture<String> asked = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try (Socket socket = server.accept()) {
                byte[] request = new byte[4096];
                int length = socket.getInputStream().read(request);
                socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
                asked.complete(new String(request, 0, Math.max(0, length), StandardCharsets.US_ASCII));
            } catch (IOException e) {
                asked.complete("");
            }
        });
        thread.setDaemon(true);
        thread.start();
        return asked;
    }
}
