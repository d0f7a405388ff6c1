package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.OriginationConfig;
import io.inmesh.config.TlsCredentials;
import io.inmesh.testkit.TestCa;
import io.inmesh.testkit.TestCertificate;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.core.Metadata;
import io.inmesh.xds.core.TransportSocket;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.TlsCertificate;
import io.inmesh.xds.tls.UpstreamTlsContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates in files, for TLS to servers outside the mesh: read at once, read again when they change, last good ones kept. */
final class TlsFilesTest {

    private static final String PAY = "outbound|443||pay.example";
    private static final Duration LOOK = Duration.ofSeconds(TlsFileTable.LOOK_SECONDS);

    @TempDir
    Path folder;

    private final TestCa ca = TestCa.root("outside");
    private final TestCertificate own = ca.certificate(spec -> spec.subject = "CN=first");

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private String roots() throws IOException {
        return file("pay-roots.pem", "The roots of our payment service\n" + TestCertificate.pem(ca.rootCertificate()));
    }

    private static DataSource source(String path) {
        return DataSource.newBuilder().setFilename(path).build();
    }

    private static Cluster simple(String roots) {
        return cluster(CommonTlsContext.newBuilder()
                .setValidationContext(CertificateValidationContext.newBuilder().setTrustedCa(source(roots))));
    }

    private Cluster mutual(String chain, String key) throws IOException {
        return cluster(CommonTlsContext.newBuilder()
                .setValidationContext(CertificateValidationContext.newBuilder().setTrustedCa(source(roots())))
                .addTlsCertificates(TlsCertificate.newBuilder()
                        .setCertificateChain(source(chain))
                        .setPrivateKey(source(key))));
    }

    private static Cluster cluster(CommonTlsContext.Builder common) {
        Struct istio = Struct.newBuilder()
                .putFields(
                        "config",
                        Value.newBuilder()
                                .setStringValue("/apis/networking.istio.io/v1/namespaces/default/destination-rule/pay")
                                .build())
                .build();
        return Cluster.newBuilder()
                .setName(PAY)
                .setType(Cluster.DiscoveryType.STATIC)
                .setLoadAssignment(Shapes.endpoints(PAY, "10.0.0.1"))
                .setMetadata(Metadata.newBuilder().putFilterMetadata("istio", istio))
                .setTransportSocket(TransportSocket.newBuilder()
                        .setName("envoy.transport_sockets.tls")
                        .setTypedConfig(Shapes.pack(UpstreamTlsContext.newBuilder()
                                .setSni("pay.example")
                                .setCommonTlsContext(common)
                                .build())))
                .build();
    }

    private OriginationConfig received(Joined joined, Cluster cluster) throws Exception {
        Script stream = joined.nextStream();
        stream.answered(TypeUrls.CLUSTER, "c1", List.of(cluster));
        stream.answered(TypeUrls.LISTENER, "l1", List.of());
        return next(joined);
    }

    private static OriginationConfig next(Joined joined) throws InterruptedException {
        MeshConfig config = joined.mesh.nextConfig();
        ClusterConfig cluster = config.clusters().get(0);
        assertThat(cluster.tls().sni()).isEqualTo("pay.example");
        OriginationConfig origination = cluster.tls().origination();
        assertThat(origination).isNotNull();
        return origination;
    }

    /** Lets the files be looked at again. */
    private static void look(Joined joined) throws InterruptedException {
        joined.mesh.time.advance(joined.mesh.nextDelay(LOOK, LOOK));
    }

    private static String subject(OriginationConfig origination) {
        TlsCredentials credentials = origination.credentials();
        return credentials == null
                ? ""
                : credentials.chain().get(0).getSubjectX500Principal().getName();
    }

    private OriginationConfig onceReceived(Cluster cluster) throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            return received(joined, cluster);
        }
    }

    private void cannot(Cluster cluster, String... words) throws Exception {
        OriginationConfig origination = onceReceived(cluster);

        assertThat(origination.credentials()).isNull();
        assertThat(origination.problem()).contains(words).startsWith("DestinationRule default/pay: ");
    }

    @Test
    void rootsAreThoseOfTheFile() throws Exception {
        OriginationConfig origination = onceReceived(simple(roots()));

        assertThat(origination.credentials()).isEqualTo(TlsCredentials.trusting(Set.of(ca.rootCertificate())));
        assertThat(origination.problem()).isEmpty();
    }

    @Test
    void withoutAFileRootsAreThoseOfTheRuntimeAndNeverEverybody() throws Exception {
        OriginationConfig origination = onceReceived(cluster(CommonTlsContext.newBuilder()));

        assertThat(origination.credentials()).isNotNull();
        assertThat(origination.credentials().roots()).hasSizeGreaterThan(10);
    }

    @Test
    void certificateAndKeyAreReadAndTheKeyIsNotShown() throws Exception {
        OriginationConfig origination =
                onceReceived(mutual(file("c.pem", own.chainPem()), file("k.pem", own.keyPem())));

        assertThat(origination.credentials()).isNotNull();
        assertThat(origination.credentials().key()).isEqualTo(own.key());
        assertThat(subject(origination)).isEqualTo("CN=first");
        assertThat(origination.toString()).doesNotContain("PRIVATE", own.key().toString());
    }

    @Test
    void revocationListsAreRead() throws Exception {
        String list = file(
                "l.pem", TestCertificate.pem("X509 CRL", ca.revoking(own.leaf()).getEncoded()));
        OriginationConfig origination = onceReceived(cluster(CommonTlsContext.newBuilder()
                .setValidationContext(CertificateValidationContext.newBuilder()
                        .setTrustedCa(source(roots()))
                        .setCrl(source(list)))));

        assertThat(origination.credentials()).isNotNull();
        assertThat(origination.credentials().revocations().get(0).isRevoked(own.leaf()))
                .isTrue();
    }

    @Test
    void whatIsWrongNamesFileResourceAndFieldAndOtherClustersWork() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script stream = joined.nextStream();
            stream.answered(TypeUrls.CLUSTER, "c1", List.of(simple("/nowhere/r.pem"), Shapes.cluster(Shapes.REVIEWS)));
            stream.answered(TypeUrls.ENDPOINT, "e1", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1")));
            stream.answered(TypeUrls.LISTENER, "l1", List.of());
            MeshConfig config = joined.mesh.nextConfig();

            assertThat(config.clusters()).extracting(ClusterConfig::name).contains(PAY, Shapes.REVIEWS);
            assertThat(config.clusters().stream()
                            .filter(cluster -> cluster.name().equals(PAY))
                            .findFirst()
                            .orElseThrow()
                            .tls()
                            .origination()
                            .problem())
                    .isEqualTo("DestinationRule default/pay: caCertificates /nowhere/r.pem"
                            + " does not exist on this machine; mount it, or correct the path");
        }
    }

    @Test
    void filesThatCannotBeUsedAreRefusedWithARemedy() throws Exception {
        String chain = file("c.pem", own.chainPem());
        TestCertificate other = ca.certificate(spec -> {});
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        String old = TestCertificate.pem("RSA PRIVATE KEY", new byte[] {1, 2, 3});
        String encrypted = TestCertificate.pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3});

        cannot(simple(file("text.pem", "hello")), "caCertificates", "text.pem");
        cannot(simple(folder.toString()), "is not a regular file");
        cannot(mutual(chain, file("a.pem", encrypted)), "privateKey", "a.pem", "encrypted", "openssl pkcs8");
        cannot(mutual(chain, file("b.pem", old)), "privateKey", "b.pem", "PKCS#8", "openssl pkcs8");
        cannot(mutual(chain, file("d.pem", other.keyPem())), "privateKey", "d.pem", "is not the key of");
        cannot(mutual(chain, chain), "privateKey", "holds no private key");
        cannot(
                mutual(
                        chain,
                        file(
                                "e.pem",
                                TestCertificate.pem(
                                        "PRIVATE KEY",
                                        rsa.generateKeyPair().getPrivate().getEncoded()))),
                "is not the key of");
        cannot(mutual("", ""), "clientCertificate", "is missing");
    }

    @Test
    void secretsThatNobodyHandsOutAreRefusedWithARemedy() throws Exception {
        cannot(
                cluster(CommonTlsContext.newBuilder()
                        .setValidationContextSdsSecretConfig(
                                io.inmesh.xds.tls.SdsSecretConfig.newBuilder().setName("kubernetes://pay-cacert"))),
                "credentialName",
                "caCertificates");
    }

    @Test
    void newFilesAreUsedAndTheOldOnesStayWhileNewOnesAreBroken() throws Exception {
        TestCertificate second = ca.certificate(spec -> spec.subject = "CN=second");
        String chain = file("c.pem", own.chainPem());
        String key = file("k.pem", own.keyPem());
        try (Joined joined = Joined.to(folder, false)) {
            assertThat(subject(received(joined, mutual(chain, key)))).isEqualTo("CN=first");

            file("c.pem", second.chainPem());
            look(joined);
            OriginationConfig half = next(joined);
            assertThat(subject(half)).isEqualTo("CN=first");
            assertThat(half.problem()).contains("k.pem", "is not the key of", "the files before it stay in use");
            assertThat(joined.client.status().lastRejection()).contains("k.pem");

            file("k.pem", second.keyPem());
            look(joined);
            OriginationConfig whole = next(joined);
            assertThat(subject(whole)).isEqualTo("CN=second");
            assertThat(whole.problem()).isEmpty();
        }
    }

    @Test
    void filesThatAppearLateAreUsed() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            String path = folder.resolve("pay-roots.pem").toString();
            assertThat(received(joined, simple(path)).credentials()).isNull();

            roots();
            look(joined);
            assertThat(next(joined).credentials()).isNotNull();
        }
    }

    @Test
    void filesThatGoAwayForAWhileStayInUse() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            String path = roots();
            received(joined, simple(path));

            Files.delete(Path.of(path));
            look(joined);
            OriginationConfig gone = next(joined);
            assertThat(gone.credentials()).isNotNull();
            assertThat(gone.problem()).contains("does not exist", "the files before it stay in use");

            roots();
            look(joined);
            assertThat(next(joined).problem()).isEmpty();
        }
    }
}
