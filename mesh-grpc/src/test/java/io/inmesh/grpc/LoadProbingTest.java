package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.inmesh.Mesh;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.load.LoadHeaders;
import io.inmesh.observe.MeshObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A gRPC server says how loaded it is in the trailers, to callers who ask, and to callers who ask for nothing else. */
final class LoadProbingTest {

    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final BlockingQueue<Boolean> probes = new LinkedBlockingQueue<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void theTrailersHaveAReportForThoseWhoAskOnly() throws Exception {
        Server server = server();
        ManagedChannel plain = keep(TextService.plaintextChannel(server));
        assertThat(trailers(plain, new Metadata()).containsKey(OrcaBytes.KEY)).isFalse();
        Metadata asking = new Metadata();
        asking.put(Metadata.Key.of(LoadHeaders.ASK, Metadata.ASCII_STRING_MARSHALLER), LoadHeaders.ASKED);
        assertThat(OrcaBytes.read(trailers(plain, asking).get(OrcaBytes.KEY)).requestsInFlight())
                .isZero();
    }

    @Test
    void serversAreAskedBesideCalls() throws Exception {
        ManagedChannel channel = keep(MeshGrpc.channel("text:9080", client(server(), server())));
        for (int i = 0; i < 50; i++) {
            ClientCalls.blockingUnaryCall(channel, TextService.UNARY, CallOptions.DEFAULT, "x");
        }
        assertThat(probes.poll(20, TimeUnit.SECONDS)).isTrue();
        assertThat(calls).as("what the application sees").hasValue(50);
    }

    private static Metadata trailers(ManagedChannel channel, Metadata headers) {
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(
                        channel,
                        MetadataUtils.newAttachHeadersInterceptor(headers),
                        MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), trailers)),
                TextService.UNARY,
                CallOptions.DEFAULT,
                "x");
        return trailers.get();
    }

    private Server server() throws IOException {
        Mesh mesh = Mesh.of(MeshConfig.builder()
                .inbound(new InboundConfig(InboundConfig.Mtls.DISABLE, List.of(), ""))
                .build());
        open.add(mesh);
        Server server = MeshGrpc.server(0, mesh)
                .addService(TextService.definition((request, response) -> {
                    calls.incrementAndGet();
                    response.onNext("here");
                    response.onCompleted();
                }))
                .build()
                .start();
        open.add(server::shutdownNow);
        return server;
    }

    private Mesh client(Server... servers) {
        ClusterConfig cluster = ClusterConfig.of("text").withLoadBalancer(LoadBalancer.PROBING);
        for (Server server : servers) {
            cluster = cluster.endpoint("127.0.0.1", server.getPort());
        }
        Mesh mesh = Mesh.builder()
                .config(MeshConfig.builder()
                        .cluster(cluster)
                        .virtualHost(VirtualHostConfig.of("text:9080", RouteConfig.to("text")))
                        .build())
                .observer(new MeshObserver() {
                    @Override
                    public void probed(Endpoint endpoint, boolean answered) {
                        probes.add(answered);
                    }
                })
                .build();
        open.add(mesh);
        return mesh;
    }

    private ManagedChannel keep(ManagedChannel channel) {
        open.add(channel::shutdownNow);
        return channel;
    }
}
