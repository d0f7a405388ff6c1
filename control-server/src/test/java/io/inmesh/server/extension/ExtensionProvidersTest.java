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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    void everyFieldOfHttpIsRead() throws Exception {
        assertThat(http("""
                        service: a.b, port: 80, timeout: 1s, failOpen: true, statusOnError: 429, pathPrefix: /check/v1,
                        includeRequestHeadersInCheck: [x-user, X-Auth-*, "*-id"], includeHeadersInCheck: [old],
                        includeAdditionalHeadersInCheck: {X-Mesh: "in mesh", x-a: b},
                        headersToUpstreamOnAllow: [a], headersToDownstreamOnDeny: [b], headersToDownstreamOnAllow: [c]
                        """))
                .isEqualTo(new ExtensionProvider(
                        "opa",
                        "a.b",
                        80,
                        Duration.ofSeconds(1),
                        true,
                        429,
                        new ExtensionProvider.Http(
                                "/check/v1",
                                List.of("x-user", "X-Auth-*", "*-id"),
                                new TreeMap<>(Map.of("x-mesh", "in mesh", "x-a", "b")),
                                List.of("a"),
                                List.of("b"),
                                List.of("c"))));
    }

    @Test
    void oldNameOfAListCountsWhereTheNewOneIsNotThere() throws Exception {
        assertThat(http("service: a.b, port: 80, includeHeadersInCheck: [old]").http())
                .isEqualTo(new ExtensionProvider.Http(
                        "", List.of("old"), new TreeMap<>(), List.of(), List.of(), List.of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    pathPrefix: check                                  | pathPrefix
                    pathPrefix: /                                      | pathPrefix
                    pathPrefix: //evil                                 | pathPrefix
                    pathPrefix: '/a?b'                                 | pathPrefix
                    includeRequestHeadersInCheck: ['*']                | includeRequestHeadersInCheck[0]
                    includeHeadersInCheck: [a, 'b c']                  | includeHeadersInCheck[1]
                    headersToUpstreamOnAllow: ['a*b']                  | headersToUpstreamOnAllow[0]
                    headersToDownstreamOnDeny: [':path']               | headersToDownstreamOnDeny[0]
                    headersToDownstreamOnAllow: ['**']                 | headersToDownstreamOnAllow[0]
                    includeAdditionalHeadersInCheck: {Host: a}         | includeAdditionalHeadersInCheck.Host
                    includeAdditionalHeadersInCheck: {a: "b\\nc: d"}   | includeAdditionalHeadersInCheck.a
                    includeAdditionalHeadersInCheck: {A: b, a: c}      | includeAdditionalHeadersInCheck.a
                    includeRequestBodyInCheck: {maxRequestBytes: 1}    | includeRequestBodyInCheck
                    clearRouteCache: true                              | clearRouteCache
                    statusOnError: 299                                 | statusOnError
                    """)
    void whatCannotBeDoneByHttpIsRefusedWithItsPlace(String field, String place) {
        assertThatThrownBy(() -> http("service: a.b, port: 80, " + field))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("extensionProviders[0].envoyExtAuthzHttp." + place);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Opa", "a.b", "-a", "a-", "a|b"})
    void nameThatIstioRefusesIsRefused(String name) {
        assertThatThrownBy(() -> read("[{name: '" + name + "', envoyExtAuthzGrpc: {" + OPA + "}}]"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("extensionProviders[0].name");
    }

    @Test
    void providersOfOtherKindsAndOfTwoAreRefused() {
        assertThatThrownBy(
                        () -> read("[{name: a, envoyExtAuthzGrpc: {" + OPA + "}, envoyExtAuthzHttp: {" + OPA + "}}]"))
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

    private ExtensionProvider http(String fields) throws Exception {
        return Objects.requireNonNull(
                read("[{name: opa, envoyExtAuthzHttp: {" + fields + "}}]").get("opa"));
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
