package io.inmesh.server.source.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.source.Pacer;
import io.inmesh.server.source.SourceThread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services in turn over real sockets. */
class TurnReaderTest {
    @TempDir
    private Path folder;

    private final ExecutorService network = Executors.newFixedThreadPool(2);
    private final SourceThread thread = new SourceThread("tried");
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private FakeConsul consul;

    @BeforeEach
    void start() throws IOException {
        consul = new FakeConsul();
    }

    @AfterEach
    void end() {
        thread.close();
        consul.close();
        network.shutdownNow();
    }

    @Test
    void oneThatFailsKeepsNoOtherWaiting() throws Exception {
        consul.fails("bad");
        TurnReader turns = reader(new ConsulHttp(ConsulRegistry.read(folder, consul.url(), ""), network));
        thread.after(Duration.ZERO, () -> turns.soon(List.of("bad")));
        assertThat(events.take()).isEqualTo("failed");

        List<String> others = IntStream.range(0, 20).mapToObj(i -> "good" + i).toList();
        thread.after(Duration.ZERO, () -> turns.soon(others));
        for (int i = 0; i < others.size(); i++) {
            assertThat(events.take()).startsWith("good");
        }
        assertThat(asked("bad")).isEqualTo(1);
        assertThat(onThread(turns::problem)).isEqualTo("/v1/health/service/bad: Consul answers 500: it is like that");
    }

    @Test
    void anAnswerThatDoesNotComeIsGivenUpSoonAndOneThatMayTakeLongIsNot() throws Exception {
        consul.hang();
        ConsulHttp http =
                new ConsulHttp(ConsulRegistry.read(folder, consul.url(), ""), network, Duration.ofMillis(50), 1 << 20);
        CompletableFuture<?> waiting = http.ask(Question.instances("reviews"), 7);
        CompletableFuture<?> atOnce = http.ask(Question.instances("reviews"), 0);

        assertThatThrownBy(atOnce::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TimeoutException.class);
        assertThat(waiting).isNotDone();

        TurnReader turns = reader(http);
        thread.after(Duration.ZERO, () -> turns.soon(List.of("reviews")));
        assertThat(events.take()).isEqualTo("failed");
        assertThat(onThread(turns::problem)).contains("/v1/health/service/reviews", "nothing came in time");
        waiting.cancel(true);
    }

    /** One after whose failures a service is left alone for 15 s or more. */
    private static Pacer patient() {
        Pacer pacer = new Pacer(() -> 0, () -> 1);
        IntStream.range(0, 10).forEach(i -> pacer.afterFailure());
        return pacer;
    }

    private TurnReader reader(ConsulHttp http) {
        ConsulQueries questions = new ConsulQueries(http, thread, () -> events.add("failed"));
        return new TurnReader(questions, (name, instances) -> events.add(name), TurnReaderTest::patient);
    }

    private long asked(String service) {
        return consul.asked().stream()
                .filter(path -> path.startsWith("/v1/health/service/" + service + "?"))
                .count();
    }

    private <T> T onThread(Supplier<T> task) throws Exception {
        CompletableFuture<T> done = new CompletableFuture<>();
        thread.after(Duration.ZERO, () -> done.complete(task.get()));
        return done.get();
    }
}
