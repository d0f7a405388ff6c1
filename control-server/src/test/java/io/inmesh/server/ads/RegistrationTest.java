package io.inmesh.server.ads;

import static io.inmesh.server.ads.TestStream.accept;
import static io.inmesh.server.ads.TestStream.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.registry.WorkloadHealth;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.ResourceSet;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.Locality;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Registration, health and draining over the discovery stream. The mesh here is one service whose endpoints are all workloads. */
class RegistrationTest {
    private static final String SERVICE = "reviews";

    @TempDir
    Path directory;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(directory, (registry, authority) -> new OneService(registry));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aWorkloadIsRegisteredWithTheIdentityOfItsCertificate() throws Exception {
        var stream = connect("reviews");
        stream.send(healthy("reviews-1"));

        assertThat(stream.next().getSystemVersionInfo()).isEqualTo("registered");
        RegisteredWorkload workload = server.registry.workloads().get(0);
        assertThat(workload.namespace()).isEqualTo("default");
        assertThat(workload.name()).isEqualTo("reviews-1");
        assertThat(workload.serviceAccount()).isEqualTo("reviews");
        assertThat(workload.address()).isEqualTo("10.0.0.1");
        assertThat(workload.ports()).containsExactlyInAnyOrderEntriesOf(Map.of("http", 9081, "9090", 9091));
        assertThat(workload.labels()).containsEntry("app", "reviews");
        assertThat(workload.locality().region()).isEqualTo("here");
        assertThat(workload.health()).isEqualTo(WorkloadHealth.HEALTHY);
        assertThat(workload.tls()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INMESH_PORTS      | has to be an object such as {\"http\": 8080}",
                "LABELS            | has to be an object such as {\"app\": \"shop\"}",
                "INMESH_CONNECTION | has to be a number",
                "INMESH_SIDECAR    | has to be an object",
            })
    void whatANodeSaysInAnotherFormIsRefusedByName(String field, String remedy) throws Exception {
        var stream = connect("reviews");
        stream.send(healthy("reviews-1").toBuilder()
                .setNode(node("reviews-1").toBuilder().setMetadata(metadata().putFields(field, text("x"))))
                .build());
        assertThat(stream.status().getDescription()).contains("node metadata " + field + " " + remedy);
        assertThat(server.registry.workloads()).isEmpty();
    }

    @Test
    void numbersAreNotRoundedAndTextsAreNoNumbers() throws Exception {
        Value half = Value.newBuilder().setNumberValue(1.5).build();
        var label = connect("reviews");
        label.send(healthy("reviews-1").toBuilder()
                .setNode(node("reviews-1").toBuilder()
                        .setMetadata(metadata().putFields("LABELS", struct(Map.of("version", half)))))
                .build());
        assertThat(label.status().getDescription()).contains("LABELS[version] has to be a text in quotes");
        var address = connect("reviews");
        address.send(healthy("reviews-1").toBuilder()
                .setNode(node("reviews-1").toBuilder().setMetadata(metadata().putFields("INMESH_ADDRESS", half)))
                .build());
        assertThat(address.status().getDescription()).contains("INMESH_ADDRESS has to be a text, in quotes");
    }

    @Test
    void badHealthIsTakenDown() throws Exception {
        var stream = connect("reviews");
        stream.send(healthy("reviews-1"));
        stream.next();

        stream.send(report("reviews-1", 2, "database gone"));

        assertThat(stream.next().getSystemVersionInfo()).isEqualTo("unhealthy");
        assertThat(server.registry.workloads().get(0).health()).isEqualTo(WorkloadHealth.UNHEALTHY);
    }

    @Test
    void drainedIsToldOnlyWhenCallersHaveAcknowledgedThatTheEndpointIsGone() throws Exception {
        var workload = connect("reviews");
        workload.send(healthy("reviews-1"));
        workload.next();
        var caller = connect("caller");
        caller.send(subscribe(TypeUrls.ENDPOINT, SERVICE));
        DeltaDiscoveryResponse before = caller.next();
        assertThat(before.getResources(0).getResource())
                .isEqualTo(TestResources.endpoints(SERVICE, "10.0.0.1").any());
        caller.send(accept(before));

        workload.send(report("reviews-1", Status.Code.UNAVAILABLE.value(), "draining"));
        DeltaDiscoveryResponse after = caller.next();
        assertThat(after.getResources(0).getResource())
                .isEqualTo(TestResources.endpoints(SERVICE).any());
        // An answer that came too early would be the next thing on the stream.
        workload.send(subscribe(TypeUrls.CLUSTER));
        DeltaDiscoveryResponse unrelated = workload.next();
        assertThat(unrelated.getTypeUrl()).isEqualTo(TypeUrls.CLUSTER);
        workload.send(accept(unrelated));
        caller.send(accept(after));

        assertThat(workload.next().getSystemVersionInfo()).isEqualTo("drained");
    }

    @Test
    void acknowledgingTheAnswerDoesNotBringADrainedWorkloadBack() throws Exception {
        var stream = connect("reviews");
        stream.send(healthy("reviews-1"));
        stream.next();
        stream.send(report("reviews-1", Status.Code.UNAVAILABLE.value(), "draining"));
        DeltaDiscoveryResponse drained = stream.next();
        assertThat(drained.getSystemVersionInfo()).isEqualTo("drained");

        stream.send(accept(drained));
        stream.send(subscribe(TypeUrls.CLUSTER));
        stream.next();

        assertThat(server.registry.workloads()).isEmpty();
    }

    @Test
    void aClaimThatTheCertificateDoesNotBearOutIsRefused() throws Exception {
        var stream = connect("reviews");
        Node liar = node("reviews-1").toBuilder()
                .setMetadata(metadata().putFields("SERVICE_ACCOUNT", text("productpage")))
                .build();
        stream.send(DeltaDiscoveryRequest.newBuilder()
                .setNode(liar)
                .setTypeUrl(TypeUrls.CLUSTER)
                .build());

        Status status = stream.status();
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(status.getDescription()).contains("productpage").contains("reviews");
    }

    @Test
    void aLaterReportCannotClaimMoreThanTheCertificateEither() throws Exception {
        var stream = connect("reviews");
        stream.send(healthy("reviews-1"));
        stream.next();
        Node liar = node("reviews-1").toBuilder()
                .setMetadata(metadata().putFields("NAMESPACE", text("kube-system")))
                .build();
        stream.send(healthy("reviews-1").toBuilder().setNode(liar).build());

        assertThat(stream.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void theNodeIdOfAnotherCannotBeTakenOver() throws Exception {
        var stream = connect("reviews");
        stream.send(healthy("reviews-1"));
        stream.next();
        var intruder = connect("intruder");
        intruder.send(healthy("reviews-1"));

        assertThat(intruder.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(server.registry.workloads().get(0).serviceAccount()).isEqualTo("reviews");
    }

    @Test
    void aBadPortIsRefusedByName() throws Exception {
        var stream = connect("reviews");
        Node node = node("reviews-1").toBuilder()
                .setMetadata(metadata().putFields("INMESH_PORTS", struct(Map.of("http", text("eighty")))))
                .build();
        stream.send(healthy("reviews-1").toBuilder().setNode(node).build());

        Status status = stream.status();
        assertThat(status.getDescription()).contains("INMESH_PORTS[http]").contains("eighty");
    }

    @Test
    void withoutACertificateNothingIsServed() throws Exception {
        var stream = TestStream.incremental(server.anonymousChannel());

        assertThat(stream.status().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void onTheListenerWithoutTlsOneCanReadButNotRegister() throws Exception {
        ManagedChannel channel = server.plaintextChannel();
        var reader = TestStream.incremental(channel);
        reader.send(subscribe(TypeUrls.ENDPOINT, SERVICE));
        assertThat(reader.next().getResourcesCount()).isOne();

        var writer = TestStream.incremental(channel);
        writer.send(healthy("reviews-1"));

        assertThat(writer.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(server.registry.workloads()).isEmpty();
    }

    @Test
    void theFirstRequestHasToSayWhoSendsIt() throws Exception {
        var stream = connect("reviews");
        stream.send(
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(TypeUrls.CLUSTER).build());

        assertThat(stream.status().getDescription()).contains("node");
    }

    private TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> connect(String serviceAccount) throws Exception {
        return TestStream.incremental(server.channelOf("default", serviceAccount));
    }

    private static DeltaDiscoveryRequest healthy(String name) {
        return DeltaDiscoveryRequest.newBuilder()
                .setNode(node(name))
                .setTypeUrl(TypeUrls.HEALTH)
                .build();
    }

    private static DeltaDiscoveryRequest report(String name, int code, String message) {
        return healthy(name).toBuilder()
                .setErrorDetail(
                        io.inmesh.xds.rpc.Status.newBuilder().setCode(code).setMessage(message))
                .build();
    }

    private static Node node(String name) {
        return TestStream.node(name).toBuilder()
                .setLocality(Locality.newBuilder().setRegion("here"))
                .setMetadata(metadata())
                .build();
    }

    private static Struct.Builder metadata() {
        return Struct.newBuilder()
                .putFields("INSTANCE_IPS", text("10.0.0.1,fe80::1"))
                .putFields("LABELS", struct(Map.of("app", text("reviews"))))
                .putFields(
                        "INMESH_PORTS",
                        struct(Map.of(
                                "http", Value.newBuilder().setNumberValue(9081).build(), "9090", text("9091"))));
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value struct(Map<String, Value> fields) {
        return Value.newBuilder()
                .setStructValue(Struct.newBuilder().putAllFields(fields))
                .build();
    }

    /** One service with every registered workload as an endpoint. */
    private record OneService(WorkloadRegistry registry) implements ResourceSource {
        @Override
        public ResourceSet resourcesFor(ClientContext client) {
            String[] addresses = registry.workloads().stream()
                    .map(RegisteredWorkload::address)
                    .toArray(String[]::new);
            return ResourceSet.builder()
                    .add(TestResources.endpoints(SERVICE, addresses))
                    .build();
        }

        @Override
        public void onChange(Runnable listener) {
            registry.onChange(listener);
        }
    }
}
