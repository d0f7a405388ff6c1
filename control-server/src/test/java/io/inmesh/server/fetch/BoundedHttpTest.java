package io.inmesh.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that operators have named and that turn out slow, endless or elsewhere. Real sockets. */
class BoundedHttpTest {
    private static final long TRICKLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final BoundedHttp http = new BoundedHttp(null, Duration.ofMinutes(5));
    private final BoundedHttp hasty = new BoundedHttp(null, Duration.ofMillis(200));
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
    void aServerThatSaysNothingIsLeft() {
        answer(out -> LockSupport.park());
        assertThatThrownBy(() -> hasty.get(uri()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not answer");
    }

    @Test
    void aServerThatNeverComesToAnEndIsLeftThoughEachByteCameInTime() {
        answer(out -> {
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write("1\r\nx\r\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
                LockSupport.parkNanos(TRICKLE_NANOS);
            }
        });
        assertThatThrownBy(() -> hasty.get(uri()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not answer");
    }

    @Test
    void anAnswerThatIsTooLongIsCutOff() {
        answer(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[2_000_000]);
        });
        assertThatThrownBy(() -> http.get(uri())).hasMessageContaining("longer than 1048576 bytes");
    }

    @Test
    void nobodyIsFollowedElsewhere() {
        answer(out -> out.write("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII)));
        assertThatThrownBy(() -> http.get(uri())).hasMessageContaining("answers 302");
    }

    @Test
    void aGoodAnswerIsWhole() throws IOException {
        answer(out -> out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(StandardCharsets.US_ASCII)));
        assertThat(http.get(uri())).isEqualTo("{}");
    }

    private interface Answer {
        void write(OutputStream out) throws IOException;
    }

    private void answer(Answer answer) {
        Thread thread = new Thread(() -> {
            try (Socket socket = server.accept()) {
                answer.write(socket.getOutputStream());
                socket.getOutputStream().flush();
                socket.getInputStream().readAllBytes();
            } catch (IOException left) {
                // The client has seen enough.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/bundle");
    }
}
