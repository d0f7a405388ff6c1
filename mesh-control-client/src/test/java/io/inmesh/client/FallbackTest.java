package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.client.Script.Sent;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.testkit.SeededRandomness;
import io.inmesh.xds.TypeUrls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client does when its control server goes away, refuses it, or is one of several. */
final class FallbackTest {

    @TempDir
    Path folder;

    @Test
    void waitsGrowFromOneSecondToSixteenAndEachIsDrawnFromATenthOfItToAlmostTwice() {
        Backoff shortest = new Backoff(bound -> 0);
        Backoff longest = new Backoff(bound -> bound - 1);
        double base = 1000;
        for (int i = 0; i < 20; i++) {
            assertThat(shortest.nextNanos() / 1e6).isBetween(base * 0.1 - 1, base * 0.1 + 1);
            assertThat(longest.nextNanos() / 1e6).isBetween(base * 1.9 - 1, base * 1.9 + 1);
            base = Math.min(16_000, base * 1.6);
        }
        assertThat(base).isEqualTo(16_000);
        shortest.reset();
        assertThat(shortest.nextNanos()).isEqualTo(Duration.ofMillis(100).toNanos());
    }

    @Test
    void clientsOfAServerThatRestartsDoNotComeBackTogether() {
        Set<Long> waitsMillis = new HashSet<>();
        for (int client = 0; client < 1000; client++) {
            waitsMillis.add(new Backoff(new SeededRandomness(client)).nextNanos() / 1_000_000);
        }
        assertThat(waitsMillis).hasSizeGreaterThan(500);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lastGoodConfigStaysWhileTheServerIsAwayAndTheNextStreamGoesOn(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script first = joined.nextStream();
            joined.reviews(first);
            first.end();
            joined.mesh.time.advance(joined.mesh.nextDelay(Duration.ofSeconds(1), Duration.ofSeconds(1)));
            Script second = joined.nextStream();
            Sent again = second.next(TypeUrls.CLUSTER);
            assertThat(again.nonce()).as("nonces are for one stream").isEmpty();
            assertThat(again.versions()).containsValue("c1");
            assertThat(joined.mesh.applied).as("nothing has changed").isEmpty();
            second.answered(TypeUrls.ENDPOINT, "e2", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.7")));
            assertThat(endpoints(lastApplied(joined))).contains("10.0.0.7");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noSubscriptionIsLostThoughTheServerDropsTheStreamFiftyTimes(boolean stateOfTheWorld) throws Exception {
        List<String> names = IntStream.range(0, 100)
                .mapToObj(i -> "outbound|9080||s" + i + ".default.svc.cluster.local")
                .toList();
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            for (int drop = 0; drop < 50; drop++) {
                stream.answered(
                        TypeUrls.CLUSTER,
                        "c1",
                        names.stream().map(Shapes::cluster).toList());
                stream.end();
                joined.mesh.time.advance(joined.mesh.nextDelay(Duration.ofSeconds(1), Duration.ofSeconds(1)));
                stream = joined.nextStream();
                assertThat(stream.next(TypeUrls.ENDPOINT).subscribed()).containsExactlyInAnyOrderElementsOf(names);
            }
            stream.answered(TypeUrls.CLUSTER, "c2", List.of(Shapes.cluster(names.get(7))));
            stream.answered(TypeUrls.ENDPOINT, "e1", List.of(Shapes.endpoints(names.get(7), "10.0.0.7")));

            assertThat(joined.client.status().versions()).containsEntry("ClusterLoadAssignment", "e1");
        }
    }

    @Test
    void serverThatIsNotThereIsFollowedByTheNext() throws Exception {
        try (Joined gone = Joined.to(folder, false)) {
            gone.server.stop();
            try (Joined joined = Joined.with(
                    Files.createDirectory(folder.resolve("other")),
                    builder -> builder.server(gone.server.address()).randomness(bound -> bound - 1))) {
                // Drawn: the second of the two, which is not there.
                assertThat(joined.server.noStreamWaits()).isTrue();
                joined.reconnect();
                Script stream = joined.nextStream();
                stream.next(TypeUrls.CLUSTER);
                stream.answered(TypeUrls.CLUSTER, "c1", List.of());
                assertThat(joined.client.status().server()).isEqualTo(joined.server.address());
            }
        }
    }

    @Test
    void clientsAreSpreadOverTheServers() throws Exception {
        List<String> begun = new ArrayList<>();
        for (int drawn = 0; drawn < 3; drawn++) {
            int server = drawn;
            FakeMesh mesh = new FakeMesh();
            ControlClientSettings settings = ControlClientSettings.fromEnvironment(
                    java.util.Map.of("INMESH_CONTROL", "a:15012, b:15012,[::1]:15012", "INMESH_SERVICE", "reviews"));
            begun.add(new Link(settings, mesh.identity(), null, mesh.clock, bound -> server).server());
        }
        assertThat(begun).containsExactly("a:15012", "b:15012", "[::1]:15012");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void acknowledgesAgainAfterARefusalAndNamesTheVersionInUse(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            joined.reviews(stream);
            Sent refused = stream.answered(TypeUrls.ENDPOINT, "e2", List.of(Shapes.endpoints(Shapes.REVIEWS, "")));
            assertThat(refused.nack()).isTrue();
            assertThat(Objects.requireNonNull(refused.error()).getCode()).isEqualTo(3);
            if (stateOfTheWorld) {
                assertThat(refused.versions()).as("the version in use").containsValue("e1");
            }
            assertThat(joined.client.status().versions()).containsEntry("ClusterLoadAssignment", "e1");
            Sent accepted =
                    stream.answered(TypeUrls.ENDPOINT, "e3", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.3")));
            assertThat(accepted.ack()).isTrue();
            assertThat(joined.client.status().versions()).containsEntry("ClusterLoadAssignment", "e3");
            assertThat(endpoints(lastApplied(joined))).containsExactly("10.0.0.3");
        }
    }

    @Test
    void serverWithoutIncrementalProtocolIsAskedForStateOfTheWorldAtOnce() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script first = joined.nextStream();
            joined.server.incremental = false;
            first.end();
            joined.reconnect();
            assertThat(joined.server.nextSotw().next(TypeUrls.CLUSTER).nonce()).isEmpty();
        }
    }

    /** {@return the newest config, after the answer to what made it was seen} */
    private static MeshConfig lastApplied(Joined joined) throws InterruptedException {
        MeshConfig last = joined.mesh.nextConfig();
        for (MeshConfig next = joined.mesh.applied.poll(); next != null; next = joined.mesh.applied.poll()) {
            last = next;
        }
        return last;
    }

    private static List<String> endpoints(MeshConfig config) {
        return config.clusters().stream()
                .flatMap(cluster -> cluster.endpoints().stream())
                .map(EndpointConfig::host)
                .toList();
    }
}
