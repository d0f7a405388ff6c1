package io.inmesh.server.source.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.service.Health;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of an answer is kept, over real sockets. */
class ConsulHttpTest {
    private static final int MOST = 100_000;

    @TempDir
    private Path folder;

    private final ExecutorService network = Executors.newFixedThreadPool(2);
    private FakeConsul consul;
    private ConsulHttp http;

    @BeforeEach
    void start() throws IOException {
        consul = new FakeConsul();
        http = new ConsulHttp(ConsulRegistry.read(folder, consul.url(), ""), network, Duration.ofHours(1), MOST);
        ArrayNode instances =
                FakeConsul.checked(FakeConsul.instances(List.of("10.0.0.1:80", "10.0.0.2:80")), "reviews", "critical");
        instances.forEach(instance -> ((ObjectNode) instance.at("/Checks/0")).put("Output", "x".repeat(MOST)));
        consul.catalog(Map.of("reviews", instances));
    }

    @AfterEach
    void end() {
        consul.close();
        network.shutdownNow();
    }

    @Test
    void whatChecksPrintMayBeLongerThanWhatCounts() throws Exception {
        assertThat(http.ask(Question.checks(), 0).get().list().byOwner())
                .hasSize(2)
                .containsEntry(
                        new Rows.Owner("reviews", "node-10.0.0.1", "service:at-10.0.0.1:80"),
                        List.of("at-10.0.0.1:80", "critical", ""));
        assertThat(http.ask(Question.instances("reviews"), 0).get().list())
                .hasSize(2)
                .allSatisfy(instance -> assertThat(instance.health()).isEqualTo(Health.UNHEALTHY));
    }

    @Test
    void ofWhatCountsTooMuchIsAFailure() {
        consul.catalog(Map.of(
                "reviews",
                FakeConsul.instances(IntStream.range(0, 1_000)
                        .mapToObj(i -> "10.0.0.1:" + (i + 1))
                        .toList())));
        assertThat(ConsulHttp.reason(catchThrowable(http.ask(Question.instances("reviews"), 0)::join)))
                .startsWith("Consul's answer cannot be used: what counts of it is longer than 100000 bytes;");
    }

    @Test
    void aRefusalIsTold() throws Exception {
        consul.status(500);
        ConsulHttp.Answer<Rows> answer = http.ask(Question.checks(), 0).get();

        assertThatThrownBy(answer::list).hasMessage("Consul answers 500: it is like that");
    }
}
