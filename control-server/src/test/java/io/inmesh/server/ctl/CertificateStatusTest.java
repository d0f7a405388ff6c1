package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ControlServer;
import io.inmesh.server.ServerOptions;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.discovery.AggregatedDiscoveryServiceGrpc;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What operators are shown of a process's certificate: by REST, and by {@code meshctl status}. */
class CertificateStatusTest {
    private static final String ROOT = "0123456789ab";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    private ControlServer server;
    private ManagedChannel channel;

    @BeforeEach
    void serve() throws Exception {
        server = new ControlServer(ServerOptions.onLoopback(0, 0, folder.resolve("data")));
        assertThat(run("cert", "issue", "--sa", "reviews", "--out", folder.toString()))
                .isEqualTo(ExitCode.OK);
        channel = Grpc.newChannelBuilderForAddress(
                        "127.0.0.1",
                        server.grpcPort(),
                        TlsChannelCredentials.newBuilder()
                                .trustManager(folder.resolve("root.pem").toFile())
                                .keyManager(
                                        folder.resolve("cert.pem").toFile(),
                                        folder.resolve("key.pem").toFile())
                                .build())
                .build();
        out.getBuffer().setLength(0);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    @Test
    void aCertificateThatCannotBeRenewedIsShownWithItsReasonAndIsAFinding() throws Exception {
        Instant end = Instant.now().plus(Duration.ofDays(100)).truncatedTo(ChronoUnit.SECONDS);
        connect(Map.of(
                "serialNumber", "8f01",
                "expirationTime", end.toString(),
                "health", "DEGRADED",
                "roots", ROOT,
                "renewalFailure", "UNAVAILABLE: out of\n\u001b[2Jorder",
                "renewalFailingSince", "2026-01-02T03:04:05Z"));

        assertThat(run("status")).isEqualTo(ExitCode.FINDINGS);
        assertThat(out.toString())
                .contains("99d degraded")
                .contains("p1: certificate degraded, ends at " + end
                        + "; it cannot be renewed since 2026-01-02T03:04:05Z: UNAVAILABLE: out of??[2Jorder");
        out.getBuffer().setLength(0);
        assertThat(run("status", "-o", "wide")).isEqualTo(ExitCode.FINDINGS);
        assertThat(out.toString()).contains("SERIAL", "ROOTS", "8f01", ROOT);
        out.getBuffer().setLength(0);

        JsonNode certificate = json().at("/processes/0/certificate");
        assertThat(certificate.path("serial").asText()).isEqualTo("8f01");
        assertThat(certificate.path("notAfter").asText()).isEqualTo(end.toString());
        assertThat(certificate.path("secondsLeft").asLong())
                .isBetween(Duration.ofDays(99).toSeconds(), Duration.ofDays(100).toSeconds());
        assertThat(certificate.path("trustedRoots").path(0).asText()).isEqualTo(ROOT);
    }

    @Test
    void aStockClientIsShownWithTheCertificateItHasConnectedWith() throws Exception {
        connect(Map.of());

        assertThat(run("status")).isEqualTo(ExitCode.OK);
        JsonNode process = json().at("/processes/0");
        assertThat(process.at("/certificate/health").asText()).isEqualTo("UNKNOWN");
        assertThat(process.at("/certificate/notAfter").asText())
                .isEqualTo(process.path("certificateExpiry").asText());
        assertThat(process.at("/certificate/serial").asText()).hasSize(32);
    }

    private void connect(Map<String, String> certificate) throws Exception {
        Struct.Builder fields = Struct.newBuilder();
        certificate.forEach((name, text) ->
                fields.putFields(name, Value.newBuilder().setStringValue(text).build()));
        Struct.Builder metadata = Struct.newBuilder();
        if (!certificate.isEmpty()) {
            metadata.putFields(
                    "INMESH_CERTIFICATE",
                    Value.newBuilder().setStructValue(fields).build());
        }
        AggregatedDiscoveryServiceGrpc.newStub(channel)
                .deltaAggregatedResources(new StreamObserver<DeltaDiscoveryResponse>() {
                    @Override
                    public void onNext(DeltaDiscoveryResponse response) {
                        answers.add(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answers.add(failure);
                    }

                    @Override
                    public void onCompleted() {}
                })
                .onNext(DeltaDiscoveryRequest.newBuilder()
                        .setNode(Node.newBuilder()
                                .setId("sidecar~10.0.0.1~p1.default~default.svc.cluster.local")
                                .setMetadata(metadata))
                        .setTypeUrl(TypeUrls.CLUSTER)
                        .build());
        assertThat(answers.poll(30, TimeUnit.SECONDS)).isInstanceOf(DeltaDiscoveryResponse.class);
    }

    private JsonNode json() throws Exception {
        out.getBuffer().setLength(0);
        run("status", "-o", "json");
        return Api.JSON.readTree(out.toString());
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--server");
        all.add("http://127.0.0.1:" + server.httpPort());
        return new CommandLine(new MeshCtl())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(all.toArray(String[]::new));
    }
}
