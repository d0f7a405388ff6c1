package io.inmesh.server.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.Keys;
import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubeConfigTest {
    private static final ClusterCertificates CERTIFICATES = new ClusterCertificates();
    private static final ClusterCertificates.Client ALICE = CERTIFICATES.client("alice", Keys.rsa(2048));
    private static final ClusterCertificates.Client BOB = CERTIFICATES.client("bob", Keys.p256());

    @TempDir
    private Path folder;

    @Test
    void aClientCertificateInTheFileItselfIsShown() throws Exception {
        try (FakeApiServer api = FakeApiServer.withTls(CERTIFICATES.server())) {
            config(
                    "{server: '" + api.url() + "', certificate-authority-data: " + base64(CERTIFICATES.authorityPem())
                            + "}",
                    "{client-certificate-data: " + base64(ALICE.certificatePem()) + ", client-key-data: "
                            + base64(ALICE.traditionalKey()) + "}");
            ask("kubeconfig: config");

            assertThat(api.clients()).containsExactly("CN=alice");
            assertThat(api.tokens()).containsExactly("null");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void filesAreLookedForBesideTheKubeconfig(boolean traditional) throws Exception {
        Path certificates = Files.createDirectories(folder.resolve("pki"));
        Files.writeString(certificates.resolve("ca.pem"), CERTIFICATES.authorityPem());
        Files.writeString(certificates.resolve("bob.pem"), BOB.certificatePem());
        Files.writeString(certificates.resolve("bob.key"), traditional ? BOB.traditionalKey() : BOB.pkcs8Key());
        try (FakeApiServer api = FakeApiServer.withTls(CERTIFICATES.server())) {
            config(
                    "{server: '" + api.url() + "', certificate-authority: pki/ca.pem}",
                    "{client-certificate: pki/bob.pem, client-key: pki/bob.key}");
            ask("kubeconfig: config");

            assertThat(api.clients()).containsExactly("CN=bob");
        }
    }

    @Test
    void aTokenIsShownAndOneInAFileIsReadAnewForEachQuestion() throws Exception {
        Files.writeString(folder.resolve("token"), "first\n");
        try (FakeApiServer api = FakeApiServer.withTls(CERTIFICATES.server())) {
            String cluster = "{server: '" + api.url() + "', certificate-authority-data: "
                    + base64(CERTIFICATES.authorityPem()) + "}";
            config(cluster, "{token: fixed}");
            ask("kubeconfig: config");
            config(cluster, "{tokenFile: token, token: fixed}");
            try (ApiServer server = new ApiServer(read("kubeconfig: config"), "tried")) {
                server.get("/apis");
                Files.writeString(folder.resolve("token"), "second\n");
                server.get("/apis");
            }

            assertThat(api.tokens()).containsExactly("Bearer fixed", "Bearer first", "Bearer second");
            assertThat(api.clients()).containsOnly("");
        }
    }

    @Test
    void aClusterOfAnotherAuthorityIsNotBelieved() throws Exception {
        try (FakeApiServer api = FakeApiServer.withTls(CERTIFICATES.server())) {
            config(
                    "{server: '" + api.url() + "', certificate-authority-data: "
                            + base64(new ClusterCertificates().authorityPem()) + "}",
                    "{token: fixed}");

            assertThatThrownBy(() -> ask("kubeconfig: config")).isInstanceOf(SSLHandshakeException.class);
            assertThat(api.tokens()).isEmpty();
        }
    }

    @Test
    void theContextThatIsNamedCountsAndElseTheCurrentOne() throws IOException {
        Files.writeString(folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                preferences: {}
                current-context: one
                contexts:
                - {name: one, context: {cluster: first, user: somebody, namespace: shop}}
                - {name: two, context: {cluster: second}}
                clusters:
                - {name: first, cluster: {server: 'https://first.example', disable-compression: true}}
                - {name: second, cluster: {server: 'https://second.example:6443'}}
                users:
                - {name: somebody, user: {token: secret}}
                - {name: other, user: {exec: {command: aws}}}
                """);

        ApiSettings current = read("kubeconfig: config");
        assertThat(current.url()).hasToString("https://first.example");
        assertThat(current.token().read()).contains("secret");
        assertThat(current.toString()).doesNotContain("secret");
        ApiSettings named = read("{kubeconfig: config, context: two}");
        assertThat(named.url()).hasToString("https://second.example:6443");
        assertThat(named.token().read()).isEmpty();
        assertThat(named.tls()).isNull();
    }

    /** What is wrong with the cluster or the user, and what is said about it, behind the file's name. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{server: 'https://a', insecure-skip-tls-verify: true}|{}|clusters[0].cluster.insecure-skip-tls-verify is"
                        + " true, so anybody could be the cluster; remove it",
                "{server: 'http://a'}|{}|clusters[0].cluster.server is \"http://a\" but has to be https://",
                "{}|{}|clusters[0].cluster.server is missing",
                "{server: 'https://a', proxy-url: 'http://b'}|{}|clusters[0].cluster.proxy-url names a proxy",
                "{server: 'https://a', tls-server-name: b}|{}|clusters[0].cluster.tls-server-name is not supported",
                "{server: 'https://a', certificate-authority-data: '%%%%%'}|{}|certificate-authority-data is not Base64",
                "{server: 'https://a', certificate-authority-data: YQ==}|{}|certificate-authority-data holds no"
                        + " certificates in PEM",
                "{server: 'https://a', certificate-authority: nowhere.pem}|{}|certificate-authority names",
                "{server: 'http://127.0.0.1:1', certificate-authority-data: YQ==}|{}|server is without TLS, so"
                        + " certificates would not be used",
                "{server: 'https://a'}|{exec: {command: aws}}|users[0].user.exec names a program that gets credentials,"
                        + " and none is run here; make a token for a service account",
                "{server: 'https://a'}|{auth-provider: {name: gcp}}|users[0].user.auth-provider names a plugin",
                "{server: 'https://a'}|{username: me, password: it}|users[0].user.password is for passwords",
                "{server: 'https://a'}|{as: root}|users[0].user.as is for acting as somebody else",
                "{server: 'https://a'}|{client-certificate-data: YQ==}|users[0].user.client-key is missing",
                "{server: 'https://a'}|{client-key-data: YQ==}|users[0].user.client-certificate is missing",
                "{server: 'https://a'}|{client-certificate-data: YQ==, client-key-data: YQ==}|client-certificate-data"
                        + " holds no certificate",
                "{server: 'https://a'}|{token: 'two words'}|users[0].user.token is no token",
            })
    void whatCannotBeUsedIsRefusedByName(String cluster, String user, String problem) throws IOException {
        config(cluster, user);
        assertThatThrownBy(() -> read("kubeconfig: config"))
                .hasMessageStartingWith(folder.resolve("config") + ": ")
                .hasMessageContaining(problem)
                .hasMessageNotContaining("two words");
    }

    @Test
    void aKeyThatIsAnotherOnesIsRefused() throws IOException {
        config(
                "{server: 'https://a'}",
                "{client-certificate-data: " + base64(ALICE.certificatePem()) + ", client-key-data: "
                        + base64(BOB.pkcs8Key()) + "}");
        assertThatThrownBy(() -> read("kubeconfig: config"))
                .hasMessageContaining("users[0].user.client-key-data is not the key of the client certificate");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kubeconfig: nowhere}|kubeconfig names",
                "{kubeconfig: config, url: 'https://a'}|url is there beside kubeconfig",
                "{kubeconfig: config, tokenFile: t}|tokenFile is there beside kubeconfig",
                "{kubeconfig: config, context: three}|context is \"three\", which is none of the contexts of the"
                        + " kubeconfig: [one]",
                "{url: 'https://a', context: one}|context is one of a kubeconfig",
            })
    void settingsSayWhatIsWrong(String settings, String problem) throws IOException {
        config("{server: 'https://a'}", "{}");
        assertThatThrownBy(() -> read(settings)).hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "contexts: [{name: one, context: {cluster: a}}]|context is missing",
                "current-context: one|current-context is \"one\", which is none of the contexts of the kubeconfig: []",
                "{current-context: one, contexts: [{name: one, context: {cluster: a}}]}|contexts[0].context.cluster is"
                        + " \"a\", which is none of the clusters",
                "{current-context: one, contexts: [{name: one, context: {cluster: a, user: b}}], clusters: [{name: a,"
                        + " cluster: {server: 'https://a'}}]}|contexts[0].context.user is \"b\", which is none of the"
                        + " users",
            })
    void aFileThatDoesNotFitTogetherIsRefused(String config, String problem) throws IOException {
        Files.writeString(folder.resolve("config"), config);
        assertThatThrownBy(() -> read("kubeconfig: config")).hasMessageContaining(problem);
    }

    private void config(String cluster, String user) throws IOException {
        Files.writeString(
                folder.resolve("config"),
                "current-context: one\ncontexts: [{name: one, context: {cluster: a, user: b}}]\nclusters: [{name: a,"
                        + " cluster: " + cluster + "}]\nusers: [{name: b, user: " + user + "}]\n");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private void ask(String settings) throws Exception {
        try (ApiServer server = new ApiServer(read(settings), "tried")) {
            server.get("/apis");
        }
    }

    private ApiSettings read(String settings) throws IOException {
        Path file = Files.writeString(folder.resolve("settings.yaml"), settings);
        Section section = SettingsFile.read(file);
        ApiSettings read = ApiSettings.read(section, Map.of());
        section.end();
        return read;
    }
}
