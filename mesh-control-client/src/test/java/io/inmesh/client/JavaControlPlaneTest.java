package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.controlplane.cache.NodeGroup;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.DiscoveryServerCallbacks;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client with Envoy's java-control-plane, an xDS server by other people, in both variants of the protocol. */
final class JavaControlPlaneTest {

    private static final String GROUP = "all";

    @TempDir
    Path folder;

    private final SimpleCache<String> cache = new SimpleCache<>(new NodeGroup<>() {
        @Override
        public String hash(Node node) {
            return GROUP;
        }
    });
    private final BlockingQueue<String> refusals = new LinkedBlockingQueue<>();
    private final FakeMesh mesh = new FakeMesh();
    private int version;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void firstSnapshotIsPutInUse(boolean stateOfTheWorld) throws Exception {
        try (FakeControlPlane server = server();
                ControlClient client = join(server, stateOfTheWorld)) {
            publish(server, Shapes.REVIEWS, Map.of(Shapes.REVIEWS, "10.0.0.1"));
            MeshConfig config = await(known -> endpoints(known).containsKey(Shapes.REVIEWS));
            assertThat(endpoints(config)).isEqualTo(Map.of(Shapes.REVIEWS, List.of("10.0.0.1")));
            assertThat(config.virtualHosts())
                    .singleElement()
                    .satisfies(host -> assertThat(host.port()).isEqualTo(9080));
            assertThat(client.status().connected()).isTrue();
            assertThat(refusals).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void laterSnapshotsChangeAddAndRemove(boolean stateOfTheWorld) throws Exception {
        try (FakeControlPlane server = server();
                ControlClient client = join(server, stateOfTheWorld)) {
            publish(server, Shapes.REVIEWS, Map.of(Shapes.REVIEWS, "10.0.0.1"));
            await(known -> !endpoints(known).isEmpty());
            publish(server, Shapes.REVIEWS, Map.of(Shapes.REVIEWS, "10.0.0.2"));
            await(known -> endpoints(known).equals(Map.of(Shapes.REVIEWS, List.of("10.0.0.2"))));
            publish(server, Shapes.RATINGS, Map.of(Shapes.REVIEWS, "10.0.0.2", Shapes.RATINGS, "10.0.0.9"));
            await(known -> endpoints(known)
                            .equals(Map.of(Shapes.REVIEWS, List.of("10.0.0.2"), Shapes.RATINGS, List.of("10.0.0.9")))
                    && known.virtualHosts().toString().contains(Shapes.RATINGS));
            publish(server, Shapes.RATINGS, Map.of(Shapes.RATINGS, "10.0.0.9"));
            await(known -> endpoints(known).equals(Map.of(Shapes.RATINGS, List.of("10.0.0.9"))));
            assertThat(client.status().lastRejection()).isNull();
            assertThat(refusals).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void serverHearsWhyAResourceWasRefusedAndMayMendIt(boolean stateOfTheWorld) throws Exception {
        try (FakeControlPlane server = server();
                ControlClient client = join(server, stateOfTheWorld)) {
            publish(server, Shapes.REVIEWS, Map.of(Shapes.REVIEWS, "10.0.0.1"));
            await(known -> !endpoints(known).isEmpty());
            publish(server, Shapes.REVIEWS, Map.of(Shapes.REVIEWS, ""));
            assertThat(FakeControlPlane.next(refusals)).contains(Shapes.REVIEWS).contains("needs an IP address");
            assertThat(mesh.applied)
                    .allSatisfy(config ->
                            assertThat(endpoints(config)).isEqualTo(Map.of(Shapes.REVIEWS, List.of("10.0.0.1"))));
            publish(server, Shapes.REVIEWS, Map.of(Shapes.REVIEWS, "10.0.0.3"));
            await(known -> endpoints(known).equals(Map.of(Shapes.REVIEWS, List.of("10.0.0.3"))));
            assertThat(client.status().lastRejection()).contains("needs an IP address");
        }
    }

    /** It takes messages of 4 MiB, as gRPC servers do that are not told otherwise; the names are as many bytes as 40,000 real ones. */
    @Test
    void reconnectWithMoreVersionsThanAMessageTakesDoesNotFailForEver() throws Exception {
        Map<String, String> addresses = new TreeMap<>();
        for (int i = 10_000; i < 11_500; i++) {
            addresses.put(i + "x".repeat(3_000), "10.0.0.1");
        }
        String changed = "11499" + "x".repeat(3_000);
        try (FakeControlPlane server = server();
                ControlClient client = join(server, false)) {
            publish(server, changed, addresses);
            await(known -> endpoints(known).size() == addresses.size()
                    && endpoints(known).values().stream().noneMatch(List::isEmpty));
            server.stop();
            addresses.put(changed, "10.0.0.2");
            publish(server, changed, addresses);
            server.start();
            mesh.time.advance(mesh.nextDelay(Duration.ofMillis(800), Duration.ofMillis(1_200)));
            MeshConfig config =
                    await(known -> List.of("10.0.0.2").equals(endpoints(known).get(changed)));

            assertThat(endpoints(config)).hasSize(addresses.size()).doesNotContainValue(List.of());
            assertThat(refusals).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void plaintextOnThisMachineDoesAsWellAndNothingIsRegistered(boolean stateOfTheWorld) throws Exception {
        try (FakeControlPlane server = server()) {
            server.stop();
            server.plaintext = true;
            server.start();
            ControlClientBuilder builder = builder(server, stateOfTheWorld).plaintextOnLoopback();
            try (ControlClient client = builder.build();
                    Logs logs = new Logs()) {
                client.start(mesh);
                client.serve(Map.of("http", 9080));
                publish(server, Shapes.REVIEWS, Map.of(Shapes.REVIEWS, "10.0.0.1"));
                await(known -> !endpoints(known).isEmpty());
                assertThat(client.status().connected()).isTrue();
                assertThat(client.status().certificateExpiry()).isNull();
                assertThat(logs.warnings()).singleElement().asString().contains("not registered");
            }
        }
    }

    private FakeControlPlane server() throws Exception {
        FakeControlPlane server = new FakeControlPlane(mesh.clock);
        DiscoveryServerCallbacks callbacks = new DiscoveryServerCallbacks() {
            @Override
            public void onV3StreamRequest(long stream, DiscoveryRequest request) {
                if (request.hasErrorDetail()) {
                    refusals.add(request.getErrorDetail().getMessage());
                }
            }

            @Override
            public void onV3StreamDeltaRequest(long stream, DeltaDiscoveryRequest request) {
                if (request.hasErrorDetail()) {
                    refusals.add(request.getErrorDetail().getMessage());
                }
            }
        };
        server.discovery = new V3DiscoveryServer(callbacks, cache).getAggregatedDiscoveryServiceImpl();
        server.stop();
        server.start();
        return server;
    }

    private ControlClient join(FakeControlPlane server, boolean stateOfTheWorld) throws Exception {
        ControlClient client =
                builder(server, stateOfTheWorld).tokenFile(server.token(folder)).build();
        client.start(mesh);
        return client;
    }

    private static ControlClientBuilder builder(FakeControlPlane server, boolean stateOfTheWorld) {
        ControlClientBuilder builder = ControlClient.builder()
                .server(server.address())
                .service("productpage")
                .randomness(bound -> bound / 2);
        return stateOfTheWorld ? builder.stateOfTheWorld() : builder;
    }

    /** Gives the server a snapshot: each cluster with one endpoint, and one route. */
    private void publish(FakeControlPlane server, String routed, Map<String, String> addresses) throws Exception {
        List<io.envoyproxy.envoy.config.cluster.v3.Cluster> clusters = new ArrayList<>();
        List<io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment> endpoints = new ArrayList<>();
        for (Map.Entry<String, String> entry : new TreeMap<>(addresses).entrySet()) {
            Cluster cluster = Shapes.cluster(entry.getKey());
            ClusterLoadAssignment assignment = Shapes.endpoints(entry.getKey(), entry.getValue());
            clusters.add(io.envoyproxy.envoy.config.cluster.v3.Cluster.parseFrom(cluster.toByteString()));
            endpoints.add(
                    io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment.parseFrom(assignment.toByteString()));
        }
        cache.setSnapshot(
                GROUP,
                Snapshot.create(
                        clusters,
                        endpoints,
                        List.of(Listener.parseFrom(
                                Shapes.outbound("0.0.0.0_9080", "9080", 9080).toByteString())),
                        List.of(RouteConfiguration.parseFrom(
                                Shapes.routes("9080", Shapes.host("one:9080", routed, "one"))
                                        .toByteString())),
                        List.of(Secret.parseFrom(
                                Shapes.roots(server.ca.rootCertificate()).toByteString())),
                        String.valueOf(++version)));
    }

    private MeshConfig await(Predicate<MeshConfig> wanted) throws InterruptedException {
        MeshConfig config = mesh.nextConfig();
        while (!wanted.test(config)) {
            config = mesh.nextConfig();
        }
        return config;
    }

    private static Map<String, List<String>> endpoints(MeshConfig config) {
        Map<String, List<String>> endpoints = new TreeMap<>();
        for (ClusterConfig cluster : config.clusters()) {
            endpoints.put(
                    cluster.name(),
                    cluster.endpoints().stream().map(EndpointConfig::host).toList());
        }
        return endpoints;
    }
}
