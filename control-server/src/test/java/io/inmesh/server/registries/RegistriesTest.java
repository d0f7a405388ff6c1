package io.inmesh.server.registries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.source.DiscoveredServices;
import io.inmesh.server.source.SourceStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistriesTest {

    @TempDir
    private Path folder;

    private final FakeTime time = new FakeTime();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void withoutTheSectionThereAreNoSources() throws IOException {
        try (DiscoveredServices discovered = open("{}")) {
            assertThat(discovered.statuses()).isEmpty();
            assertThat(discovered.services()).isEmpty();
        }
    }

    @Test
    void eachSourceHasMetersThatSayWhetherItAnswers() throws IOException {
        try (DiscoveredServices discovered = open("""
                file: [{name: legacy, path: services.yaml}]
                dns:
                - name: eu
                  services: [{name: a, ports: [{number: 80}], host: a.example}]
                  servers: [127.0.0.1]
                """)) {
            assertThat(discovered.statuses())
                    .extracting(SourceStatus::name, SourceStatus::type)
                    .containsExactly(tuple("legacy", "file"), tuple("eu", "dns"));
            time.advance(Duration.ofSeconds(7));
            assertThat(meters.get("inmesh.source.failing")
                            .tag("source", "eu")
                            .gauge()
                            .value())
                    .isEqualTo(7);
            assertThat(meters.get("inmesh.source.endpoints")
                            .tag("source", "legacy")
                            .gauge()
                            .value())
                    .isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "file: [{name: a, path: x}, {name: a, path: y}]|file[1].name is \"a\" as another source's is",
                "file: [{name: A, path: x}]|file[0].name is \"A\" but has to be up to 63 lower-case",
                "file: [{name: a}]|file[0].path is missing",
                "dns: [{name: a, atLeast: 10m, services: [{name: x, host: y, ports: [{number: 80}]}]}]"
                        + "|dns[0].atLeast is 10m, longer than atMost, 5m",
                "damping: {share: 0}|damping.share is \"0\" but has to be a whole number from 1 to 100",
            })
    void settingsSayWhatIsWrong(String text, String problem) {
        assertThatThrownBy(() -> Registries.read(section(text))).hasMessageContaining(problem);
    }

    private DiscoveredServices open(String text) throws IOException {
        return Registries.read(section(text))
                .open(new MemoryTable(), Runnable::run, time, time, new Random(7), "cluster.local", meters);
    }

    private Section section(String text) throws IOException {
        return SettingsFile.read(Files.writeString(folder.resolve("server.yaml"), text));
    }
}
