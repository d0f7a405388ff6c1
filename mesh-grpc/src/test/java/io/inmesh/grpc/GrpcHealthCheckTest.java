package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.inmesh.Mesh;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HealthCheckConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.endpoint.CheckState.Verdict;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.SpiffeId;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.TestCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers with gRPC's own health service are asked over real sockets. */
final class GrpcHealthCheckTest {

    private final LinkedBlockingQueue<String> changes = new LinkedBlockingQueue<>();
    private final HealthStatusManager health = new HealthStatusManager();
    private final AtomicInteger asked = new AtomicInteger();
    private final TestCa ca = TestCa.root("test.local");
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void aServiceIsFollowedAsItChanges() throws Exception {
        health.setStatus("ratings.Ratings", ServingStatus.SERVING);
        check("ratings.Ratings", serve(true));

        assertThat(next()).isEqualTo("PASSING");
        health.setStatus("ratings.Ratings", ServingStatus.NOT_SERVING);
        assertThat(next()).isEqualTo("FAILING it says NOT_SERVING");
        health.setStatus("ratings.Ratings", ServingStatus.SERVING);
        assertThat(next()).isEqualTo("PASSING");
    }

    @Test
    void theServerAsAWholeHasNoName() throws Exception {
        check("", serve(true));

        assertThat(next()).isEqualTo("PASSING");
    }

    @Test
    void aServiceTheServerDoesNotKnowFails() throws Exception {
        check("x".repeat(300), serve(true));

        assertThat(next()).startsWith("FAILING gRPC NOT_FOUND");
    }

    @Test
    void aServerWithoutTheHealthServiceFails() throws Exception {
        check("", serve(false));

        assertThat(next()).startsWith("FAILING gRPC UNIMPLEMENTED");
    }

    @Test
    void aServiceIsAskedOverMeshTls() throws Exception {
        checkSecured("ratings");

        assertThat(next()).isEqualTo("PASSING");
    }

    @Test
    void aServerWithAnotherIdentityFailsUnasked() throws Exception {
        checkSecured("impostor");

        assertThat(next()).startsWith("FAILING gRPC UNAVAILABLE").contains("sa/impostor");
        assertThat(asked).hasValue(0);
    }

    /** Checks a server that is {@code actual}, where {@code ratings} is expected. */
    private void checkSecured(String actual) throws IOException {
        Mesh serving = keep(Mesh.of(MeshConfig.builder()
                .inbound(new InboundConfig(InboundConfig.Mtls.STRICT, List.of(), ""))
                .build()));
        serving.identity().update(ca.issue("default", actual), ca.bundle());
        Server server = MeshGrpc.server(0, serving)
                .addService(ServerInterceptors.intercept(health.getHealthService(), new Asked()))
                .build()
                .start();
        opened.add(0, server::shutdownNow);
        check(
                "",
                ClusterConfig.of("ratings:9080")
                        .endpoint("127.0.0.1", server.getPort())
                        .withTls(new ClientTlsConfig(
                                ClientTlsConfig.Mode.MESH,
                                Set.of(SpiffeId.of("test.local", "default", "ratings")
                                        .toString()),
                                "")));
    }

    private int serve(boolean withHealth) throws IOException {
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        if (withHealth) {
            builder.addService(health.getHealthService());
        }
        Server server = builder.build().start();
        opened.add(server::shutdownNow);
        return server.getPort();
    }

    private void check(String service, int port) {
        check(service, ClusterConfig.of("ratings:9080").endpoint("127.0.0.1", port));
    }

    private void check(String service, ClusterConfig cluster) {
        HealthCheckConfig check = new HealthCheckConfig(
                new HealthCheckConfig.Grpc(service, ""),
                Duration.ofSeconds(5),
                Duration.ofMillis(20),
                Duration.ofMillis(20),
                Duration.ofMillis(20),
                Duration.ZERO,
                1,
                1);
        Mesh mesh = Mesh.builder()
                .config(MeshConfig.builder()
                        .cluster(cluster.withHealthCheck(check))
                        .virtualHost(VirtualHostConfig.of("ratings:9080", RouteConfig.to("ratings:9080")))
                        .build())
                .observer(new MeshObserver() {
                    @Override
                    public void checkChanged(Endpoint endpoint, Verdict verdict, String why) {
                        changes.add((verdict + " " + why).trim());
                    }
                })
                .build();
        keep(mesh);
        mesh.identity().update(ca.issue("default", "reviews"), ca.bundle());
        ManagedChannel channel = MeshGrpc.channel("ratings:9080", mesh);
        opened.add(0, channel::shutdownNow);
    }

    private Mesh keep(Mesh mesh) {
        opened.add(0, mesh);
        return mesh;
    }

    private String next() throws InterruptedException {
        return String.valueOf(changes.poll(20, TimeUnit.SECONDS));
    }

    /** Counts who gets as far as asking. */
    private final class Asked implements ServerInterceptor {
        @Override
        public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
                ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
            asked.incrementAndGet();
            return next.startCall(call, headers);
        }
    }
}
