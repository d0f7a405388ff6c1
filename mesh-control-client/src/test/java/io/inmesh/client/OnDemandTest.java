package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.cluster.Cluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that asks for the endpoints of what it calls, and of nothing else. */
final class OnDemandTest {

    /** Wait before the second stream, without jitter. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endpointsAreAskedForByTheFirstCallAndNotBefore(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = onDemand(stateOfTheWorld)) {
            Script stream = joined.nextStream();
            assertThat(endpoints(clusters(joined, stream)))
                    .containsOnly(Map.entry(Shapes.REVIEWS, "?"), Map.entry(Shapes.RATINGS, "?"));
            assertThat(stream.waits(TypeUrls.ENDPOINT)).isFalse();

            joined.mesh.call(Shapes.REVIEWS);

            assertThat(stream.next(TypeUrls.ENDPOINT).subscribed()).containsExactly(Shapes.REVIEWS);
            stream.answered(TypeUrls.ENDPOINT, "e1", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1")));
            assertThat(endpoints(joined.mesh.nextConfig()))
                    .containsOnly(Map.entry(Shapes.REVIEWS, "10.0.0.1"), Map.entry(Shapes.RATINGS, "?"));

            joined.mesh.call(Shapes.REVIEWS);
            joined.mesh.call(Shapes.RATINGS);

            assertThat(stream.next(TypeUrls.ENDPOINT).subscribed())
                    .containsExactlyInAnyOrderElementsOf(
                            stateOfTheWorld ? List.of(Shapes.REVIEWS, Shapes.RATINGS) : List.of(Shapes.RATINGS));
            stream.answered(
                    TypeUrls.ENDPOINT,
                    "e2",
                    List.of(
                            Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1"),
                            Shapes.endpoints(Shapes.RATINGS, "10.0.0.2")));
            assertThat(endpoints(joined.mesh.nextConfig()))
                    .containsOnly(Map.entry(Shapes.REVIEWS, "10.0.0.1"), Map.entry(Shapes.RATINGS, "10.0.0.2"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasCalledIsAskedForOnTheNextStreamToo(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = onDemand(stateOfTheWorld)) {
            Script stream = joined.nextStream();
            clusters(joined, stream);
            joined.mesh.call(Shapes.REVIEWS);
            stream.answered(TypeUrls.ENDPOINT, "e1", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1")));
            joined.mesh.nextConfig();

            stream.end();
            joined.mesh.time.advance(joined.mesh.nextDelay(RETRY, RETRY));

            assertThat(joined.nextStream().next(TypeUrls.ENDPOINT).subscribed()).containsExactly(Shapes.REVIEWS);
        }
    }

    @Test
    void callMadeWithoutConnectionIsServedByTheNextStream() throws Exception {
        try (Joined joined = onDemand(false)) {
            Script stream = joined.nextStream();
            clusters(joined, stream);
            stream.end();
            Duration wait = joined.mesh.nextDelay(RETRY, RETRY);
            joined.mesh.call(Shapes.REVIEWS);
            joined.mesh.time.advance(wait);

            Script next = joined.nextStream();
            assertThat(next.next(TypeUrls.ENDPOINT).subscribed()).containsExactly(Shapes.REVIEWS);
            next.answered(TypeUrls.ENDPOINT, "e1", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1")));

            assertThat(endpoints(joined.mesh.nextConfig())).containsEntry(Shapes.REVIEWS, "10.0.0.1");
        }
    }

    @Test
    void clusterWithEndpointsThatAreKnownByAnotherNeedsNoAnswer() throws Exception {
        try (Joined joined = onDemand(false)) {
            Script stream = joined.nextStream();
            Cluster other = Shapes.cluster(Shapes.REVIEWS_V2).toBuilder()
                    .setEdsClusterConfig(Shapes.cluster(Shapes.REVIEWS_V2).getEdsClusterConfig().toBuilder()
                            .setServiceName(Shapes.REVIEWS))
                    .build();
            stream.answered(TypeUrls.CLUSTER, "c1", List.of(Shapes.cluster(Shapes.REVIEWS), other));
            stream.answered(TypeUrls.LISTENER, "l1", List.of());
            joined.mesh.nextConfig();
            joined.mesh.call(Shapes.REVIEWS);
            stream.answered(TypeUrls.ENDPOINT, "e1", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1")));
            assertThat(endpoints(joined.mesh.nextConfig())).containsEntry(Shapes.REVIEWS_V2, "?");

            joined.mesh.call(Shapes.REVIEWS_V2);

            assertThat(endpoints(joined.mesh.nextConfig())).containsEntry(Shapes.REVIEWS_V2, "10.0.0.1");
        }
    }

    @Test
    void restartedProcessKnowsWhatItCalledBefore() throws Exception {
        Path state = folder.resolve("state");
        try (Joined joined =
                Joined.with(folder, builder -> builder.endpointsOnDemand().stateDir(state))) {
            Script stream = joined.nextStream();
            clusters(joined, stream);
            joined.mesh.call(Shapes.REVIEWS);
            stream.answered(TypeUrls.ENDPOINT, "e1", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1")));
            joined.mesh.nextConfig();
            joined.client.close();

            FakeMesh mesh = new FakeMesh();
            try (ControlClient again = ControlClient.builder()
                    .server(joined.server.address())
                    .service("reviews")
                    .tokenFile(folder.resolve("token"))
                    .stateDir(state)
                    .endpointsOnDemand()
                    .build()) {
                again.start(mesh);
                assertThat(endpoints(mesh.nextConfig()))
                        .containsOnly(Map.entry(Shapes.REVIEWS, "10.0.0.1"), Map.entry(Shapes.RATINGS, "?"));
                assertThat(joined.nextStream().next(TypeUrls.ENDPOINT).subscribed())
                        .containsExactly(Shapes.REVIEWS);
            }
        }
    }

    @Test
    void clusterThatIsNotThereIsNotAskedFor() throws Exception {
        try (Joined joined = onDemand(false)) {
            Script stream = joined.nextStream();
            clusters(joined, stream);
            joined.mesh.call("outbound|1||nowhere.default.svc.cluster.local");
            joined.mesh.call(Shapes.REVIEWS);

            assertThat(stream.next(TypeUrls.ENDPOINT).subscribed()).containsExactly(Shapes.REVIEWS);
        }
    }

    private Joined onDemand(boolean stateOfTheWorld) throws Exception {
        return Joined.among(folder, stateOfTheWorld, (builder, own) -> builder.endpointsOnDemand());
    }

    /** {@return the config of two clusters and no route} */
    private static MeshConfig clusters(Joined joined, Script stream) throws InterruptedException {
        stream.answered(
                TypeUrls.CLUSTER, "c1", List.of(Shapes.cluster(Shapes.REVIEWS), Shapes.cluster(Shapes.RATINGS)));
        stream.answered(TypeUrls.LISTENER, "l1", List.of());
        return joined.mesh.nextConfig();
    }

    /** {@return by cluster its addresses, or a question mark where nobody has asked for them} */
    private static Map<String, String> endpoints(MeshConfig config) {
        return config.clusters().stream()
                .collect(Collectors.toMap(
                        ClusterConfig::name,
                        cluster -> cluster.deferred()
                                ? "?"
                                : cluster.endpoints().stream()
                                        .map(EndpointConfig::host)
                                        .collect(Collectors.joining(" "))));
    }
}
