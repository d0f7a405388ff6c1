package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.inmesh.server.fixture.Pause;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are no message, sent to the services of a whole server over real sockets. */
class MessageCheckTest {
    private static final byte[] NO_MESSAGE = {0x0a, (byte) 0xff};

    @TempDir
    Path directory;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(directory, new TestResources());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "istio.v1.auth.IstioCertificateService/CreateCertificate",
                "envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources",
                "envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources",
                "envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats",
                "envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus",
                "grpc.health.v1.Health/Check"
            })
    void whatIsNoMessageIsTheCallersFault(String method) throws Exception {
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(
                        server.channelOf("default", "mallory"),
                        Bytes.method(MethodDescriptor.MethodType.UNARY, method),
                        CallOptions.DEFAULT,
                        NO_MESSAGE));
        Status status = failure.getStatus();
        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).contains("sent to " + method + " are no message");
    }

    @Test
    void whoSendsGarbageOnItsStreamIsServedNoMore() throws Exception {
        ClientCall<byte[], byte[]> call = server.channelOf("default", "mallory")
                .newCall(
                        Bytes.method(
                                MethodDescriptor.MethodType.BIDI_STREAMING,
                                "envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources"),
                        CallOptions.DEFAULT);
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        call.request(100);
        call.sendMessage(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(TypeUrls.HEALTH)
                .setNode(TestStream.node("mallory-1").toBuilder()
                        .setMetadata(Struct.newBuilder()
                                .putFields(
                                        "INMESH_ADDRESS",
                                        Value.newBuilder()
                                                .setStringValue("10.0.0.6")
                                                .build())))
                .build()
                .toByteArray());
        while (server.registry.workloads().isEmpty()) {
            Pause.aMoment();
        }
        call.sendMessage(NO_MESSAGE);

        assertThat(end.get(TestServer.PATIENCE_MILLIS, TimeUnit.MILLISECONDS).getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        while (!server.hub.configs(process -> true).configs().isEmpty()) {
            Pause.aMoment();
        }
    }
}
