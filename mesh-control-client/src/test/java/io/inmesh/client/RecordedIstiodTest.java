package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.xds.discovery.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.inmesh.xds.discovery.DiscoveryRequest;
import io.inmesh.xds.discovery.DiscoveryResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What Istio's own control plane once sent ({@code istiod.txt}; {@link IstiodTest} has its configuration), from a real xDS server. */
final class RecordedIstiodTest {

    private static final String REVIEWS = "reviews.default.svc.cluster.local";
    private static final String V1 = "outbound|9080|v1|" + REVIEWS;
    private static final String V2 = "outbound|9080|v2|" + REVIEWS;

    private final FakeMesh mesh = new FakeMesh();
    private final BlockingQueue<String> refusals = new LinkedBlockingQueue<>();

    @Test
    void whatItSendsIsUnderstoodAndWhatIsNotIsSaid() throws Exception {
        try (FakeControlPlane server = new FakeControlPlane(mesh.clock)) {
            server.stop();
            server.plaintext = true;
            server.discovery = new Replay(recording());
            server.start();
            try (ControlClient client = ControlClient.builder()
                    .server(server.address())
                    .service("productpage")
                    .plaintextOnLoopback()
                    .stateOfTheWorld()
                    .build()) {
                client.start(mesh);

                MeshConfig config = mesh.nextConfig();
                while (config.virtualHosts().isEmpty()
                        || cluster(config, V1).endpoints().isEmpty()
                        || cluster(config, V2).endpoints().isEmpty()) {
                    config = mesh.nextConfig();
                }
                endpointsAndTls(config);
                routes(config);
                assertThat(refusals.poll(60, TimeUnit.SECONDS))
                        .as("policies for what comes in are in a listener with conditions of a proxy's")
                        .contains("virtualInbound");
                assertThat(config.inbound().authorization())
                        .as("nobody is let in by rules that were not understood")
                        .containsExactly(new AuthorizationConfig(AuthorizationConfig.Action.ALLOW, List.of()));
            }
        }
    }

    private static void endpointsAndTls(MeshConfig config) {
        for (Map.Entry<String, String> each :
                Map.of(V1, "10.0.0.1", V2, "10.0.0.2").entrySet()) {
            ClusterConfig cluster = cluster(config, each.getKey());
            EndpointConfig endpoint = cluster.endpoints().get(0);
            assertThat(cluster.endpoints()).hasSize(1);
            assertThat(endpoint.host()).isEqualTo(each.getValue());
            assertThat(endpoint.port()).isEqualTo(9080);
            assertThat(endpoint.tls()).isTrue();
            assertThat(cluster.tls().mode()).isEqualTo(ClientTlsConfig.Mode.AUTO);
            assertThat(cluster.tls().identities()).containsExactly("spiffe://cluster.local/ns/default/sa/reviews");
            assertThat(cluster.outlierDetection().interval()).hasSeconds(7);
        }
    }

    private static void routes(MeshConfig config) {
        Map<String, RouteConfig> routes = config.virtualHosts().stream()
                .flatMap(host -> host.routes().stream())
                .collect(Collectors.toMap(RouteConfig::name, route -> route, (first, second) -> first));
        RouteConfig split = Objects.requireNonNull(routes.get("split"));
        assertThat(split.timeout()).hasSeconds(4);
        assertThat(split.retry().retries()).isEqualTo(3);
        assertThat(((RouteAction.Forward) split.action()).clusters())
                .extracting(one -> one.cluster() + " " + one.weight())
                .containsExactly(V1 + " 90", V2 + " 10");
        assertThat(Objects.requireNonNull(routes.get("broken")).fault())
                .isEqualTo(new FaultConfig(null, new FaultConfig.Abort(418, -1, 250_000)));
    }

    private static ClusterConfig cluster(MeshConfig config, String name) {
        return config.clusters().stream()
                .filter(cluster -> cluster.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, DiscoveryResponse> recording() throws IOException {
        Map<String, DiscoveryResponse> byType = new LinkedHashMap<>();
        try (InputStream file = Objects.requireNonNull(RecordedIstiodTest.class.getResourceAsStream("istiod.txt"))) {
            String text = new String(file.readAllBytes(), StandardCharsets.US_ASCII);
            for (String paragraph : Arrays.asList(text.split("\n\n")).subList(1, 5)) {
                DiscoveryResponse response =
                        DiscoveryResponse.parseFrom(Base64.getMimeDecoder().decode(paragraph));
                byType.put(response.getTypeUrl(), response);
            }
        }
        return byType;
    }

    /** Answers the first request for each type that was recorded, and any that names other resources, with the recording. */
    private final class Replay extends AggregatedDiscoveryServiceImplBase {
        private final Map<String, DiscoveryResponse> recorded;

        Replay(Map<String, DiscoveryResponse> recorded) {
            this.recorded = recorded;
        }

        @Override
        public StreamObserver<DiscoveryRequest> streamAggregatedResources(StreamObserver<DiscoveryResponse> responses) {
            return new StreamObserver<>() {
                private final Map<String, Object> asked = new LinkedHashMap<>();

                @Override
                public void onNext(DiscoveryRequest request) {
                    if (request.hasErrorDetail()) {
                        refusals.add(request.getErrorDetail().getMessage());
                    }
                    DiscoveryResponse answer = recorded.get(request.getTypeUrl());
                    Object names = request.getResourceNamesList();
                    if (answer != null && !names.equals(asked.put(request.getTypeUrl(), names))) {
                        responses.onNext(answer);
                    }
                }

                @Override
                public void onError(Throwable failure) {
                    // The client has gone.
                }

                @Override
                public void onCompleted() {
                    responses.onCompleted();
                }
            };
        }
    }
}
