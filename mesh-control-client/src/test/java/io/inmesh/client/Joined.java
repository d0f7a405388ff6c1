package io.inmesh.client;

import io.inmesh.config.MeshConfig;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.load.LoadStatsRequest;
import io.inmesh.xds.load.LoadStatsResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A client with a mesh and a control plane around it, in time that a test moves. */
final class Joined implements AutoCloseable {

    final FakeMesh mesh = new FakeMesh();
    final FakeControlPlane server;
    final ControlClient client;
    private final boolean stateOfTheWorld;

    private Joined(
            Path folder,
            boolean stateOfTheWorld,
            BiFunction<ControlClientBuilder, FakeControlPlane, ControlClientBuilder> settings,
            Consumer<FakeCertificates> certificates)
            throws Exception {
        this.stateOfTheWorld = stateOfTheWorld;
        server = new FakeControlPlane(mesh.clock);
        certificates.accept(server.certificates);
        ControlClientBuilder builder = ControlClient.builder()
                .server(server.address())
                .service("reviews")
                .label("version", "v1")
                .tokenFile(server.token(folder))
                // The middle of every range: no jitter.
                .randomness(bound -> bound / 2);
        if (stateOfTheWorld) {
            builder.stateOfTheWorld();
        }
        client = settings.apply(builder, server).build();
        client.start(mesh);
    }

    static Joined to(Path folder, boolean stateOfTheWorld) throws Exception {
        return new Joined(folder, stateOfTheWorld, (builder, own) -> builder, certificates -> {});
    }

    static Joined with(Path folder, UnaryOperator<ControlClientBuilder> settings) throws Exception {
        return new Joined(folder, false, (builder, own) -> settings.apply(builder), certificates -> {});
    }

    /** {@return a client with settings that depend on its control plane, as other control planes of its mesh do} */
    static Joined among(
            Path folder,
            boolean stateOfTheWorld,
            BiFunction<ControlClientBuilder, FakeControlPlane, ControlClientBuilder> settings)
            throws Exception {
        return new Joined(folder, stateOfTheWorld, settings, certificates -> {});
    }

    /** {@return a client of a control plane whose certificates are made as told} */
    static Joined withCertificates(Path folder, Consumer<FakeCertificates> certificates) throws Exception {
        return new Joined(folder, false, (builder, own) -> builder, certificates);
    }

    /** {@return the next stream the client opens} */
    Script nextStream() throws InterruptedException {
        return stateOfTheWorld ? server.nextSotw() : server.nextDelta();
    }

    /** {@return the next stream the client opens for load reports} */
    FakeStream<LoadStatsRequest, LoadStatsResponse> nextLoadStream() throws InterruptedException {
        return FakeControlPlane.next(server.loadStreams);
    }

    /** Brings the client to know reviews with one endpoint, and {@return the config that makes} */
    MeshConfig reviews(Script stream) throws InterruptedException {
        stream.answered(TypeUrls.CLUSTER, "c1", List.of(Shapes.cluster(Shapes.REVIEWS)));
        stream.answered(TypeUrls.ENDPOINT, "e1", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1")));
        stream.answered(TypeUrls.LISTENER, "l1", List.of(Shapes.outbound("0.0.0.0_9080", "9080", 9080)));
        stream.answered(
                TypeUrls.ROUTE,
                "r1",
                List.of(Shapes.routes("9080", Shapes.host("reviews:9080", Shapes.REVIEWS, "reviews", "reviews:9080"))));
        return mesh.nextConfig();
    }

    /** Lets the wait before the next stream pass. */
    void reconnect() throws InterruptedException {
        mesh.time.advance(mesh.nextDelay(Duration.ofMillis(800), Duration.ofSeconds(36)));
    }

    @Override
    public void close() throws InterruptedException {
        client.close();
        server.close();
    }
}
