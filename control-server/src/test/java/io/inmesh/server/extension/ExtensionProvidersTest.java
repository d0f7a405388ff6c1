package io.inmesh.server.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.rule.ExtensionProvider;
import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsException;
import io.inmesh.server.settings.SettingsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list that says which external authorizers there are. */
class ExtensionProvidersTest {

    private static final String OPA = "service: opa.default.svc.cluster.local, port: 9191";

    @TempDir
    Path folder;

    @Test
    void thereAreNoneWithoutTheList() {
        assertThat(ExtensionProviders.read(SettingsFile.none())).isEmpty();
    }

    @Test
    void defaultsAreIstios() throws Exception {
        assertThat(grpc(OPA))
                .isEqualTo(Map.of(
                        "opa",
                        new ExtensionProvider(
                                "opa", "opa.default.svc.cluster.local", 9191, Duration.ofSeconds(600), false, 403)));
    }

    @Test
    void everyFieldIsRead() throws Exception {
        assertThat(grpc("service: default/opa.default.svc.cluster.local, port: 1, timeout: 200ms, failOpen: true, "
                        + "statusOnError: '503'"))
                .isEqualTo(Map.of(
                        "opa",
                        new ExtensionProvider(
                                "opa", "opa.default.svc.cluster.local", 1, Duration.ofMillis(200), true, 503)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    port: 1                                               | service
                    service: opa, port: 1                                 | service
                    service: a.b                                          | port
                    service: a.b, port: 0                                 | port
                    service: a.b, port: 1, statusOnError: 'ok'            | statusOnError
                    service: a.b, port: 1, statusOnError: '100'           | statusOnError
                    service: a.b, port: 1, clearRouteCache: true          | clearRouteCache
                    service: a.b, port: 1, includeRequestBodyInCheck: {}  | includeRequestBodyInCheck
                    service: a.b, port: 1, pathPrefix: /x                 | pathPrefix
                    """)
    void whatCannotBeDoneIsRefusedWithItsPlace(String fields, String field) {
        assertThatThrownBy(() -> grpc(fields))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("extensionProviders[0].envoyExtAuthzGrpc." + field);
    }

    @Test
    void providersOfOtherKindsAreRefused() {
        assertThatThrownBy(() -> read("[{name: a, envoyExtAuthzHttp: {" + OPA + "}}]"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("extensionProviders[0].envoyExtAuthzHttp");
        assertThatThrownBy(() -> read("[{name: a, zipkin: {" + OPA + "}}]"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("envoyExtAuthzGrpc is missing");
    }

    @Test
    void nameThatIsTakenIsRefused() {
        String one = "{name: a, envoyExtAuthzGrpc: {" + OPA + "}}";
        assertThatThrownBy(() -> read("[" + one + ", " + one + "]"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("extensionProviders[1].name");
    }

    private Map<String, ExtensionProvider> grpc(String fields) throws Exception {
        return read("[{name: opa, envoyExtAuthzGrpc: {" + fields + "}}]");
    }

    private Map<String, ExtensionProvider> read(String list) throws Exception {
        Path file = Files.writeString(folder.resolve("settings.yaml"), "extensionProviders: " + list + "\n");
        Section settings = SettingsFile.read(file);
        Map<String, ExtensionProvider> read = ExtensionProviders.read(settings);
        settings.end();
        return read;
    }
}
