package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.inmesh.Mesh;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.TestCa;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a gRPC server takes in each mode of mutual TLS, and when the mode changes under it. */
final class ModeChangeTest {

    private static final SpiffeId RATINGS = SpiffeId.of("test.local", "default", "ratings");
    private static final String NO_PEER = "null";
    private static final String REVIEWS = "spiffe://test.local/ns/default/sa/reviews";

    private final TestCa ca = TestCa.root("test.local");
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<Mesh> meshes = new ArrayList<>();
    private Mesh mesh;
    private Server server;

    @BeforeEach
    void serve() throws IOException {
        mesh = mesh(MeshConfig.EMPTY);
        mesh.identity().update(ca.issue("default", "ratings"), ca.bundle());
        server = MeshGrpc.server(0, mesh)
                .addService(TextService.answering(request -> String.valueOf(MeshGrpc.PEER.get())))
                .build()
                .start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (ManagedChannel channel : channels) {
            channel.shutdownNow();
            assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        server.shutdownNow();
        meshes.forEach(Mesh::close);
    }

    @Test
    void permissiveTakesBothOnOnePort() {
        assertThat(call(plaintext())).isEqualTo(NO_PEER);
        assertThat(call(secured())).isEqualTo(REVIEWS);
    }

    @Test
    void everyNewConnectionMeetsTheModeOfTheMoment() {
        ask(Mtls.DISABLE);
        assertThat(call(plaintext())).isEqualTo(NO_PEER);
        assertThat(refusal(secured())).isEqualTo(Status.Code.UNAVAILABLE);

        ask(Mtls.STRICT);
        assertThat(refusal(plaintext())).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(call(secured())).isEqualTo(REVIEWS);

        ask(Mtls.PERMISSIVE);
        assertThat(call(plaintext())).isEqualTo(NO_PEER);
        assertThat(call(secured())).isEqualTo(REVIEWS);
    }

    @Test
    void plaintextConnectionThatIsThereAlreadyIsRefusedCallByCall() {
        ManagedChannel before = plaintext();
        assertThat(call(before)).isEqualTo(NO_PEER);
        ask(Mtls.STRICT);
        assertThat(refusal(before)).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void portLevelModeIsThatOfThePortListenedOn() {
        InboundConfig strict = new InboundConfig(Mtls.STRICT, List.of(), "");
        ask(strict.withMtlsByPort(Map.of(server.getPort(), Mtls.DISABLE)));
        assertThat(call(plaintext())).isEqualTo(NO_PEER);
        ask(strict.withMtlsByPort(Map.of(server.getPort() + 1, Mtls.DISABLE)));
        assertThat(refusal(plaintext())).isEqualTo(Status.Code.UNAVAILABLE);
    }

    /** Trap: a TLS listener that takes plaintext, or the reverse. */
    @Test
    void strictPortClosesPlaintextUnanswered() throws IOException {
        ask(Mtls.STRICT);
        for (String beginning : List.of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "\0")) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(beginning.getBytes(StandardCharsets.ISO_8859_1));
                assertThat(answered(socket)).isEmpty();
            }
        }
    }

    @Test
    void plaintextPrefaceMayComeInSingleBytes() throws IOException {
        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            for (byte one : preface) {
                out.write(one);
            }
            assertThat(firstFrameType(socket)).as("settings").isEqualTo(4);
        }
    }

    @Test
    void tlsBeginsWithTheSniffedByte() throws IOException {
        ask(Mtls.STRICT);
        SSLContext context = ca.holder("default", "reviews")
                .current()
                .clientContext(new PeerExpectation(Set.of(RATINGS), "ratings"));
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(connect(), "127.0.0.1", server.getPort(), true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
            assertThat(firstFrameType(socket)).as("settings").isEqualTo(4);
        }
    }

    // -- fixtures

    private static int firstFrameType(Socket socket) throws IOException {
        return socket.getInputStream().readNBytes(9)[3];
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", server.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static byte[] answered(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // Closing a socket with unread bytes resets it.
            return new byte[0];
        }
    }

    private void ask(Mtls mode) {
        ask(new InboundConfig(mode, List.of(), ""));
    }

    private void ask(InboundConfig inbound) {
        assertThat(mesh.apply(MeshConfig.builder().inbound(inbound).build()).applied())
                .isTrue();
    }

    private ManagedChannel plaintext() {
        return keep(TextService.plaintextChannel(server));
    }

    private ManagedChannel secured() {
        ClusterConfig cluster = ClusterConfig.of("text")
                .endpoint("127.0.0.1", server.getPort())
                .withTls(new ClientTlsConfig(ClientTlsConfig.Mode.MESH, Set.of(RATINGS.toString()), "ratings"));
        Mesh client = mesh(MeshConfig.builder()
                .cluster(cluster)
                .virtualHost(VirtualHostConfig.of("text:9080", RouteConfig.to("text")))
                .build());
        client.identity().update(ca.issue("default", "reviews"), ca.bundle());
        return keep(MeshGrpc.channel("text:9080", client));
    }

    private ManagedChannel keep(ManagedChannel channel) {
        channels.add(channel);
        return channel;
    }

    private Mesh mesh(MeshConfig config) {
        Mesh made = Mesh.of(config);
        meshes.add(made);
        return made;
    }

    private static String call(ManagedChannel channel) {
        return ClientCalls.blockingUnaryCall(
                channel, TextService.UNARY, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), "x");
    }

    private static Status.Code refusal(ManagedChannel channel) {
        List<Status.Code> codes = new ArrayList<>();
        assertThatThrownBy(() -> call(channel))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> codes.add(failure.getStatus().getCode()));
        return codes.get(0);
    }
}
