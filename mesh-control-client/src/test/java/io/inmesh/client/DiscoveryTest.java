package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.client.Script.Sent;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.core.TransportSocket;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.route.RouteMatch;
import io.inmesh.xds.route.VirtualHost;
import io.inmesh.xds.type.matcher.RegexMatcher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes over a discovery stream, in both variants of the protocol. */
final class DiscoveryTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void putsAConfigInUseOnceAllItsNamesAreAnswered(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            assertThat(stream.next(TypeUrls.CLUSTER).node().getCluster()).isEqualTo("reviews.default");
            assertThat(stream.answered(TypeUrls.LISTENER, "l1", List.of(Shapes.outbound("0.0.0.0_9080", "9080", 9080)))
                            .ack())
                    .isTrue();
            stream.answered(
                    TypeUrls.ROUTE,
                    "r1",
                    List.of(Shapes.routes("9080", Shapes.host("reviews:9080", Shapes.REVIEWS, "reviews"))));
            stream.answered(TypeUrls.CLUSTER, "c1", List.of(Shapes.cluster(Shapes.REVIEWS)));
            assertThat(joined.mesh.applied).as("endpoints are missing").isEmpty();
            stream.answered(TypeUrls.ENDPOINT, "e1", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1")));
            MeshConfig config = joined.mesh.nextConfig();
            assertThat(config.clusters())
                    .singleElement()
                    .satisfies(cluster -> assertThat(cluster.endpoints())
                            .extracting(EndpointConfig::host)
                            .containsExactly("10.0.0.1"));
            assertThat(config.virtualHosts())
                    .extracting(VirtualHostConfig::port)
                    .containsExactly(9080);
            assertThat(joined.client.status().connected()).isTrue();
            assertThat(joined.client.status().versions()).containsEntry("ClusterLoadAssignment", "e1");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void newRouteGoesLiveOnlyWithItsClusterAndTheEndpointsOfThat(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            joined.reviews(stream);
            RouteConfiguration toV2 =
                    Shapes.routes("9080", Shapes.host("reviews:9080", Shapes.REVIEWS_V2, "reviews", "reviews:9080"));
            assertThat(stream.answered(TypeUrls.ROUTE, "r2", List.of(toV2)).ack())
                    .isTrue();
            stream.answered(
                    TypeUrls.CLUSTER, "c2", List.of(Shapes.cluster(Shapes.REVIEWS), Shapes.cluster(Shapes.REVIEWS_V2)));
            assertThat(joined.mesh.applied).isEmpty();
            stream.answered(
                    TypeUrls.ENDPOINT,
                    "e2",
                    List.of(
                            Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1"),
                            Shapes.endpoints(Shapes.REVIEWS_V2, "10.0.0.2")));
            assertThat(joined.mesh.nextConfig().clusters())
                    .allSatisfy(cluster -> assertThat(cluster.endpoints()).isNotEmpty())
                    .extracting(ClusterConfig::name)
                    .contains(Shapes.REVIEWS_V2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nameWithoutAnswerHoldsAConfigBackFor15SecondsAndOnce(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            joined.reviews(stream);
            stream.answered(
                    TypeUrls.CLUSTER, "c2", List.of(Shapes.cluster(Shapes.REVIEWS), Shapes.cluster(Shapes.RATINGS)));
            joined.mesh.time.advance(Duration.ofSeconds(14));
            assertThat(joined.mesh.applied).isEmpty();
            joined.mesh.time.advance(Duration.ofSeconds(1));
            assertThat(joined.mesh.nextConfig().clusters())
                    .extracting(ClusterConfig::name)
                    .contains(Shapes.RATINGS);
            // Still without answer, but given up: this one is in use at once.
            stream.answered(TypeUrls.ENDPOINT, "e2", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1", "10.0.0.3")));
            assertThat(endpointsOf(joined.mesh.nextConfig(), Shapes.REVIEWS)).containsExactly("10.0.0.1", "10.0.0.3");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusedUpdateIsNotTakenForMissing(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            MeshConfig good = joined.reviews(stream);
            VirtualHost bad = Shapes.host("reviews:9080", Shapes.REVIEWS, "reviews").toBuilder()
                    .addRoutes(Shapes.to(Shapes.REVIEWS).toBuilder()
                            .setMatch(RouteMatch.newBuilder()
                                    .setSafeRegex(RegexMatcher.newBuilder().setRegex("("))))
                    .build();
            Sent answer = stream.answered(TypeUrls.ROUTE, "r2", List.of(Shapes.routes("9080", bad)));
            assertThat(answer.nack()).isTrue();
            assertThat(Objects.requireNonNull(answer.error()).getMessage())
                    .contains("\"9080\"")
                    .contains("regex")
                    .contains("RE2");
            assertThat(joined.client.status().lastRejection())
                    .contains("RouteConfiguration")
                    .contains("regex");
            // What comes after it is in use, with the routes of before.
            stream.answered(TypeUrls.ENDPOINT, "e2", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.2")));
            MeshConfig last = null;
            while (last == null || !endpointsOf(last, Shapes.REVIEWS).contains("10.0.0.2")) {
                last = joined.mesh.nextConfig();
                assertThat(last.virtualHosts()).isEqualTo(good.virtualHosts());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneBadResourceDoesNotStopTheOthersOfItsResponse(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            joined.reviews(stream);
            Cluster bad = Shapes.cluster(Shapes.REVIEWS).toBuilder()
                    .setTransportSocket(TransportSocket.newBuilder()
                            .setName("quantum")
                            .setTypedConfig(Shapes.pack(Node.getDefaultInstance())))
                    .build();
            Sent answer = stream.answered(TypeUrls.CLUSTER, "c2", List.of(bad, Shapes.cluster(Shapes.RATINGS)));
            assertThat(answer.nack()).isTrue();
            assertThat(Objects.requireNonNull(answer.error()).getMessage())
                    .contains(Shapes.REVIEWS)
                    .contains("transport_socket");
            assertThat(stream.next(TypeUrls.ENDPOINT).subscribed()).contains(Shapes.RATINGS);
            stream.answered(
                    TypeUrls.ENDPOINT,
                    "e2",
                    List.of(
                            Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1"),
                            Shapes.endpoints(Shapes.RATINGS, "10.0.0.9")));
            MeshConfig config = joined.mesh.nextConfig();
            assertThat(endpointsOf(config, Shapes.REVIEWS)).containsExactly("10.0.0.1");
            assertThat(endpointsOf(config, Shapes.RATINGS)).containsExactly("10.0.0.9");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void responseWithSomeOfTheNamesDoesNotDropTheOthers(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            joined.reviews(stream);
            stream.answered(
                    TypeUrls.CLUSTER, "c2", List.of(Shapes.cluster(Shapes.REVIEWS), Shapes.cluster(Shapes.RATINGS)));
            stream.answered(TypeUrls.ENDPOINT, "e2", List.of(Shapes.endpoints(Shapes.RATINGS, "10.0.0.9")));
            MeshConfig config = joined.mesh.nextConfig();
            assertThat(endpointsOf(config, Shapes.REVIEWS)).containsExactly("10.0.0.1");
            assertThat(endpointsOf(config, Shapes.RATINGS)).containsExactly("10.0.0.9");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void namesCanBeAskedForAgainAfterNoneWereWanted(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            joined.reviews(stream);
            Cluster holdsItsOwn = Shapes.cluster(Shapes.REVIEWS).toBuilder()
                    .setType(Cluster.DiscoveryType.STATIC)
                    .setLoadAssignment(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.5"))
                    .build();
            stream.answered(TypeUrls.CLUSTER, "c2", List.of(holdsItsOwn));
            assertThat(endpointsOf(joined.mesh.nextConfig(), Shapes.REVIEWS)).containsExactly("10.0.0.5");
            Sent none = lastWaiting(stream, TypeUrls.ENDPOINT);
            assertThat(none.subscribed()).isEmpty();
            if (stateOfTheWorld) {
                assertThat(none.nonce()).as("the nonce of the last response").isEqualTo("nonce-e1");
            } else {
                assertThat(none.unsubscribed()).containsExactly(Shapes.REVIEWS);
            }
            stream.answered(TypeUrls.CLUSTER, "c3", List.of(Shapes.cluster(Shapes.REVIEWS)));
            Sent again = stream.next(TypeUrls.ENDPOINT);
            assertThat(again.subscribed()).containsExactly(Shapes.REVIEWS);
            assertThat(again.nonce()).isEqualTo(stateOfTheWorld ? "nonce-e1" : "");
            stream.answered(TypeUrls.ENDPOINT, "e3", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.6")));
            assertThat(endpointsOf(joined.mesh.nextConfig(), Shapes.REVIEWS)).containsExactly("10.0.0.6");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void typesOfWhichNoNameIsWantedAreNotSubscribedTo(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            stream.next(TypeUrls.SECRET);
            stream.answered(TypeUrls.LISTENER, "l1", List.of(Shapes.inbound()));
            stream.answered(TypeUrls.CLUSTER, "c1", List.of());
            joined.mesh.nextConfig();
            assertThat(stream.waits(TypeUrls.ENDPOINT)).isFalse();
            assertThat(stream.waits(TypeUrls.ROUTE)).isFalse();
        }
    }

    @Test
    void clusterThatIsRemovedIsGoneAndItsEndpointsAreNoLongerAskedFor() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script stream = joined.nextStream();
            joined.reviews(stream);
            stream.answered(TypeUrls.ROUTE, "r2", List.of(Shapes.routes("9080")));
            joined.mesh.nextConfig();
            stream.remove(TypeUrls.CLUSTER, "c2", "gone", List.of(Shapes.REVIEWS));
            assertThat(stream.answer(TypeUrls.CLUSTER, "gone").ack()).isTrue();
            assertThat(joined.mesh.nextConfig().clusters()).isEmpty();
            assertThat(lastWaiting(stream, TypeUrls.ENDPOINT).unsubscribed()).containsExactly(Shapes.REVIEWS);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fieldsWithoutEffectAreShownInTheStatus(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            joined.reviews(stream);
            Cluster provided = Shapes.cluster(Shapes.REVIEWS).toBuilder()
                    .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
                    .build();
            stream.answered(TypeUrls.CLUSTER, "c2", List.of(provided));
            assertThat(joined.client.status().ignoredFields())
                    .singleElement()
                    .asString()
                    .contains(Shapes.REVIEWS)
                    .contains("lb_policy")
                    .contains("CLUSTER_PROVIDED");
        }
    }

    private static List<String> endpointsOf(MeshConfig config, String name) {
        return config.clusters().stream()
                .filter(cluster -> cluster.name().equals(name))
                .flatMap(cluster -> cluster.endpoints().stream())
                .map(EndpointConfig::host)
                .toList();
    }

    private static Sent lastWaiting(Script stream, String typeUrl) throws InterruptedException {
        Sent last = stream.next(typeUrl);
        while (stream.waits(typeUrl)) {
            last = stream.next(typeUrl);
        }
        return last;
    }
}
