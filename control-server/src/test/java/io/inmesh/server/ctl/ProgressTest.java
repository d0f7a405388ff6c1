package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.time.Timer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What is said of waits, on a terminal that is none, in time that is none. */
class ProgressTest {
    private static final String CLEARED = "\r\u001b[K";

    private final FakeTime time = new FakeTime();
    private final StringWriter terminal = new StringWriter();
    private final Progress progress = new Progress(time, new PrintWriter(terminal));

    @Test
    void whatIsOverWithinASecondLeavesNoTrace() {
        try (Progress.Waiting waiting = progress.begin("an answer")) {
            time.advance(Duration.ofMillis(999));
        }
        time.advance(Duration.ofMinutes(1));

        assertThat(terminal.toString()).isEmpty();
    }

    @Test
    void aLongerWaitIsToldEachSecondAndGoneAfterwards() {
        try (Progress.Waiting waiting = progress.begin("an answer")) {
            time.advance(Duration.ofMillis(2500));
            assertThat(terminal.toString())
                    .isEqualTo("\rwaiting for an answer (1s)\u001b[K\rwaiting for an answer (2s)\u001b[K");
        }
        assertThat(terminal.toString()).endsWith(CLEARED);
        int length = terminal.toString().length();
        time.advance(Duration.ofMinutes(1));

        assertThat(terminal.toString()).hasSize(length);
    }

    @Test
    void ofWaitsWithinAWaitTheOutermostIsTold() {
        try (Progress.Waiting outer = progress.begin("callers")) {
            try (Progress.Waiting inner = progress.begin("the server")) {
                time.advance(Duration.ofSeconds(1));
            }
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(terminal.toString()).doesNotContain("the server").contains("callers (1s)", "callers (2s)");
    }

    @Test
    void oneWaitAfterAnotherBeginsAtOneSecond() {
        for (int i = 0; i < 2; i++) {
            try (Progress.Waiting waiting = progress.begin("an answer")) {
                time.advance(Duration.ofSeconds(1));
            }
        }
        assertThat(terminal.toString().split("\\(1s\\)", -1)).hasSize(3);
        assertThat(terminal.toString()).doesNotContain("(2s)");
    }

    @Test
    void nobodyIsToldWhereThereIsNoTerminalOrPlainTextIsAskedFor() {
        assertThat(Progress.wanted(Map.of("TERM", "xterm", "NO_COLOR", "1"))).isFalse();
        assertThat(Progress.wanted(Map.of("TERM", "dumb"))).isFalse();
        assertThat(Progress.wanted(Map.of())).isFalse();
        Progress.NONE.begin("anything").close();
    }

    @Test
    void everyCommandThatAsksTheServerSaysSo() throws IOException, InterruptedException {
        assertThat(errorsOf("status")).contains("\rwaiting for the control server at http://127.0.0.1:", CLEARED);
        assertThat(errorsOf("cert", "show", "-q", "reviews")).doesNotContain("waiting for");
    }

    /** What a command complains of whose server takes a second to hang up, if it is said that it does. */
    private static String errorsOf(String... arguments) throws IOException, InterruptedException {
        StringWriter err = new StringWriter();
        FirstSecond second = new FirstSecond();
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread slow = new Thread(() -> hangUp(server, List.of(arguments).contains("-q") ? null : second));
        slow.start();
        MeshCtl program = new MeshCtl();
        program.say(new Progress(second, new PrintWriter(err)));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--server", "http://127.0.0.1:" + server.getLocalPort()));
        int exitCode =
                new CommandLine(program).setErr(new PrintWriter(err, true)).execute(all.toArray(String[]::new));
        server.close();
        slow.join();
        assertThat(exitCode).isEqualTo(ExitCode.UNREACHABLE);
        return err.toString();
    }

    /** The client may try again, so that there is more than one connection. */
    private static void hangUp(ServerSocket server, @Nullable FirstSecond when) {
        while (true) {
            try (Socket accepted = server.accept()) {
                if (when != null) {
                    when.told.await();
                }
            } catch (IOException | InterruptedException closed) {
                return;
            }
        }
    }

    /** The first second passes at once, further ones never. */
    private static final class FirstSecond implements Timer {
        private final AtomicBoolean passed = new AtomicBoolean();
        private final CountDownLatch told = new CountDownLatch(1);

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Cancellable schedule(Duration delay, Runnable task) {
            if (!passed.getAndSet(true)) {
                new Thread(() -> {
                            task.run();
                            told.countDown();
                        })
                        .start();
            }
            return () -> {};
        }
    }
}
