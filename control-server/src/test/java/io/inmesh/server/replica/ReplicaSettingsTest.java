package io.inmesh.server.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.settings.SettingsException;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section {@code replica} of the settings file. */
class ReplicaSettingsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"1ms", "1s", "4999ms"})
    void patienceThatWouldSendProcessesToAndFroIsRefused(String patience) {
        assertThatThrownBy(() -> read("handOverAfter: " + patience))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("settings.yaml: replica.handOverAfter is ")
                .hasMessageContaining("has to be at least 5s")
                .hasMessageContaining("leave it out for 30s");
    }

    @Test
    void theLeastPatienceAndMuchOfItAreTaken() throws IOException {
        assertThat(read("handOverAfter: 5s").handOverAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(read("handOverAfter: 24h").handOverAfter()).isEqualTo(Duration.ofHours(24));
        assertThat(read("host: mesh.example").handOverAfter()).isEqualTo(Duration.ofSeconds(30));
    }

    private ReplicaSettings read(String line) throws IOException {
        Path file = Files.writeString(folder.resolve("settings.yaml"), "replica:\n  " + line + "\n");
        return ReplicaSettings.read(SettingsFile.read(file).section("replica"));
    }
}
