package io.inmesh.server.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Watch;
import io.inmesh.server.store.RecordingWatcher;
import io.inmesh.server.time.SystemTimer;
import io.inmesh.testkit.TestCa;
import io.inmesh.testkit.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An etcd that proves who it is, and asks who calls, by certificate and by password. */
class EtcdSecurityTest {

    private static final Duration SHORT = Duration.ofSeconds(1);

    /** For a handshake on a machine that has much else to do. */
    private static final Duration ENOUGH = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final SystemTimer timer = new SystemTimer();
    private final TestCa authority = TestCa.root("etcd.test");
    private EtcdCluster cluster;
    private Path root;
    private Path password;

    @BeforeEach
    void start() throws Exception {
        root = write("ca.pem", TestCertificate.pem(authority.rootCertificate()));
        password = write("password", "correct horse\n");
        issue("member", authority);
        issue("client", authority);
        cluster = EtcdCluster.start(
                folder,
                1,
                "https",
                "--cert-file=" + folder.resolve("member.pem"),
                "--key-file=" + folder.resolve("member.key"),
                "--client-cert-auth",
                "--trusted-ca-file=" + root);
        EtcdTool.enableAuthentication(cluster.endpoint(0), credentials(), "correct horse");
    }

    @AfterEach
    void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
        timer.close();
    }

    @Test
    void aTokenThatEtcdHasForgottenIsGotAnewAndWatchesGoOn() throws Exception {
        RecordingWatcher watcher = new RecordingWatcher();
        EtcdSettings settings = settings(root, "client", "root", password, EtcdCluster.PATIENCE);
        try (Engine engine = EtcdEngine.open(settings, timer, InstantSource.system());
                Watch watch = engine.watch(Set.of("t"), engine.revision(), watcher)) {
            engine.put("t", "k", bytes("before"));
            watcher.next();

            // Tokens are in the member's memory.
            cluster.kill(0);
            cluster.restart(0);

            engine.put("t", "k", bytes("after"));
            assertThat(watcher.next().revision()).isEqualTo(engine.revision());
        }
    }

    @Test
    void whoIsNotKnownOrNotTrustedIsRefusedWithTheRemedy() throws Exception {
        Path wrong = write("wrong", "incorrect");
        assertThatThrownBy(() -> open(settings(root, "client", "root", wrong, EtcdCluster.PATIENCE)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("store.etcd.passwordFile");

        TestCa other = TestCa.root("other.test");
        issue("stranger", other);
        assertThatThrownBy(() -> open(settings(root, "stranger", "root", password, ENOUGH)))
                .as("a client certificate of somebody else's authority")
                .isInstanceOf(IOException.class)
                .hasMessageContaining("store.etcd.certificate");
        Path foreign = write("other.pem", TestCertificate.pem(other.rootCertificate()));
        assertThatThrownBy(() -> open(settings(foreign, "client", "root", password, ENOUGH)))
                .as("an etcd that our authority does not vouch for")
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot do it now")
                .hasMessageContaining("store.etcd.caCertificates");
        EtcdSettings plain = EtcdSettings.plain(
                List.of(URI.create("http://127.0.0.1:" + cluster.endpoint(0).getPort())), "/mesh", SHORT);
        assertThatThrownBy(() -> open(plain))
                .as("an etcd with TLS that is asked without")
                .isInstanceOf(IOException.class)
                .hasMessageContaining("https://");
    }

    @Test
    void aPasswordFileThatCannotBeReadIsNamed() {
        assertThatThrownBy(() -> open(settings(root, "client", "root", folder.resolve("absent"), SHORT)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("absent")
                .hasMessageContaining("store.etcd.passwordFile");
    }

    private void open(EtcdSettings settings) throws IOException {
        EtcdEngine.open(settings, timer, InstantSource.system()).close();
    }

    private EtcdSettings settings(Path authorities, String certificate, String user, Path file, Duration timeout) {
        return new EtcdSettings(
                cluster.endpoints(),
                "/mesh",
                authorities,
                folder.resolve(certificate + ".pem"),
                folder.resolve(certificate + ".key"),
                user,
                file,
                timeout);
    }

    private ChannelCredentials credentials() throws IOException {
        return TlsChannelCredentials.newBuilder()
                .trustManager(root.toFile())
                .keyManager(
                        folder.resolve("client.pem").toFile(),
                        folder.resolve("client.key").toFile())
                .build();
    }

    private void issue(String name, TestCa by) throws IOException {
        TestCertificate certificate = by.certificate(spec -> {
            spec.addresses.add("127.0.0.1");
            spec.extendedKeyUsage.clear();
            spec.extendedKeyUsage.add(KeyPurposeId.id_kp_serverAuth);
            spec.extendedKeyUsage.add(KeyPurposeId.id_kp_clientAuth);
        });
        write(name + ".pem", certificate.chainPem());
        write(name + ".key", certificate.keyPem());
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
