package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.identity.ServerTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every client against every server, in every mode, with every kind of certificate on either side, over real sockets; and {@code
 * docs/mtls-matrix.md}, which is held to the result.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MtlsMatrixTest {

    private static final Path DOCUMENT = Path.of("../docs/mtls-matrix.md");
    private static final String PLAINTEXT = "plaintext";
    /** Two clients, three servers, three modes; six certificates on each side, and plaintext. */
    private static final int ALL = 2 * 3 * 3 * (6 + 6 + 1);

    private final MatrixPage callers = new MatrixPage();
    private final MatrixPage servers = new MatrixPage();

    static List<Arguments> benches() {
        List<Arguments> all = new ArrayList<>();
        for (Mtls mode : MatrixPage.MODES) {
            for (MatrixServer server : MatrixServer.values()) {
                all.add(Arguments.of(server, mode));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("benches")
    void callersAreKnownOrRefused(MatrixServer server, Mtls mode) throws Exception {
        try (MatrixBench bench = new MatrixBench(server, mode)) {
            bench.serverProves(MatrixCredential.GOOD);
            for (MatrixClient client : MatrixClient.values()) {
                for (MatrixCredential credential : MatrixCredential.values()) {
                    boolean valid = credential == MatrixCredential.GOOD || credential == MatrixCredential.WRONG_SERVICE;
                    String met = valid ? bench.call(client, credential) : bench.callAlone(client, credential);
                    callers.add(mode, credential.text, client, server, met);
                    assertThat(met)
                            .as("%s with a %s certificate to %s", client.text, credential.text, bench)
                            .isEqualTo(callerExpected(mode, credential));
                }
                String met = bench.callInPlaintext(client);
                callers.add(mode, PLAINTEXT, client, server, met);
                assertThat(met)
                        .as("%s in plaintext to %s", client.text, bench)
                        .isEqualTo(plaintextExpected(mode, client, server));
            }
        }
    }

    private static String callerExpected(Mtls mode, MatrixCredential credential) {
        if (mode == Mtls.DISABLE) {
            return "no handshake";
        }
        return switch (credential) {
            case GOOD -> "200, caller is caller";
            case WRONG_SERVICE -> "403 for intruder, UNAUTHORIZED";
            default -> "no handshake";
        };
    }

    private static String plaintextExpected(Mtls mode, MatrixClient client, MatrixServer server) {
        boolean understood = client != MatrixClient.GRPC || server.speaksGrpcInPlaintext();
        return mode == Mtls.STRICT || !understood ? "closed" : "200, caller is nobody";
    }

    @ParameterizedTest
    @MethodSource("benches")
    void serversAreBelievedOrRefused(MatrixServer server, Mtls mode) throws Exception {
        try (MatrixBench bench = new MatrixBench(server, mode)) {
            // First the one without certificate: a server that has one cannot lose it again.
            List<MatrixCredential> order = new ArrayList<>(List.of(MatrixCredential.values()));
            order.remove(MatrixCredential.NONE);
            order.add(0, MatrixCredential.NONE);
            for (MatrixCredential credential : order) {
                bench.serverProves(credential);
                for (MatrixClient client : MatrixClient.values()) {
                    String met = bench.call(client, MatrixCredential.GOOD);
                    servers.add(mode, credential.text, client, server, met);
                    assertThat(met)
                            .as("%s to %s with a %s certificate", client.text, bench, credential.text)
                            .startsWith(serverExpected(mode, credential));
                }
            }
        }
    }

    private static String serverExpected(Mtls mode, MatrixCredential credential) {
        if (mode == Mtls.DISABLE) {
            return "no handshake";
        }
        return switch (credential) {
            case GOOD -> "200, caller is caller";
            case NONE -> "no handshake";
            case WRONG_SERVICE -> "client: the peer is intruder but must be one of [who]";
            case WRONG_TRUST_DOMAIN -> "client: no valid root is known for trust domain";
            case EXPIRED, SELF_SIGNED -> "client: no valid path to a root";
        };
    }

    /** What the operator of a server reads in its log; callers are told no more than that the handshake failed. */
    @ParameterizedTest
    @EnumSource(
            value = MatrixCredential.class,
            names = {"EXPIRED", "WRONG_TRUST_DOMAIN", "SELF_SIGNED"})
    void serverKnowsWhatIsWrongWithACaller(MatrixCredential credential) {
        assertThat(serverSays(credential))
                .startsWith(serverExpected(Mtls.STRICT, credential).substring("client: ".length()));
    }

    private static String serverSays(MatrixCredential credential) {
        X509Certificate[] chain =
                credential.holder("caller").current().identity().chain().toArray(new X509Certificate[0]);
        try {
            ServerTls.clientTrustManager(MatrixCredential.GOOD.holder("who")).checkClientTrusted(chain, "EC");
            throw new AssertionError(credential + " was trusted");
        } catch (CertificateException refused) {
            return MatrixBench.words(String.valueOf(refused.getMessage()));
        }
    }

    @AfterAll
    void theDocumentSaysWhatHappens() throws IOException {
        if (callers.size() + servers.size() < ALL) {
            // Somebody runs a part of the tests.
            return;
        }
        Map<String, String> words = new LinkedHashMap<>();
        for (MatrixCredential credential :
                List.of(MatrixCredential.EXPIRED, MatrixCredential.WRONG_TRUST_DOMAIN, MatrixCredential.SELF_SIGNED)) {
            words.put(credential.text, serverSays(credential));
        }
        String now = MatrixPage.document(callers, servers, words);
        Path fresh =
                Files.writeString(Files.createDirectories(Path.of("target")).resolve("mtls-matrix.md"), now);
        assertThat(Files.readString(DOCUMENT))
                .as("%s; if the change is meant, take %s", DOCUMENT, fresh)
                .isEqualTo(now);
    }
}
