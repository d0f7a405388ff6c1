package io.inmesh.server.jwks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsException;
import io.inmesh.server.settings.SettingsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The section that says who may be asked for keys. */
class JwksSettingsTest {

    @TempDir
    Path folder;

    @Test
    void withoutTheSectionNothingMayBeAsked() {
        JwksSettings none = JwksSettings.read(SettingsFile.none());
        assertThat(none.allow()).isEmpty();
        assertThat(none.refresh()).isEqualTo(Duration.ofMinutes(20));
        assertThat(none.timeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void everyFieldIsRead() throws Exception {
        assertThat(read("allow: [https://a.example/x, 'http://localhost:8080'], privateAddresses: [10.0.0.0/8], "
                        + "refresh: 5m, timeout: 2s"))
                .isEqualTo(new JwksSettings(
                        List.of("https://a.example/x", "http://localhost:8080"),
                        List.of("10.0.0.0/8"),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(2)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "allow: [http://a.example/]",
                "allow: [a.example]",
                "allow: ['https://user@a.example/']",
                "allow: ['https://a.example/?x']",
                "allow: ['*']",
                "privateAddresses: [lan]"
            })
    void whatIsNoAddressIsRefusedWithItsPlace(String section) {
        assertThatThrownBy(() -> read(section))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("jwks." + section.substring(0, section.indexOf(':')) + "[0]");
    }

    private JwksSettings read(String section) throws Exception {
        Path file = Files.writeString(folder.resolve("settings.yaml"), "jwks: {" + section + "}\n");
        Section settings = SettingsFile.read(file);
        JwksSettings read = JwksSettings.read(settings);
        settings.end();
        return read;
    }
}
