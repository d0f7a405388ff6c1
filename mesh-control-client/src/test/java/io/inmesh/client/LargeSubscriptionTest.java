package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.inmesh.client.Script.Sent;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.core.TransportSocket;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Subscriptions that are larger than what a gRPC server takes by default, which is what the control plane here takes. */
final class LargeSubscriptionTest {

    /** Fewer resources with longer names than 40,000 real ones, which make as many bytes. */
    private static final int RESOURCES = 1_500;

    private static final String LONG = "x".repeat(3_000);

    @TempDir
    Path folder;

    @Test
    void subscriptionThatGrewPastTheLimitOfMessagesIsSentInParts() throws Exception {
        List<Message> clusters = new ArrayList<>();
        List<Message> endpoints = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < RESOURCES; i++) {
            String name = i + LONG;
            names.add(name);
            clusters.add(Shapes.cluster(name));
            endpoints.add(Shapes.endpoints(name, "10.0.0.1"));
        }
        try (Joined joined = Joined.to(folder, false)) {
            Script stream = joined.nextStream();
            stream.answered(TypeUrls.CLUSTER, "c1", clusters);
            assertThat(subscribed(stream, TypeUrls.ENDPOINT, names.size(), new HashMap<>()))
                    .isEqualTo(names);
            stream.answered(TypeUrls.ENDPOINT, "e1", endpoints);
            stream.end();
            joined.mesh.time.advance(joined.mesh.nextDelay(Duration.ofMillis(800), Duration.ofMillis(1_200)));
            Script again = joined.nextStream();

            Map<String, String> versions = new HashMap<>();
            Sent first = again.next(TypeUrls.CLUSTER);
            assertThat(first.subscribed()).as("everything is asked for").isEmpty();
            assertThat(first.versions().size()).isBetween(RESOURCES / 2, RESOURCES - 1);
            Set<String> told = new TreeSet<>(first.versions().keySet());
            told.addAll(subscribed(again, TypeUrls.CLUSTER, RESOURCES - told.size(), new HashMap<>()));
            assertThat(told).as("what is not said to be here is asked for").isEqualTo(names);

            assertThat(subscribed(again, TypeUrls.ENDPOINT, names.size(), versions))
                    .isEqualTo(names);
            assertThat(versions)
                    .isNotEmpty()
                    .allSatisfy((name, version) -> assertThat(version).isEqualTo("e1"));
            assertThat(again.answered(TypeUrls.CLUSTER, "c2", clusters.subList(0, 1))
                            .ack())
                    .isTrue();
        }
    }

    @Test
    void refusalOfVeryManyResourcesIsCutToWhatAMessageTakes() throws Exception {
        List<Message> clusters = new ArrayList<>();
        for (int i = 0; i < RESOURCES; i++) {
            clusters.add(Shapes.cluster(i + LONG).toBuilder()
                    .setTransportSocket(TransportSocket.newBuilder()
                            .setTypedConfig(Any.newBuilder().setTypeUrl("unheard of")))
                    .build());
        }
        try (Joined joined = Joined.to(folder, false)) {
            Sent refusal = joined.nextStream().answered(TypeUrls.CLUSTER, "c1", clusters);

            assertThat(refusal.nack()).isTrue();
            assertThat(refusal.error().getMessage())
                    .hasSizeLessThan(100_000)
                    .contains("only TLS and plaintext are known, not unheard of")
                    .endsWith("characters more");
        }
    }

    /** Takes requests until so many names were subscribed to. */
    private static Set<String> subscribed(Script stream, String typeUrl, int count, Map<String, String> versions)
            throws InterruptedException {
        Set<String> names = new TreeSet<>();
        while (names.size() < count) {
            Sent sent = stream.next(typeUrl);
            names.addAll(sent.subscribed());
            versions.putAll(sent.versions());
        }
        return names;
    }

    /** A server that is asked for nothing by name would send everything. */
    @Test
    void nameThatFillsAMessageByItselfIsAskedForAllTheSame() {
        TypeState type = new TypeState(TypeUrls.ENDPOINT, false);
        type.want(Set.of("a" + "x".repeat(DeltaRequests.MOST_BYTES), "b"));

        assertThat(DeltaRequests.subscription(type, Node.getDefaultInstance()))
                .extracting(DeltaDiscoveryRequest::getResourceNamesSubscribeCount)
                .containsExactly(1, 1);
    }

    @Test
    void namesThatAreDroppedAreSentInPartsAsWell() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 2 * RESOURCES; i++) {
            names.add(i + LONG);
        }

        List<DeltaDiscoveryRequest> requests =
                DeltaRequests.change(TypeUrls.ENDPOINT, names.subList(0, RESOURCES), names.subList(RESOURCES, 3_000));

        assertThat(requests)
                .hasSize(3)
                .allSatisfy(request ->
                        assertThat(request.getSerializedSize()).isLessThanOrEqualTo(DeltaRequests.MOST_BYTES));
        assertThat(requests.stream().flatMap(request -> request.getResourceNamesSubscribeList().stream()))
                .containsExactlyElementsOf(names.subList(0, RESOURCES));
        assertThat(requests.stream().flatMap(request -> request.getResourceNamesUnsubscribeList().stream()))
                .containsExactlyElementsOf(names.subList(RESOURCES, 3_000));
        assertThat(DeltaRequests.change(TypeUrls.ENDPOINT, Set.of(), Set.of())).isEmpty();
    }
}
