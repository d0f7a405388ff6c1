package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import io.inmesh.client.Script.Sent;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a process makes itself known to callers and leaves again: over the discovery stream, which is the lease. */
final class RegistrationTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void processIsRegisteredOnceItServesAndNotBefore(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            joined.reviews(stream);
            assertThat(stream.waits(TypeUrls.HEALTH)).isFalse();
            joined.client.serve(Map.of("http", 9080, "grpc", 9090));
            Sent health = stream.next(TypeUrls.HEALTH);
            assertThat(health.error()).isNull();
            Struct metadata = health.node().getMetadata();
            assertThat(metadata.getFieldsOrThrow("INMESH_PORTS")
                            .getStructValue()
                            .getFieldsMap())
                    .hasSize(2)
                    .hasEntrySatisfying(
                            "http", port -> assertThat(port.getNumberValue()).isEqualTo(9080))
                    .hasEntrySatisfying(
                            "grpc", port -> assertThat(port.getNumberValue()).isEqualTo(9090));
            assertThat(metadata.getFieldsOrThrow("LABELS").getStructValue().getFieldsMap())
                    .hasSize(2)
                    .hasEntrySatisfying(
                            "app", label -> assertThat(label.getStringValue()).isEqualTo("reviews"))
                    .hasEntrySatisfying(
                            "version",
                            label -> assertThat(label.getStringValue()).isEqualTo("v1"));
            assertThat(metadata.getFieldsOrThrow("INMESH_ADDRESS").getStringValue())
                    .isEqualTo("127.0.0.1");
            assertThat(metadata.getFieldsOrThrow("SERVICE_ACCOUNT").getStringValue())
                    .isEqualTo("reviews");
            assertThat(health.node().getCluster()).isEqualTo("reviews.default");
        }
    }

    @Test
    void processThatServesBeforeItIsConnectedIsRegisteredWithTheStream() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            joined.client.serve(Map.of("http", 9080));
            assertThat(joined.nextStream().next(TypeUrls.HEALTH).error()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyNewStreamIsANewLease(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script first = joined.nextStream();
            joined.client.serve(Map.of("http", 9080));
            Sent registered = first.next(TypeUrls.HEALTH);
            first.end();
            joined.reconnect();
            Sent again = joined.nextStream().next(TypeUrls.HEALTH);
            assertThat(uncounted(again)).as("the same instance").isEqualTo(uncounted(registered));
            assertThat(again.error()).isNull();
        }
    }

    @Test
    void leaseEndsWhenTheClientIsClosed() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            DeltaScript stream = (DeltaScript) joined.nextStream();
            joined.client.serve(Map.of("http", 9080));
            stream.next(TypeUrls.HEALTH);
            joined.client.close();
            stream.stream.awaitEnd();
        }
    }

    @Test
    void drainIsDoneWhenTheServerSaysThatCallersHaveSeenIt() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script stream = joined.nextStream();
            joined.client.serve(Map.of("http", 9080));
            stream.next(TypeUrls.HEALTH);
            stream.say(TypeUrls.HEALTH, "healthy", "h1");
            CompletableFuture<Void> drained = joined.client.drain().toCompletableFuture();
            Sent leaving = stream.next(TypeUrls.HEALTH);
            assertThat(Objects.requireNonNull(leaving.error()).getMessage()).isEqualTo("draining");
            assertThat(drained).isNotDone();
            CompletableFuture<Void> asWell = joined.client.drain().toCompletableFuture();
            stream.say(TypeUrls.HEALTH, "drained", "h2");
            assertThat(drained.get(60, TimeUnit.SECONDS)).isNull();
            assertThat(asWell.get(60, TimeUnit.SECONDS)).isNull();
            assertThat(stream.waits(TypeUrls.HEALTH)).as("told once").isFalse();
        }
    }

    @Test
    void processThatServesNothingHasNothingToDrain() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script stream = joined.nextStream();
            assertThat(joined.client.drain().toCompletableFuture().get(60, TimeUnit.SECONDS))
                    .isNull();
            assertThat(stream.waits(TypeUrls.HEALTH)).isFalse();
        }
    }

    @Test
    void drainWhoseConnectionIsLostIsNotKnownToHaveWorkedAndIsToldToTheNextServer() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script first = joined.nextStream();
            joined.client.serve(Map.of("http", 9080));
            first.next(TypeUrls.HEALTH);
            CompletableFuture<Void> drained = joined.client.drain().toCompletableFuture();
            first.next(TypeUrls.HEALTH);
            first.end();
            assertThatThrownBy(() -> drained.get(60, TimeUnit.SECONDS)).hasMessageContaining("went away");
            joined.reconnect();
            Script second = joined.nextStream();
            assertThat(Objects.requireNonNull(second.next(TypeUrls.HEALTH).error())
                            .getMessage())
                    .isEqualTo("draining");
            CompletableFuture<Void> again = joined.client.drain().toCompletableFuture();
            second.next(TypeUrls.HEALTH);
            second.say(TypeUrls.HEALTH, "drained", "h1");
            assertThat(again.get(60, TimeUnit.SECONDS)).isNull();
        }
    }

    @Test
    void processThatServesAgainAfterADrainIsBackInRotation() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script stream = joined.nextStream();
            joined.client.serve(Map.of("http", 9080));
            CompletableFuture<Void> drained = joined.client.drain().toCompletableFuture();
            joined.client.serve(Map.of("http", 9081));
            assertThatThrownBy(() -> drained.get(60, TimeUnit.SECONDS)).hasMessageContaining("takes requests again");
            assertThat(stream.next(TypeUrls.HEALTH).error()).isNull();
            assertThat(stream.next(TypeUrls.HEALTH).error()).isNotNull();
            Sent back = stream.next(TypeUrls.HEALTH);
            assertThat(back.error()).isNull();
            assertThat(back.node()
                            .getMetadata()
                            .getFieldsOrThrow("INMESH_PORTS")
                            .getStructValue()
                            .getFieldsOrThrow("http")
                            .getNumberValue())
                    .isEqualTo(9081);
        }
    }

    @Test
    void processWithoutIdentityIsNotRegisteredOnLaterStreamsEither() throws Exception {
        FakeMesh mesh = new FakeMesh();
        try (FakeControlPlane server = new FakeControlPlane(mesh.clock)) {
            server.stop();
            server.plaintext = true;
            server.start();
            try (ControlClient client = ControlClient.builder()
                    .server(server.address())
                    .service("reviews")
                    .plaintextOnLoopback()
                    .randomness(bound -> bound / 2)
                    .build()) {
                client.start(mesh);
                client.serve(Map.of("http", 9080));
                Script first = server.nextDelta();
                first.next(TypeUrls.CLUSTER);
                first.end();
                mesh.time.advance(mesh.nextDelay(Duration.ofSeconds(1), Duration.ofSeconds(1)));
                Script second = server.nextDelta();
                Sent subscribed = second.next(TypeUrls.CLUSTER);
                assertThat(subscribed.node().getMetadata().containsFields("INMESH_PORTS"))
                        .isFalse();
                second.answered(TypeUrls.CLUSTER, "c1", List.of());
                assertThat(second.waits(TypeUrls.HEALTH)).isFalse();
                assertThat(client.drain().toCompletableFuture().get(60, TimeUnit.SECONDS))
                        .as("there is nothing to leave")
                        .isNull();
            }
        }
    }

    private static Node uncounted(Sent sent) {
        Node.Builder node = sent.node().toBuilder();
        node.getMetadataBuilder().removeFields("INMESH_CONNECTION");
        return node.build();
    }
}
