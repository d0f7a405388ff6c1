package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Server;
import io.grpc.ServerTransportFilter;
import io.grpc.stub.ClientCalls;
import io.inmesh.Mesh;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.identity.TrustBundle;
import io.inmesh.testkit.TestCa;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections that are there before the first call, over real sockets. */
final class ConnectAheadTest {

    private static final String DOMAIN = "test.local";
    private static final long LOOK_AGAIN_NANOS = 10_000_000;

    private final TestCa ca = TestCa.root(DOMAIN);
    private final Mesh reviews = mesh("reviews", MeshConfig.EMPTY);
    private final Mesh ratings = mesh(
            "ratings",
            MeshConfig.builder()
                    .inbound(new InboundConfig(InboundConfig.Mtls.STRICT, List.of(), ""))
                    .build());
    private final MeshChannel channel = (MeshChannel) MeshGrpc.channel("text:9080", reviews);
    private final BlockingQueue<Attributes> accepted = new LinkedBlockingQueue<>();
    private @Nullable Server server;

    @AfterEach
    void stop() {
        channel.shutdownNow();
        if (server != null) {
            server.shutdownNow();
        }
        reviews.close();
        ratings.close();
    }

    @Test
    void theFirstCallFindsAConnection() throws Exception {
        Server running = server();
        server = running;
        leadTo(running.getPort());
        accepted.take();
        assertThat(ClientCalls.blockingUnaryCall((Channel) channel, TextService.UNARY, CallOptions.DEFAULT, "x"))
                .isEqualTo("hello");
        assertThat(accepted).as("it took the connection that was there").isEmpty();
    }

    @Test
    void aConnectionThatCouldNotBeMadeIsForgottenBeforeTheFirstCall() throws Exception {
        try (ServerSocket broken = new ServerSocket(0)) {
            leadTo(broken.getLocalPort());
            broken.accept().close();
            while (channel.channels().size() > 0) {
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            }
            ListenableFuture<String> call =
                    ClientCalls.futureUnaryCall(channel.newCall(TextService.UNARY, CallOptions.DEFAULT), "x");
            broken.accept().close();
            call.cancel(true);
        }
    }

    private void leadTo(int port) {
        reviews.apply(MeshConfig.builder()
                .cluster(ClusterConfig.of("text")
                        .endpoint("127.0.0.1", port)
                        .withTls(new ClientTlsConfig(
                                ClientTlsConfig.Mode.MESH,
                                Set.of("spiffe://" + DOMAIN + "/ns/default/sa/ratings"),
                                null)))
                .virtualHost(VirtualHostConfig.of("text:9080", RouteConfig.to("text")))
                .build());
    }

    private Server server() throws Exception {
        return MeshGrpc.server(0, ratings)
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                        accepted.add(attributes);
                        return attributes;
                    }
                })
                .addService(TextService.answering(request -> "hello"))
                .build()
                .start();
    }

    private Mesh mesh(String account, MeshConfig config) {
        Mesh mesh = Mesh.of(config);
        mesh.identity().update(ca.issue("default", account), TrustBundle.of(DOMAIN, Set.of(ca.rootCertificate())));
        return mesh;
    }
}
