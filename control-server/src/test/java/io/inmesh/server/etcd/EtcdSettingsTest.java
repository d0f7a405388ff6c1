package io.inmesh.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsException;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EtcdSettingsTest {

    @TempDir
    private Path folder;

    @Test
    void everythingIsReadAndPathsAreOfTheFilesFolder() throws Exception {
        EtcdSettings settings = read("""
                endpoints: ["https://etcd-1:2379", "https://10.0.0.2:2379"]
                prefix: /meshes/one
                caCertificates: ca.pem
                certificate: client.pem
                key: client.key
                user: inmesh
                passwordFile: secret
                timeout: 7s
                """);

        assertThat(settings.endpoints()).hasSize(2);
        assertThat(settings.prefix()).isEqualTo("/meshes/one");
        assertThat(settings.key()).isEqualTo(folder.resolve("client.key"));
        assertThat(settings.passwordFile()).isEqualTo(folder.resolve("secret"));
        assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void filesThatAreNoCertificatesAreNamedByTheirFields() throws Exception {
        Files.writeString(folder.resolve("ca.pem"), "no certificate");
        EtcdSettings settings = read("""
                endpoints: ["https://127.0.0.1:1"]
                caCertificates: ca.pem
                """);

        assertThatThrownBy(() -> new Members(settings))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("store.etcd: caCertificates, or certificate and key, cannot be used")
                .hasMessageContaining("PEM is expected");
    }

    @Test
    void loopbackNeedsNoTls() throws Exception {
        EtcdSettings settings = read("endpoints: [\"http://127.0.0.1:2379\"]");

        assertThat(settings.tls()).isFalse();
        assertThat(settings.prefix()).isEqualTo("/inmesh");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                                                                                      | store.etcd is empty
                    {}                                                                | list the client URLs
                    {endpoints: }                                                     | store.etcd.endpoints is empty
                    {endpoints: []}                                                   | list the client URLs
                    {endpoints: ["etcd-1:2379"]}                                      | URLs with host and port
                    {endpoints: ["https://etcd-1"]}                                   | URLs with host and port
                    {endpoints: ["https://a:1", "http://b:1"]}                        | use https for all
                    {endpoints: ["http://etcd-1:2379"]}                               | whoever is between
                    {endpoints: ["http://localhost:2379"], caCertificates: ca.pem}    | write https://
                    {endpoints: ["https://a:1"], certificate: c.pem}                  | store.etcd.key is missing
                    {endpoints: ["https://a:1"], key: c.key}                          | store.etcd.certificate is missing
                    {endpoints: ["https://a:1"], user: u}                             | store.etcd.passwordFile is missing
                    {endpoints: ["https://a:1"], passwordFile: p}                     | store.etcd.user is missing
                    {endpoints: ["https://a:1"], prefix: inmesh}                      | has to begin with /
                    {endpoints: ["https://a:1"], timeout: soon}                       | has to be a duration
                    {endpoints: ["https://a:1"], pasword: x}                          | pasword is unknown
                    """)
    void whatDoesNotFitIsNamedWithTheRemedy(@Nullable String section, String message) {
        assertThatThrownBy(() -> read(section))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(message);
    }

    private EtcdSettings read(@Nullable String section) throws Exception {
        String yaml = section == null ? "" : section;
        Path file = Files.writeString(
                folder.resolve("settings.yaml"),
                yaml.startsWith("{") ? "store: {etcd: " + yaml + "}" : "store:\n  etcd:\n" + yaml.indent(4));
        Section all = SettingsFile.read(file);
        EtcdSettings settings =
                Objects.requireNonNull(StoreSettings.read(all.section("store")).etcd());
        all.end();
        return settings;
    }
}
