package io.inmesh.server.source.consul;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.inmesh.server.service.Health;
import io.inmesh.server.source.ServiceSourceContract;
import io.inmesh.server.source.SourceService;
import io.inmesh.server.source.SourceSink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More services than have a query each: the whole contract, and what is asked for. */
class ManyServicesTest extends ServiceSourceContract {
    /** Longer than any test: nothing is found by reading everything again. */
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private final Told told = new Told();

    @Override
    protected Registry registry() throws IOException {
        return new ConsulRegistry(folder, "most: 0");
    }

    @Test
    void fourHundredServicesAreFollowedOverAFewConnections() throws Exception {
        Map<String, List<String>> wanted = new TreeMap<>();
        IntStream.range(0, 400).forEach(i -> wanted.put("s" + i, List.of("10.0.0.1:" + (1000 + i))));
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "", NEVER)) {
            consul.catalog(ConsulRegistry.catalog(wanted));
            source.start(told);

            String listed = told.until("[");
            assertThat(listed.split(", ")).hasSize(400);
            assertThat(consul.mostAtOnce()).isLessThanOrEqualTo(TurnReader.AT_ONCE + 3);
        }
    }

    @Test
    void aCheckThatChangesHasItsServiceReadAndNoOther() throws Exception {
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "most: 1", NEVER)) {
            consul.catalog(checked("passing", "passing"));
            source.start(told);
            assertThat(told.until("[")).isEqualTo("[ratings 1, reviews 1]");
            consul.asked().clear();

            consul.catalog(checked("passing", "critical"));
            SourceService changed = told.change();
            assertThat(changed.name()).isEqualTo("reviews");
            assertThat(changed.endpoints().get(0).health()).isEqualTo(Health.UNHEALTHY);
            assertThat(consul.asked()).noneMatch(path -> path.startsWith("/v1/health/service/ratings"));
        }
    }

    @Test
    void aNodeThatMovesHasItsServicesRead() throws Exception {
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "most: 1", NEVER)) {
            consul.catalog(checked("passing", "passing"));
            source.start(told);
            told.until("[");

            consul.moves("node-10.0.0.2", "10.0.0.9");
            SourceService changed = told.change();
            assertThat(changed.name()).isEqualTo("reviews");
            assertThat(changed.endpoints().get(0).address()).isEqualTo("10.0.0.9");
        }
    }

    @Test
    void anInstanceWithoutChecksIsFoundByReadingAllAgain() throws Exception {
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "most: 1", ConsulRegistry.PAUSE)) {
            consul.catalog(ConsulRegistry.catalog(
                    Map.of("reviews", List.of("10.0.0.1:80"), "ratings", List.of("10.0.0.1:81"))));
            source.start(told);
            assertThat(told.until("[")).isEqualTo("[ratings 1, reviews 1]");

            consul.catalog(ConsulRegistry.catalog(
                    Map.of("reviews", List.of("10.0.0.1:80", "10.0.0.2:80"), "ratings", List.of("10.0.0.1:81"))));
            told.until("[ratings 1, reviews 1]");
            told.until("reviews 2");
        }
    }

    @Test
    void servicesThatBecomeManyAreFollowedOn() throws Exception {
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "most: 1", NEVER)) {
            consul.catalog(ConsulRegistry.catalog(Map.of("reviews", List.of("10.0.0.1:80"))));
            source.start(told);
            assertThat(told.until("[")).isEqualTo("[reviews 1]");

            consul.catalog(checked("passing", "passing"));
            assertThat(told.until("[ratings")).isEqualTo("[ratings 1, reviews 1]");
            consul.catalog(checked("critical", "passing"));
            await(() -> consul.asked().stream()
                            .filter(path -> path.equals("/v1/health/service/ratings?wait=300000ms"))
                            .count()
                    >= 2);
        }
    }

    @Test
    void aConsulThatRestartsWithAnEmptyCatalogSaysThatAllHasVanished() throws Exception {
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "most: 1", NEVER)) {
            consul.catalog(checked("passing", "passing"));
            source.start(told);
            told.until("[ratings 1, reviews 1]");

            consul.restart(Map.of());
            told.until("[]");
            assertThat(told.missing()).isEqualTo(SourceSink.Missing.VANISHED);
        }
    }

    @Test
    void whatIsNotTakenOnceIsToldAgain() throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        Told reluctant = told;
        SourceSink sink = new SourceSink() {
            @Override
            public void listed(Collection<SourceService> services, Missing missing) {
                reluctant.listed(services, missing);
            }

            @Override
            public void changed(SourceService service, Missing missing) {
                boolean news = service.endpoints().get(0).health() == Health.UNHEALTHY;
                if (news && failed.compareAndSet(false, true)) {
                    throw new IllegalStateException("cannot take it");
                }
                reluctant.changed(service, missing);
            }

            @Override
            public void deleted(String namespace, String name) {}

            @Override
            public void answered() {}

            @Override
            public void failed(String why) {
                reluctant.failed(why);
            }
        };
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "most: 1", NEVER)) {
            consul.catalog(checked("passing", "passing"));
            source.start(sink);
            told.until("[ratings 1, reviews 1]");

            consul.catalog(checked("passing", "critical"));
            assertThat(told.until("failed")).contains("cannot take it");
            assertThat(told.change().endpoints().get(0).health()).isEqualTo(Health.UNHEALTHY);
        }
    }

    private static Map<String, ArrayNode> checked(String ratings, String reviews) {
        Map<String, ArrayNode> catalog =
                ConsulRegistry.catalog(Map.of("ratings", List.of("10.0.0.1:80"), "reviews", List.of("10.0.0.2:80")));
        Map<String, String> statuses = Map.of("ratings", ratings, "reviews", reviews);
        return catalog.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        one -> FakeConsul.checked(one.getValue(), one.getKey(), statuses.get(one.getKey())),
                        (one, other) -> one,
                        TreeMap::new));
    }

    private ConsulSource source(FakeConsul consul, String more, Duration pause) throws IOException {
        return new ConsulSource("tried", ConsulRegistry.read(folder, consul.url(), more), pause);
    }
}
