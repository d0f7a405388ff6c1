package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.filter.http.HttpFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A control server that knows less than the one before it, or than it did itself. */
final class ShrinkGuardTest {

    private static final Duration WINDOW = Duration.ofSeconds(60);
    private static final String DETAILS = "outbound|9080||details.default.svc.cluster.local";
    private static final List<Cluster> ALL = Stream.of(Shapes.REVIEWS, Shapes.RATINGS, DETAILS)
            .map(Shapes::cluster)
            .toList();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endpointsThatAServerHasForgottenStayForAMinute(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script again = comeBack(joined);
            again.answered(TypeUrls.CLUSTER, "c1", ALL);
            again.answered(TypeUrls.ENDPOINT, "e2", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.9")));

            assertThat(endpoints(last(joined), Shapes.REVIEWS)).contains("10.0.0.9", "10.0.0.1", "10.0.0.2");
            assertThat(joined.client.status().lastRejection()).contains("3 of 3 endpoints of " + Shapes.REVIEWS);
            joined.mesh.time.advance(WINDOW);
            assertThat(endpoints(last(joined), Shapes.REVIEWS)).containsExactly("10.0.0.9");
        }
    }

    @Test
    void clustersStayThoughTheServerFirstSaysThatNothingIsNewAndThenThatTheyAreGone() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script again = comeBack(joined);
            again.say(TypeUrls.CLUSTER, "c2", "nothing");
            again.answer(TypeUrls.CLUSTER, "nothing");
            again.say(TypeUrls.ENDPOINT, "e2", "none");
            again.answer(TypeUrls.ENDPOINT, "none");
            again.remove(TypeUrls.LISTENER, "l3", "silent", List.of("0.0.0.0_9080", "inbound"));
            again.answer(TypeUrls.LISTENER, "silent");
            again.remove(TypeUrls.CLUSTER, "c3", "gone", List.of(Shapes.REVIEWS, Shapes.RATINGS, DETAILS));
            assertThat(again.answer(TypeUrls.CLUSTER, "gone").ack()).isTrue();

            MeshConfig kept = last(joined);
            assertThat(endpoints(kept, Shapes.REVIEWS)).containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3");
            assertThat(kept.virtualHosts()).extracting(VirtualHostConfig::name).containsExactly("reviews:9080");
            assertThat(kept.inbound()).as("who may call").isNotEqualTo(InboundConfig.OPEN);
            joined.mesh.time.advance(WINDOW);
            MeshConfig after = last(joined);
            assertThat(after.clusters()).isEmpty();
            assertThat(after.inbound()).isEqualTo(InboundConfig.OPEN);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheConnectionHasShownGoesAtOnce(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script again = comeBack(joined);
            again.answered(TypeUrls.CLUSTER, "c1", ALL);
            again.answered(TypeUrls.ENDPOINT, "e2", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.2", "10.0.0.3")));
            assertThat(endpoints(last(joined), Shapes.REVIEWS)).containsExactly("10.0.0.2", "10.0.0.3");
            again.answered(TypeUrls.ENDPOINT, "e3", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.3")));

            // Nor does the one that went before come back.
            assertThat(endpoints(last(joined), Shapes.REVIEWS)).containsExactly("10.0.0.3");
            assertThat(joined.client.status().lastRejection()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aServerThatDiesBeforeItKnowsAllAgainTakesNothingAway(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script forgetful = comeBack(joined);
            forgetful.answered(TypeUrls.CLUSTER, "c1", ALL);
            forgetful.answered(TypeUrls.ENDPOINT, "e2", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1")));
            last(joined);
            Script third = next(joined, forgetful);
            third.answered(TypeUrls.CLUSTER, "c1", ALL);

            assertThat(endpoints(last(joined), Shapes.REVIEWS)).containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3");
        }
    }

    @Test
    void connectionsThatAreMadeAgainAndAgainKeepItForAMinuteAltogether() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script again = comeBack(joined);
            again.answered(TypeUrls.ENDPOINT, "e2", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.9")));
            assertThat(endpoints(last(joined), Shapes.REVIEWS)).hasSize(4);
            joined.mesh.time.advance(WINDOW.dividedBy(2));
            Script third = next(joined, again);
            third.say(TypeUrls.CLUSTER, "c1", "same");
            third.answer(TypeUrls.CLUSTER, "same");
            assertThat(endpoints(last(joined), Shapes.REVIEWS)).hasSize(4);
            joined.mesh.time.advance(WINDOW.dividedBy(2));

            assertThat(endpoints(last(joined), Shapes.REVIEWS)).containsExactly("10.0.0.9");
        }
    }

    @Test
    void aConnectionOverWhichNothingNewComesKeepsNothingBesideWhatThereIs() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script again = comeBack(joined);
            again.say(TypeUrls.CLUSTER, "c1", "same");
            again.answer(TypeUrls.CLUSTER, "same");

            assertThat(joined.client.status().lastRejection()).isNull();
            assertThat(last(joined).inbound()).isNotEqualTo(InboundConfig.OPEN);
        }
    }

    @Test
    void policiesThatTheConnectionBeforeBroughtInAFormThatIsRefusedDoNotSpeakForThisOne() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script before = comeBack(joined);
            before.answered(TypeUrls.CLUSTER, "c1", ALL);
            before.send(
                    TypeUrls.LISTENER,
                    "l2",
                    "broken",
                    List.of(
                            Shapes.outbound("0.0.0.0_9080", "9080", 9080),
                            Shapes.inbound(
                                    HttpFilter.newBuilder().setName("unknown").build())));
            assertThat(before.answer(TypeUrls.LISTENER, "broken").ack()).isFalse();
            Script forgetful = next(joined, before);
            forgetful.answered(TypeUrls.CLUSTER, "c1", ALL);
            forgetful.remove(TypeUrls.LISTENER, "l3", "gone", List.of("inbound"));
            assertThat(forgetful.answer(TypeUrls.LISTENER, "gone").ack()).isTrue();

            assertThat(last(joined).inbound()).isNotEqualTo(InboundConfig.OPEN);
        }
    }

    @Test
    void policiesThatAreRefusedKeepRequestsOutWhateverElseComes() throws Exception {
        try (Joined joined = Joined.to(folder, true)) {
            Script stream = joined.nextStream();
            stream.send(
                    TypeUrls.LISTENER,
                    "l1",
                    "broken",
                    List.of(Shapes.inbound(
                            HttpFilter.newBuilder().setName("unknown").build())));
            assertThat(stream.answer(TypeUrls.LISTENER, "broken").ack()).isFalse();
            stream.answered(TypeUrls.CLUSTER, "c1", ALL);
            stream.answered(
                    TypeUrls.ENDPOINT,
                    "e1",
                    List.of(
                            Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1"),
                            Shapes.endpoints(Shapes.RATINGS, "10.0.1.1"),
                            Shapes.endpoints(DETAILS, "10.0.2.1")));

            assertThat(last(joined).inbound()).isNotEqualTo(InboundConfig.OPEN);
        }
    }

    @Test
    void whatIsKeptWhenTheConnectionEndsStaysUntilThereIsAnother() {
        MeshConfig whole = withClusters(List.of(cluster(Shapes.REVIEWS), cluster(Shapes.RATINGS), cluster(DETAILS)));
        MeshConfig shrunk = withClusters(List.of(cluster(Shapes.REVIEWS)));
        ShrinkGuard guard = new ShrinkGuard();
        guard.connected(whole, 0);
        guard.note(shrunk, new Nothing());
        assertThat(guard.guard(shrunk, 0).config().clusters()).hasSize(3);
        long tenSeconds = Duration.ofSeconds(10).toNanos();
        guard.disconnected(tenSeconds);
        // A host name is answered long after.
        long hour = Duration.ofHours(1).toNanos();
        guard.note(shrunk, new Nothing());

        assertThat(guard.guard(shrunk, hour).config().clusters()).hasSize(3);
        guard.disconnected(hour);
        guard.connected(whole, hour);
        assertThat(guard.leftNanos(hour)).as("the outage does not count").isEqualTo(WINDOW.toNanos() - tenSeconds);
        assertThat(guard.guard(shrunk, hour + WINDOW.toNanos()).config().clusters())
                .hasSize(1);
    }

    private static MeshConfig withClusters(List<ClusterConfig> clusters) {
        return new MeshConfig("v", List.of(), clusters, MeshConfig.EMPTY.inbound(), MeshConfig.EMPTY.telemetry());
    }

    private static ClusterConfig cluster(String name) {
        return ClusterConfig.of(name);
    }

    private static final class Nothing implements ShrinkGuard.Shown {
        @Override
        public boolean cluster(String name) {
            return false;
        }

        @Override
        public boolean endpoints(String cluster) {
            return false;
        }

        @Override
        public boolean inbound() {
            return false;
        }
    }

    /** Brings a client to know three clusters and who may call it, ends its stream, and {@return the next one} */
    private static Script comeBack(Joined joined) throws Exception {
        Script first = joined.nextStream();
        first.answered(TypeUrls.CLUSTER, "c1", ALL);
        first.answered(
                TypeUrls.ENDPOINT,
                "e1",
                List.of(
                        Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1", "10.0.0.2", "10.0.0.3"),
                        Shapes.endpoints(Shapes.RATINGS, "10.0.1.1"),
                        Shapes.endpoints(DETAILS, "10.0.2.1")));
        first.answered(
                TypeUrls.LISTENER,
                "l1",
                List.of(
                        Shapes.outbound("0.0.0.0_9080", "9080", 9080),
                        Shapes.inbound(Shapes.rbac(Shapes.allow("spiffe://inmesh.local/ns/default/sa/productpage")))));
        first.answered(
                TypeUrls.ROUTE,
                "r1",
                List.of(Shapes.routes("9080", Shapes.host("reviews:9080", Shapes.REVIEWS, "reviews"))));
        last(joined);
        return next(joined, first);
    }

    private static Script next(Joined joined, Script before) throws Exception {
        before.end();
        joined.mesh.time.advance(joined.mesh.nextDelay(Duration.ofSeconds(1), Duration.ofSeconds(1)));
        return joined.nextStream();
    }

    /** {@return the newest config; what makes it has been answered} */
    private static MeshConfig last(Joined joined) throws InterruptedException {
        MeshConfig last = joined.mesh.nextConfig();
        for (MeshConfig next = joined.mesh.applied.poll(); next != null; next = joined.mesh.applied.poll()) {
            last = next;
        }
        return last;
    }

    private static List<String> endpoints(MeshConfig config, String name) {
        return config.clusters().stream()
                .filter(cluster -> cluster.name().equals(name))
                .map(ClusterConfig::endpoints)
                .flatMap(List::stream)
                .map(EndpointConfig::host)
                .toList();
    }
}
