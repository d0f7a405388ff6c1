package io.inmesh.server.source.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.inmesh.server.service.Health;
import io.inmesh.server.service.Workload;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.source.Pacer;
import io.inmesh.server.source.ServiceSourceContract;
import io.inmesh.server.source.SourceService;
import io.inmesh.server.source.SourceSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsulSourceTest extends ServiceSourceContract {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final Told told = new Told();

    @Override
    protected Registry registry() throws IOException {
        return new ConsulRegistry(folder, "");
    }

    @Test
    void asksOnlyForWhatIsNewerThanWhatItHas() throws Exception {
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "datacenter: dc1\ntag: http")) {
            consul.catalog(ConsulRegistry.catalog(Map.of("reviews", List.of("10.0.0.1:9080"))));
            source.start(told);
            assertThat(told.next()).isEqualTo("[reviews 1]");
            consul.catalog(ConsulRegistry.catalog(Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9080"))));
            told.until("reviews 2");

            await(() -> consul.asked()
                    .containsAll(List.of(
                            "/v1/catalog/services?wait=300000ms&dc=dc1",
                            "/v1/catalog/services?wait=300000ms&index=15&dc=dc1",
                            "/v1/health/service/reviews?wait=300000ms&dc=dc1&tag=http",
                            "/v1/health/service/reviews?wait=300000ms&index=15&dc=dc1&tag=http")));
        }
    }

    @Test
    void anIndexThatGoesBackwardsMeansToStartOver() throws Exception {
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "")) {
            consul.catalog(ConsulRegistry.catalog(Map.of("reviews", List.of("10.0.0.1:9080"))));
            source.start(told);
            assertThat(told.next()).isEqualTo("[reviews 1]");
            await(() -> consul.asked().stream()
                            .filter(path -> path.contains("index=15"))
                            .count()
                    == 2);
            consul.asked().clear();

            consul.restart(ConsulRegistry.catalog(Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.3:9080"))));
            told.until("reviews 2");
            await(() -> consul.asked().contains("/v1/health/service/reviews?wait=300000ms")
                    && consul.asked().contains("/v1/health/service/reviews?wait=300000ms&index=1"));
        }
    }

    @Test
    void aConsulThatRestartsWithAnEmptyCatalogSaysThatAllHasVanished() throws Exception {
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "")) {
            consul.catalog(ConsulRegistry.catalog(Map.of("reviews", List.of("10.0.0.1:9080"))));
            source.start(told);
            assertThat(told.next()).isEqualTo("[reviews 1]");

            consul.restart(Map.of());
            told.until("[]");
            assertThat(told.missing()).isEqualTo(SourceSink.Missing.VANISHED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 429, 500, 503})
    void anErrorIsReportedAndAskedAgain(int status) throws Exception {
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "")) {
            consul.catalog(ConsulRegistry.catalog(Map.of("reviews", List.of("10.0.0.1:9080"))));
            consul.status(status);
            source.start(told);
            assertThat(told.next())
                    .startsWith("failed: /v1/catalog/services: Consul")
                    .contains("" + status);

            consul.status(200);
            told.until("[reviews 1]");
        }
    }

    @Test
    void readsTheTokenAnewForEachQuestion() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "first\n");
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "tokenFile: token")) {
            source.start(told);
            assertThat(told.next()).isEqualTo("[]");
            Files.writeString(token, "second\n");
            consul.catalog(ConsulRegistry.catalog(Map.of("reviews", List.of("10.0.0.1:9080"))));
            told.until("[reviews 1]");

            assertThat(consul.tokens()).contains("first", "second");
            Files.delete(token);
            consul.catalog(Map.of());
            assertThat(told.until("failed")).contains("token file").doesNotContain("second");
        }
    }

    @Test
    void followsTheServicesThatAreNamed() throws Exception {
        try (FakeConsul consul = new FakeConsul();
                ConsulSource source = source(consul, "services: [b]")) {
            consul.catalog(ConsulRegistry.catalog(Map.of("a", List.of(), "b", List.of("10.0.0.1:80"), "c", List.of())));
            source.start(told);
            assertThat(told.next()).isEqualTo("[b 1]");
        }
    }

    /** Checks (id and status) of an instance, the health that follows, and the weight. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|HEALTHY|4",
                "serfHealth passing, http passing|HEALTHY|4",
                "serfHealth passing, http warning|HEALTHY|2",
                "serfHealth passing, http critical|UNHEALTHY|4",
                "serfHealth critical|UNHEALTHY|4",
                "_node_maintenance critical|DRAINING|4",
                "http critical, _service_maintenance:reviews-1 critical|DRAINING|4",
            })
    void checksDecideAboutHealth(String checks, Health health, int weight) throws IOException {
        ArrayNode listed = JSON.createArrayNode();
        for (String check : checks == null ? new String[0] : checks.split(", ")) {
            String[] parts = check.split(" ");
            listed.addObject().put("CheckID", parts[0]).put("Status", parts[1]);
        }
        JsonNode answer = JSON.readTree("""
                [{"Node": {"Node": "n1", "Address": "10.0.0.9", "Datacenter": "dc1", "Meta": {"zone": "z1"}},
                  "Service": {"ID": "reviews-1", "Address": "10.0.0.1", "Port": 8080, "Tags": ["version=v2", "plain"],
                    "Meta": {"team": "books", "inmesh-service-account": "reviews", "inmesh-mtls": "true"},
                    "Weights": {"Passing": 4, "Warning": 2}},
                  "Checks": %s}]""".formatted(listed));
        SourceService service =
                new ConsulInstances("eu", settings("http://127.0.0.1:8500", "")).read("reviews", instances(answer));
        Workload endpoint = service.endpoints().get(0);

        assertThat(endpoint.health()).isEqualTo(health);
        assertThat(endpoint.weight()).isEqualTo(weight);
        assertThat(endpoint.id()).isEqualTo("eu/n1/reviews-1");
        assertThat(endpoint.address()).isEqualTo("10.0.0.1");
        assertThat(endpoint.labels()).containsEntry("version", "v2").containsEntry("team", "books");
        assertThat(endpoint.serviceAccount()).isEqualTo("reviews");
        assertThat(endpoint.meshTls()).isTrue();
        assertThat(endpoint.locality()).hasToString("dc1/z1");
        assertThat(service.ports().get(0).number()).isEqualTo(8080);
    }

    private static List<ConsulInstance> instances(JsonNode answer) {
        return StreamSupport.stream(answer.spliterator(), false)
                .map(ConsulInstance::of)
                .toList();
    }

    @Test
    void proxiesAreNoInstancesAndWhatCannotBeDialledIsSaid() throws IOException {
        JsonNode answer = JSON.readTree("""
                [{"Node": {"Address": "10.0.0.9"}, "Service": {"ID": "p", "Kind": "connect-proxy", "Port": 20000}},
                 {"Node": {"Address": "host.example"}, "Service": {"ID": "a", "Port": 80}},
                 {"Node": {"Address": "10.0.0.9"}, "Service": {"ID": "b", "Port": 0}}]""");
        SourceService service =
                new ConsulInstances("eu", settings("http://127.0.0.1:8500", "")).read("reviews", instances(answer));

        assertThat(service.endpoints()).isEmpty();
        assertThat(service.ports()).isEmpty();
        assertThat(service.remark()).isEqualTo("2 instances have no IP address or no port and are not used");
    }

    @Test
    void questionsArePacedIfAnswersComeAllTheTimeAndFailuresEverLonger() {
        long[] now = {0};
        Pacer pacer = new Pacer(() -> now[0], () -> 1);
        assertThat(pacer.afterAnswer()).isZero();
        assertThat(pacer.afterAnswer()).isZero();
        assertThat(pacer.afterAnswer()).isEqualTo(Duration.ofSeconds(1));
        now[0] += Duration.ofMinutes(5).toNanos();
        assertThat(pacer.afterAnswer()).isZero();
        assertThat(pacer.afterFailure()).isEqualTo(Duration.ofMillis(500));
        assertThat(pacer.afterFailure()).isEqualTo(Duration.ofSeconds(1));
        for (int i = 0; i < 100; i++) {
            assertThat(pacer.afterFailure()).isLessThanOrEqualTo(Duration.ofSeconds(30));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url: http://consul.example:8500|url is \"http://consul.example:8500\" but has to be https://",
                "{url: 'http://127.0.0.1:8500', wait: 11m}|wait has to be from 1s to 10m",
                "{url: 'http://127.0.0.1:8500', port: 70000}|port is \"70000\"",
            })
    void settingsSayWhatIsWrong(String text, String problem) throws IOException {
        Path file = Files.writeString(folder.resolve("one.yaml"), text);
        assertThatThrownBy(() -> ConsulSettings.read(SettingsFile.read(file))).hasMessageContaining(problem);
    }

    private ConsulSource source(FakeConsul consul, String more) throws IOException {
        return new ConsulSource("tried", settings(consul.url(), more));
    }

    private ConsulSettings settings(String url, String more) throws IOException {
        return ConsulRegistry.read(folder, url, more);
    }
}
