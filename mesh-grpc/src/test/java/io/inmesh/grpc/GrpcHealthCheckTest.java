package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.inmesh.Mesh;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HealthCheckConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.endpoint.CheckState.Verdict;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.observe.MeshObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers with gRPC's own health service are asked over real sockets. */
final class GrpcHealthCheckTest {

    private final LinkedBlockingQueue<String> changes = new LinkedBlockingQueue<>();
    private final HealthStatusManager health = new HealthStatusManager();
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
        HealthCheckConfig config = new HealthCheckConfig(
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
                        .cluster(ClusterConfig.of("ratings:9080")
                                .withHealthCheck(config)
                                .endpoint("127.0.0.1", port))
                        .virtualHost(VirtualHostConfig.of("ratings:9080", RouteConfig.to("ratings:9080")))
                        .build())
                .observer(new MeshObserver() {
                    @Override
                    public void checkChanged(Endpoint endpoint, Verdict verdict, String why) {
                        changes.add((verdict + " " + why).trim());
                    }
                })
                .build();
        ManagedChannel channel = MeshGrpc.channel("ratings:9080", mesh);
        opened.add(0, mesh);
        opened.add(0, channel::shutdownNow);
    }

    private String next() throws InterruptedException {
        return String.valueOf(changes.poll(20, TimeUnit.SECONDS));
    }
}
