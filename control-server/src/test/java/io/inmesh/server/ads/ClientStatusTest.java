package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.inmesh.server.fixture.Pause;
import io.inmesh.server.limit.Guard;
import io.inmesh.server.limit.Limits;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import io.inmesh.xds.status.ClientConfig;
import io.inmesh.xds.status.ClientResourceStatus;
import io.inmesh.xds.status.ClientStatusDiscoveryServiceGrpc;
import io.inmesh.xds.status.ClientStatusRequest;
import io.inmesh.xds.status.ClientStatusResponse;
import io.inmesh.xds.status.ConfigStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server tells of its clients (CSDS), over real sockets, in the way grpcdebug asks. */
class ClientStatusTest {

    @TempDir
    private Path directory;

    private TestServer server;
    private final TestResources resources = new TestResources();

    @BeforeEach
    void serve() throws Exception {
        server = new TestServer(directory, resources);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aClientIsToldWithWhatItWasSentAndWhetherItTookIt() throws Exception {
        resources.put(TestResources.endpoints("a", "10.0.0.1"));
        var stream = TestStream.incremental(server.plaintextChannel());
        stream.send(TestStream.subscribe(TypeUrls.ENDPOINT, "a", "missing"));
        DeltaDiscoveryResponse first = stream.next();
        stream.send(TestStream.accept(first));
        // Answered after the acceptance, so that is known when this comes.
        stream.send(TestStream.subscribe(TypeUrls.ENDPOINT, "b"));
        stream.send(TestStream.accept(stream.next()));
        ClientConfig config = await(server.plaintextChannel());

        assertThat(config.getNode().getId()).isNotEmpty();
        assertThat(config.getGenericXdsConfigsList())
                .anySatisfy(one -> {
                    assertThat(one.getName()).isEqualTo("a");
                    assertThat(one.getTypeUrl()).isEqualTo(TypeUrls.ENDPOINT);
                    assertThat(one.getVersionInfo()).isNotEmpty();
                    assertThat(one.hasXdsConfig()).isTrue();
                })
                .anySatisfy(one -> {
                    assertThat(one.getName()).isEqualTo("missing");
                    assertThat(one.getClientStatus()).isEqualTo(ClientResourceStatus.DOES_NOT_EXIST);
                    assertThat(one.getConfigStatus()).isEqualTo(ConfigStatus.NOT_SENT);
                });
    }

    @Test
    void aWorkloadIsToldOfItsOwnProcessesOnly() throws Exception {
        var stream = TestStream.incremental(server.channelOf("default", "reviews"));
        stream.send(TestStream.subscribe(TypeUrls.ENDPOINT, "a"));
        stream.next();

        assertThat(fetch(server.channelOf("default", "reviews"), "")).hasSize(1);
        assertThat(fetch(server.channelOf("default", "ratings"), "")).isEmpty();
        assertThat(fetch(server.channelOf("other", "reviews"), "")).isEmpty();
        assertThat(fetch(server.channelOf("default", "reviews"), "another-node"))
                .isEmpty();
    }

    /** What is told waits for streams; if it did so where they run, they would wait for each other. */
    @Test
    void manyWhoAskAtOnceAreToldEverything() throws Exception {
        var stream = TestStream.incremental(server.channelOf("default", "reviews"));
        stream.send(TestStream.subscribe(TypeUrls.ENDPOINT, "a"));
        stream.next();
        ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceFutureStub asking =
                ClientStatusDiscoveryServiceGrpc.newFutureStub(server.channelOf("default", "reviews"));
        List<Future<ClientStatusResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            answers.add(asking.fetchClientStatus(ClientStatusRequest.getDefaultInstance()));
        }
        for (Future<ClientStatusResponse> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS).getConfigList()).hasSize(1);
        }
    }

    @Test
    void whoAsksMuchAndReadsLateIsToldEverythingThen() throws Exception {
        var stream = TestStream.incremental(server.channelOf("default", "reviews"));
        stream.send(TestStream.subscribe(TypeUrls.ENDPOINT, "a"));
        stream.next();
        BlockingQueue<ClientStatusResponse> told = new LinkedBlockingQueue<>();
        ClientCall<ClientStatusRequest, ClientStatusResponse> call = server.narrowChannelOf("default", "reviews")
                .newCall(ClientStatusDiscoveryServiceGrpc.getStreamClientStatusMethod(), CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(ClientStatusResponse response) {
                        told.add(response);
                    }
                },
                new Metadata());
        for (int i = 0; i < 500; i++) {
            call.sendMessage(ClientStatusRequest.getDefaultInstance());
        }
        call.request(500);
        for (int i = 0; i < 500; i++) {
            assertThat(told.poll(30, TimeUnit.SECONDS)).isNotNull();
        }
        call.cancel("told", null);
    }

    @Test
    void whoAsksByManyCallsAndReadsLateIsToldEverythingThen() throws Exception {
        String[] addresses = new String[2_000];
        Arrays.setAll(addresses, i -> "10.0." + i / 250 + "." + i % 250);
        resources.put(TestResources.endpoints("a", addresses));
        var stream = TestStream.incremental(server.channelOf("default", "reviews"));
        stream.send(TestStream.subscribe(TypeUrls.ENDPOINT, "a"));
        stream.next();
        ManagedChannel narrow = server.narrowChannelOf("default", "reviews");
        BlockingQueue<ClientStatusResponse> told = new LinkedBlockingQueue<>();
        List<ClientCall<ClientStatusRequest, ClientStatusResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ClientCall<ClientStatusRequest, ClientStatusResponse> call =
                    narrow.newCall(ClientStatusDiscoveryServiceGrpc.getFetchClientStatusMethod(), CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(ClientStatusResponse response) {
                            told.add(response);
                        }
                    },
                    new Metadata());
            call.sendMessage(ClientStatusRequest.getDefaultInstance());
            call.halfClose();
            calls.add(call);
        }
        // Whoever asked and is gone costs the others nothing.
        calls.remove(3).cancel("gone", null);
        calls.remove(0).cancel("gone", null);
        calls.forEach(call -> call.request(2));
        for (int i = 0; i < calls.size(); i++) {
            assertThat(told.poll(30, TimeUnit.SECONDS)).isNotNull();
        }
    }

    /** What fails is the answer to the first question; the second comes over the same connection. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatFailsEndsTheCallAndNoOther(boolean stream) throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        ClientStatusService failingOnce = new ClientStatusService(
                which -> {
                    if (failed.compareAndSet(false, true)) {
                        throw new IllegalStateException("this failure is part of a test");
                    }
                    return server.hub.configs(which);
                },
                Runnable::run,
                false);
        try (XdsServer asked = XdsServer.plaintextOnLoopback(
                0, new Guard(Limits.DEFAULT, server.timer, false), ForkJoinPool.commonPool(), List.of(failingOnce))) {
            ManagedChannel channel = Grpc.newChannelBuilderForAddress(
                            "127.0.0.1", asked.port(), InsecureChannelCredentials.create())
                    .build();
            try {
                assertThatThrownBy(() -> {
                            if (stream) {
                                ClientCalls.blockingServerStreamingCall(
                                                channel,
                                                ClientStatusDiscoveryServiceGrpc.getStreamClientStatusMethod(),
                                                CallOptions.DEFAULT,
                                                ClientStatusRequest.getDefaultInstance())
                                        .next();
                            } else {
                                fetch(channel, "");
                            }
                        })
                        .isInstanceOf(StatusRuntimeException.class)
                        .hasMessageContaining("INTERNAL: it could not be told what clients have been sent");
                assertThat(fetch(channel, "")).isEmpty();
            } finally {
                channel.shutdownNow();
            }
        }
    }

    /** Field 1, which chooses nodes by conditions. To pass it over would tell of all of them. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void conditionsThatAreNotReadAreRefused(boolean stream) throws Exception {
        ClientStatusRequest request = ClientStatusRequest.parseFrom(new byte[] {0x0a, 2, 0x0a, 0});
        ManagedChannel channel = server.channelOf("default", "reviews");
        MethodDescriptor<ClientStatusRequest, ClientStatusResponse> method = stream
                ? ClientStatusDiscoveryServiceGrpc.getStreamClientStatusMethod()
                : ClientStatusDiscoveryServiceGrpc.getFetchClientStatusMethod();
        assertThatThrownBy(() -> ClientCalls.blockingServerStreamingCall(channel, method, CallOptions.DEFAULT, request)
                        .next())
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("node.id");
        // The turn of the connection is free again.
        assertThat(fetch(channel, "")).isEmpty();
    }

    @Test
    void whoProvesNothingIsToldNothing() {
        assertThatThrownBy(() -> fetch(server.anonymousChannel(), ""))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNAUTHENTICATED");
    }

    /** The acceptance is on its way; what is asked for comes once it has arrived. */
    private ClientConfig await(ManagedChannel channel) {
        while (true) {
            List<ClientConfig> configs = fetch(channel, "");
            if (configs.size() == 1
                    && configs.get(0).getGenericXdsConfigsList().stream()
                            .anyMatch(one -> one.getClientStatus() == ClientResourceStatus.ACKED)) {
                return configs.get(0);
            }
            Pause.aMoment();
        }
    }

    private static List<ClientConfig> fetch(ManagedChannel channel, String node) {
        return ClientStatusDiscoveryServiceGrpc.newBlockingStub(channel)
                .fetchClientStatus(ClientStatusRequest.newBuilder()
                        .setNode(Node.newBuilder().setId(node))
                        .build())
                .getConfigList();
    }
}
