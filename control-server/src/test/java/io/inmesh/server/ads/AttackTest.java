package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.inmesh.server.ca.JoinTokens;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.Keys;
import io.inmesh.server.limit.Limits;
import io.inmesh.server.registry.RegistrationRules;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.translate.Translator;
import io.inmesh.server.translate.Trust;
import io.inmesh.testkit.Http2Wire;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.ca.IstioCertificateRequest;
import io.inmesh.xds.ca.IstioCertificateServiceGrpc;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.discovery.AggregatedDiscoveryServiceGrpc;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks on a whole control server, and a good client that is served all the while; {@code docs/attacks.md} has the table. */
class AttackTest {
    private static final String MESH = """
            apiVersion: v1
            kind: Service
            metadata: {name: ledger, namespace: bank, annotations: {networking.istio.io/exportTo: .}}
            spec: {selector: {app: ledger}, ports: [{name: http, port: 9080}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: default, annotations: {alpha.istio.io/kubernetes-serviceaccounts: reviews}}
            spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}
            ---
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: tellers, namespace: bank}
            spec: {action: ALLOW, rules: [{from: [{source: {principals: [inmesh.local/ns/bank/sa/teller]}}]}]}
            """;
    private static final String CREATE = "istio.v1.auth.IstioCertificateService/CreateCertificate";
    private static final String LEDGER = "outbound|9080||ledger.bank.svc.cluster.local";
    private static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";
    private static final int DEADLINE_EXCEEDED = 4;

    @TempDir
    Path directory;

    private TestServer server;
    private GoodClient good;

    @AfterEach
    void goodClientsAreServedAllTheWhile() throws Exception {
        good.isServed();
        server.close();
    }

    // Identity.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sidecar~10.0.0.1~ledger-1.bank~bank.svc.cluster.local",
                "sidecar~10.0.0.1~ledger-1~bank.svc.cluster.local",
                "sidecar~10.0.0.1~.bank~default.svc.cluster.local"
            })
    void nodeIdOfAnotherNamespaceIsRefused(String id) throws Exception {
        start("");
        var stream = stream("default", "mallory");
        stream.send(TestStream.subscribe(TypeUrls.CLUSTER).toBuilder()
                .setNode(Node.newBuilder().setId(id))
                .build());
        Status status = stream.status();
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(status.getDescription()).contains("certificate is of namespace \"default\"");
    }

    @Test
    void streamCannotRegisterASecondProcess() throws Exception {
        start("");
        var stream = stream("default", "reviews");
        stream.send(health("reviews-1", "10.0.0.1", "reviews"));
        assertThat(stream.next().getSystemVersionInfo()).isEqualTo("registered");
        stream.send(health("reviews-2", "10.0.0.2", "reviews"));
        assertThat(stream.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(server.registry.workloads()).extracting(w -> w.name()).containsExactly("reviews-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "0.0.0.0", "224.0.0.1", "::", "fe80::1", "ff02::1", "10.0.0.300", "a b"})
    void addressThatIsNoProcessesIsRefused(String address) throws Exception {
        start("");
        var stream = stream("default", "reviews");
        stream.send(health("reviews-1", address, "reviews"));
        assertThat(stream.status().getDescription()).contains("registration refused");
        assertThat(server.registry.workloads()).isEmpty();
    }

    @Test
    void addressOfAnotherMachineIsRefusedWhereTheConnectionCounts() throws Exception {
        start("registration: {addresses: connection}");
        var liar = stream("default", "reviews");
        liar.send(health("reviews-1", "10.0.0.9", "reviews"));
        assertThat(liar.status().getDescription()).contains("not the one the connection comes from");
        var honest = stream("default", "reviews");
        honest.send(health("reviews-1", "127.0.0.1", "reviews"));
        assertThat(honest.next().getSystemVersionInfo()).isEqualTo("registered");
    }

    @Test
    void processServesNoServiceThatDoesNotNameItsAccount() throws Exception {
        start("");
        var mallory = stream("default", "mallory");
        mallory.send(health("mallory-1", "10.6.6.6", "reviews"));
        assertThat(mallory.next().getSystemVersionInfo()).isEqualTo("registered");
        var reviews = stream("default", "reviews");
        reviews.send(health("reviews-1", "10.0.0.1", "reviews"));
        assertThat(reviews.next().getSystemVersionInfo()).isEqualTo("registered");

        var caller = stream("default", "caller");
        caller.send(TestStream.subscribe(TypeUrls.ENDPOINT, REVIEWS));
        String endpoints = untilIt(caller, "10.0.0.1");
        assertThat(endpoints).doesNotContain("10.6.6.6");
    }

    /** Takes responses until one has a text. */
    private static String untilIt(TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream, String text)
            throws InterruptedException {
        while (true) {
            DeltaDiscoveryResponse response = stream.next();
            stream.send(TestStream.accept(response));
            String all = response.getResourcesList().toString();
            if (all.contains(text)) {
                return all;
            }
        }
    }

    // Another namespace's resources.

    @ParameterizedTest
    @ValueSource(
            strings = {
                TypeUrls.CLUSTER + " " + LEDGER,
                TypeUrls.ENDPOINT + " " + LEDGER,
                TypeUrls.LISTENER + " ledger.bank.svc.cluster.local:9080",
                TypeUrls.ROUTE + " ledger.bank.svc.cluster.local:9080",
                TypeUrls.SECRET + " default",
                TypeUrls.SECRET + " kubernetes://bank/tls"
            })
    void askingByNameGivesNothingThatIsHidden(String typeAndName) throws Exception {
        start("");
        String[] parts = typeAndName.split(" ");
        var stream = stream("default", "mallory");
        stream.send(TestStream.subscribe(parts[0], parts[1]));
        DeltaDiscoveryResponse answer = stream.next();
        assertThat(answer.getResourcesList()).isEmpty();
        assertThat(answer.getRemovedResourcesList()).containsExactly(parts[1]);
    }

    @Test
    void inboundListenerOfAnotherNamespaceComesWithTheAskersOwnPolicies() throws Exception {
        start("");
        String listener = "xds.istio.io/grpc/lds/inbound/10.0.0.7:9080";
        var teller = stream("bank", "ledger");
        teller.send(grpc(listener, "bank"));
        assertThat(teller.next().getResourcesList().toString()).contains("sa/teller");
        var mallory = stream("default", "mallory");
        mallory.send(grpc(listener, "default"));
        assertThat(mallory.next().getResourcesList().toString()).doesNotContain("teller");
    }

    // Certificates.

    @Test
    void oneTimeTokenThatWasStolenIsWorthNothingOnceItWasUsed() throws Exception {
        start("");
        JoinTokens.Issued token = server.tokens.issue("default", "reviews", Duration.ofHours(1), 1, "test");
        assertThat(create(server.anonymousChannel(), token.token(), Keys.csr(Keys.p256())))
                .isEqualTo(Status.Code.OK);
        assertThat(create(server.anonymousChannel(), token.token(), Keys.csr(Keys.p256())))
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(server.audit.entries().toString()).contains("token-refused", token.id());
    }

    @Test
    void malformedRequestsForCertificatesUseNoTokenUp() throws Exception {
        start("");
        String token = server.tokens
                .issue("default", "reviews", Duration.ofHours(1), 1, "test")
                .token();
        String good = Keys.csr(Keys.p256());
        List<String> bad = List.of(
                "",
                "x",
                good.substring(0, good.length() / 2),
                good.replaceFirst("M", "N"),
                good.replace("CERTIFICATE REQUEST", "PRIVATE KEY"),
                "-----BEGIN CERTIFICATE REQUEST-----\n" + "A".repeat(100_000) + "\n-----END CERTIFICATE REQUEST-----\n",
                Keys.csr(Keys.p256(), Keys.p256(), "spiffe://inmesh.local/ns/default/sa/reviews"));
        for (String request : bad) {
            assertThat(create(server.anonymousChannel(), token, request)).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
        assertThat(create(server.anonymousChannel(), token, good)).isEqualTo(Status.Code.OK);
    }

    @Test
    void certificatesAreNotGivenWithoutMeasure() throws Exception {
        start("limits: {certificatesPerAddress: 1}");
        ManagedChannel channel = server.anonymousChannel();
        List<Status.Code> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(create(channel, "inmesh.a.b.c", "x"));
        }
        assertThat(answers).contains(Status.Code.UNAUTHENTICATED, Status.Code.RESOURCE_EXHAUSTED);
    }

    // Messages.

    @ParameterizedTest
    @ValueSource(
            strings = {
                CREATE,
                "envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources",
                "envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources",
                "envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats"
            })
    void garbageEndsItsOwnCallOnly(String method) throws Exception {
        start("");
        Random random = new Random(7);
        for (int size : new int[] {1, 7, 100, 10_000, 1_000_000}) {
            byte[] garbage = new byte[size];
            random.nextBytes(garbage);
            assertThat(raw(method, garbage).getCode()).isNotEqualTo(Status.Code.OK);
        }
    }

    @Test
    void messagesThatAreTooLargeAreRefusedAndSoAreDescriptionsAndSubscriptions() throws Exception {
        start("limits: {messageBytes: 1000000, nodeBytes: 8000, namesPerType: 50}");
        String ads = "envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";
        assertThat(raw(ads, new byte[1_000_001]).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

        var boaster = stream("default", "mallory");
        boaster.send(TestStream.subscribe(TypeUrls.CLUSTER).toBuilder()
                .setNode(TestStream.node("boaster").toBuilder()
                        .setMetadata(Struct.newBuilder().putFields("X", text("x".repeat(9_000)))))
                .build());
        assertThat(boaster.status().getDescription()).contains("more than 8000 bytes");

        String[] names = new String[51];
        for (int i = 0; i < names.length; i++) {
            names[i] = "name-" + i;
        }
        var greedy = stream("default", "mallory");
        greedy.send(TestStream.subscribe(TypeUrls.ENDPOINT, names));
        assertThat(greedy.status().getDescription()).contains("too many names");
    }

    @Test
    void fewNamesThatAreVeryLongAreRefusedAsManyAre() throws Exception {
        start("limits: {namesPerType: 50}");
        var longNames = stream("default", "mallory");
        longNames.send(TestStream.subscribe(TypeUrls.ENDPOINT, "x".repeat(12_000)));
        assertThat(longNames.next().getRemovedResourcesList()).hasSize(1);
        longNames.send(TestStream.subscribe(TypeUrls.CLUSTER, "y".repeat(14_000)));
        assertThat(longNames.status().getDescription()).contains("too long together", "limits.namesPerType");

        var longType = stream("default", "mallory");
        longType.send(TestStream.subscribe("x".repeat(300), "a"));
        assertThat(longType.status().getDescription()).contains("at most 256 characters");

        var noType = stream("default", "mallory");
        noType.send(TestStream.subscribe("", "a"));
        assertThat(noType.status().getDescription()).contains("(type_url)");
    }

    // Connections.

    @Test
    void connectionsBeyondTheLimitAreClosedUnread() throws Exception {
        start("limits: {connectionsPerAddress: 12}");
        List<Socket> sockets = new ArrayList<>();
        try {
            int refused = 0;
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket("127.0.0.1", server.tlsPort());
                socket.setSoTimeout(TestServer.PATIENCE_MILLIS);
                sockets.add(socket);
            }
            // All that are beyond end by themselves; the good client has one or more of the twelve.
            for (int i = 12; i < 20; i++) {
                refused += ends(sockets.get(i)) ? 1 : 0;
            }
            assertThat(refused).isEqualTo(8);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void connectionThatNeverGetsReadyIsClosed() throws Exception {
        start("limits: {handshake: 300ms}");
        try (Socket socket = new Socket("127.0.0.1", server.tlsPort())) {
            socket.setSoTimeout(TestServer.PATIENCE_MILLIS);
            assertThat(ends(socket)).isTrue();
        }
    }

    @Test
    void connectionOnWhichNothingIsAskedIsClosed() throws Exception {
        start("limits: {idle: 300ms}");
        try (Http2Wire wire = Http2Wire.open(server.anonymousSocket())) {
            wire.closed();
        }
    }

    @Test
    void clientThatReadsNothingOfWhatItIsSentIsCutOff() throws Exception {
        StringBuilder mesh = new StringBuilder(MESH);
        for (int i = 0; i < 500; i++) {
            mesh.append("---\napiVersion: v1\nkind: Service\nmetadata: {name: filler-")
                    .append(i)
                    .append("}\nspec: {selector: {app: filler}, ports: [{name: http, port: 9080}]}\n");
        }
        start("limits: {slowReader: 300ms}", mesh.toString());
        ManagedChannel channel = server.narrowChannelOf("default", "mallory");
        CompletableFuture<Void> lost = new CompletableFuture<>();
        noteLoss(channel, false, lost);
        ClientCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call = channel.newCall(
                AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod(), CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        // Nothing is requested, so nothing beyond one window is read.
        call.sendMessage(TestStream.subscribe(TypeUrls.CLUSTER));
        assertThat(lost).succeedsWithin(Duration.ofMillis(TestServer.PATIENCE_MILLIS));
    }

    /** A call with unread messages does not learn that its connection is gone; the channel does. */
    private static void noteLoss(ManagedChannel channel, boolean wasReady, CompletableFuture<Void> lost) {
        ConnectivityState state = channel.getState(false);
        if (wasReady && state != ConnectivityState.READY) {
            lost.complete(null);
        } else {
            channel.notifyWhenStateChanged(
                    state, () -> noteLoss(channel, wasReady || state == ConnectivityState.READY, lost));
        }
    }

    @Test
    void requestThatIsNeverFinishedIsEnded() throws Exception {
        start("limits: {callWithoutCertificate: 300ms, callsWithoutCertificate: 1}");
        try (Http2Wire wire = Http2Wire.open(server.anonymousSocket())) {
            wire.headers(1, false, Http2Wire.call("/" + CREATE));
            wire.flush();
            assertThat(wire.endOf(1).grpcStatus()).hasValue(DEADLINE_EXCEEDED);
        }
        // Its place is free again. On a busy machine an honest call may take longer than this server allows, too.
        ManagedChannel honest = server.anonymousChannel();
        Status.Code answer = create(honest, "inmesh.a.b.c", "x");
        while (answer == Status.Code.DEADLINE_EXCEEDED) {
            answer = create(honest, "inmesh.a.b.c", "x");
        }
        assertThat(answer).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void whoShowsNoCertificateCannotHoldAStreamOpen() throws Exception {
        start("");
        for (String method : List.of(
                "grpc.health.v1.Health/Watch",
                "envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats",
                "envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources")) {
            assertThat(raw(server.anonymousChannel(), method, new byte[0]).getCode())
                    .as(method)
                    .isEqualTo(Status.Code.UNAUTHENTICATED);
        }
    }

    // The rest.

    private void start(String settings) throws Exception {
        start(settings, MESH);
    }

    private void start(String settings, String mesh) throws Exception {
        Path file = Files.writeString(directory.resolve("settings.yaml"), settings);
        var section = SettingsFile.read(file);
        Translator translator = new Translator(RuleSettings.forTrustDomain("inmesh.local"));
        server = new TestServer(
                directory,
                (registry, authority) -> {
                    TranslatedResources resources = new TranslatedResources(
                            translator,
                            () -> Config.view(mesh),
                            registry::workloads,
                            () -> Trust.of(io.inmesh.server.ca.Pem.encode(authority.roots())));
                    registry.onChange(resources::changed);
                    return resources;
                },
                Limits.read(section.section("limits")),
                RegistrationRules.read(section.section("registration")));
        section.end();
        good = new GoodClient(server);
    }

    private TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream(String namespace, String account)
            throws Exception {
        return TestStream.incremental(server.channelOf(namespace, account));
    }

    private static DeltaDiscoveryRequest grpc(String listener, String namespace) {
        return TestStream.subscribe(TypeUrls.LISTENER, listener).toBuilder()
                .setNode(Node.newBuilder()
                        .setId("sidecar~10.0.0.7~ledger-1." + namespace + "~" + namespace + ".svc.cluster.local")
                        .setMetadata(Struct.newBuilder().putFields("GENERATOR", text("grpc"))))
                .build();
    }

    private static DeltaDiscoveryRequest health(String instance, String address, String app) {
        Struct.Builder metadata = Struct.newBuilder()
                .putFields("INMESH_ADDRESS", text(address))
                .putFields(
                        "LABELS",
                        Value.newBuilder()
                                .setStructValue(Struct.newBuilder().putFields("app", text(app)))
                                .build());
        return DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(TypeUrls.HEALTH)
                .setNode(TestStream.node(instance).toBuilder().setMetadata(metadata))
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Status.Code create(ManagedChannel channel, String token, String csr) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        try {
            IstioCertificateServiceGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .createCertificate(
                            IstioCertificateRequest.newBuilder().setCsr(csr).build());
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    private Status raw(String method, byte[] message) throws IOException {
        return raw(server.channelOf("default", "mallory"), method, message);
    }

    private static Status raw(ManagedChannel channel, String method, byte[] message) {
        MethodDescriptor<byte[], byte[]> descriptor = Bytes.method(MethodDescriptor.MethodType.UNARY, method);
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(channel, descriptor, CallOptions.DEFAULT, message));
        return failure == null ? Status.OK : failure.getStatus();
    }

    /** Whether the server ends the connection without having been sent anything. */
    private static boolean ends(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException open) {
            return false;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }
}
