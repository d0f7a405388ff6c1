package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.inmesh.Mesh;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.MetricsConfig;
import io.inmesh.config.MetricsConfig.Metric;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.TelemetryConfig;
import io.inmesh.config.TelemetryConfig.Side;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.observe.MetricsProfile;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many messages and bytes calls are counted with, on both sides. */
class MessageSizesTest {

    /** What a message has beside its own bytes: whether it is compressed, and its length. */
    private static final int FRAME = 5;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Mesh serving = mesh(MetricsProfile.ISTIO);
    private final Mesh calling = mesh(MetricsProfile.ISTIO);
    private final Server server = server(serving);
    private final ManagedChannel channel = MeshGrpc.channel("text:80", calling);

    MessageSizesTest() {
        calling.apply(config(server, TelemetryConfig.STANDARD));
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
        calling.close();
        serving.close();
    }

    private enum Reporter {
        SOURCE,
        DESTINATION;

        String reporter() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aUnaryCallHasOneMessageEachWay(Reporter side) {
        assertThat(ClientCalls.blockingUnaryCall(channel, TextService.UNARY, CallOptions.DEFAULT, "hello"))
                .isEqualTo("hello!");
        assertThat(messages("istio.request.messages", side)).isEqualTo(1);
        assertThat(messages("istio.response.messages", side)).isEqualTo(1);
        assertThat(bytes("istio.request.bytes", side)).isEqualTo("hello".length() + FRAME);
        assertThat(bytes("istio.response.bytes", side)).isEqualTo("hello!".length() + FRAME);
    }

    @Test
    void messagesAreCountedByWhoTalksToWhomAlone() {
        ClientCalls.blockingUnaryCall(channel, TextService.UNARY, CallOptions.DEFAULT, "hello");
        assertThat(registry.get("istio.request.messages")
                        .tag("reporter", "source")
                        .counter()
                        .getId()
                        .getTags())
                .extracting(Tag::getKey)
                .contains("destination_service")
                .doesNotContain("response_code", "request_protocol", "response_flags");
    }

    @ParameterizedTest
    @EnumSource
    void aStreamHasAllItsMessages(Reporter side) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        StreamObserver<String> sending = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(TextService.BIDI, CallOptions.DEFAULT), new Completing(over));
        List.of("a", "b", "c").forEach(sending::onNext);
        sending.onCompleted();
        over.join();
        assertThat(messages("istio.request.messages", side)).isEqualTo(3);
        assertThat(messages("istio.response.messages", side)).isEqualTo(3);
        assertThat(bytes("istio.request.bytes", side)).isEqualTo(3 * (1 + FRAME));
        assertThat(bytes("istio.response.bytes", side)).isEqualTo(3 * ("echo a".length() + FRAME));
    }

    @ParameterizedTest
    @EnumSource
    void aCallThatIsRefusedHasNoAnswer(Reporter side) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        ClientCalls.asyncUnaryCall(
                channel.newCall(TextService.PAY, CallOptions.DEFAULT), "refuse", new Completing(over));
        assertThat(over.handle((nothing, failure) ->
                                ((StatusRuntimeException) failure).getStatus().getCode())
                        .join())
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(messages("istio.request.messages", side)).isEqualTo(1);
        assertThat(registry.find("istio.response.messages")
                        .tag("reporter", side.reporter())
                        .counters())
                .allSatisfy(counter -> assertThat(counter.count()).isZero());
    }

    @Test
    void messagesAreSwitchedOffAndTaggedByTelemetry() {
        MetricsConfig metrics = MetricsConfig.STANDARD
                .with(Metric.GRPC_REQUEST_MESSAGES, new MetricsConfig.Override(true, Map.of()))
                .with(Metric.GRPC_RESPONSE_MESSAGES, new MetricsConfig.Override(false, Map.of("team", "books")));
        Side changed = new Side(metrics, Side.STANDARD.tracing(), Side.STANDARD.accessLog());
        calling.apply(config(server, new TelemetryConfig(changed, Side.STANDARD)));
        ClientCalls.blockingUnaryCall(channel, TextService.UNARY, CallOptions.DEFAULT, "hello");
        assertThat(registry.find("istio.request.messages")
                        .tag("reporter", "source")
                        .counters())
                .isEmpty();
        assertThat(registry.get("istio.response.messages")
                        .tag("reporter", "source")
                        .tag("team", "books")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(messages("istio.request.messages", Reporter.DESTINATION)).isEqualTo(1);
    }

    @Test
    void nothingIsCountedWhereNobodyWantsToKnow() {
        try (Mesh silent = mesh(MetricsProfile.OTEL)) {
            assertThat(silent.wantsSizes()).isFalse();
            assertThat(new InboundTracer.Factory(silent).newServerStreamTracer("test.Text/Unary", new Metadata()))
                    .isNotInstanceOf(InboundTracer.class);
        }
        assertThat(calling.wantsSizes()).isTrue();
    }

    private double messages(String name, Reporter side) {
        return registry.get(name).tag("reporter", side.reporter()).counter().count();
    }

    private double bytes(String name, Reporter side) {
        DistributionSummary sizes =
                registry.get(name).tag("reporter", side.reporter()).summary();
        assertThat(sizes.count()).isEqualTo(1);
        return sizes.totalAmount();
    }

    private Mesh mesh(MetricsProfile profile) {
        return Mesh.builder().meterRegistry(registry).metricsProfile(profile).build();
    }

    private static MeshConfig config(Server server, TelemetryConfig telemetry) {
        return MeshConfig.builder()
                .telemetry(telemetry)
                .cluster(ClusterConfig.of("text").endpoint("127.0.0.1", server.getPort()))
                .virtualHost(VirtualHostConfig.of("text:80", RouteConfig.to("text")))
                .build();
    }

    private static Server server(Mesh mesh) {
        try {
            return NettyServerBuilder.forPort(0)
                    .intercept(MeshGrpc.serverInterceptor(mesh))
                    .addStreamTracerFactory(MeshGrpc.arrivalTracer(mesh))
                    .addService(TextService.definition(MessageSizesTest::answer))
                    .build()
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(String request, StreamObserver<String> response) {
        if (request.equals("refuse")) {
            response.onError(Status.NOT_FOUND.asRuntimeException());
            return;
        }
        response.onNext(request + "!");
        response.onCompleted();
    }

    private record Completing(CompletableFuture<Void> over) implements StreamObserver<String> {

        @Override
        public void onNext(String answer) {}

        @Override
        public void onError(Throwable failure) {
            over.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            over.complete(null);
        }
    }
}
