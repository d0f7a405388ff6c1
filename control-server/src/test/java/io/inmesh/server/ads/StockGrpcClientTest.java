package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolverRegistry;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.xds.XdsChannelCredentials;
import io.grpc.xds.XdsNameResolverProvider;
import io.grpc.xds.XdsServerBuilder;
import io.grpc.xds.XdsServerCredentials;
import io.inmesh.server.ca.IssuedCertificate;
import io.inmesh.server.ca.Pem;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.Keys;
import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.registry.WorkloadHealth;
import io.inmesh.server.registry.WorkloadLocality;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.semantic.GrpcLimits;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.Translator;
import io.inmesh.server.translate.Trust;
import io.inmesh.server.validate.Problem;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The xDS client and server that come with gRPC-Java, which share no code with this mesh, against this server and its translation. */
class StockGrpcClientTest {
    private static final AtomicInteger SCHEMES = new AtomicInteger();
    private static final String RATINGS = """
            {apiVersion: v1, kind: Service, metadata: {name: ratings}, spec: {ports: [{port: 9080, name: grpc}], selector: {app: ratings}}}
            """;
    private static final String STRICT = """
            {apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: default, namespace: istio-system}, spec: {mtls: {mode: STRICT}}}
            ---
            {apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: ratings}, spec: {host: ratings, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}}
            """;

    @TempDir
    Path directory;

    private final AtomicReference<ConfigView> config = new AtomicReference<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<Server> servers = new ArrayList<>();
    private TestServer server;
    private @Nullable TranslatedResources resources;

    @BeforeEach
    void start() throws Exception {
        config.set(Config.view(RATINGS));
        server = new TestServer(directory, (registry, authority) -> {
            resources = new TranslatedResources(
                    new Translator(RuleSettings.forTrustDomain("inmesh.local")),
                    config::get,
                    registry::workloads,
                    () -> Trust.of(Pem.encode(authority.roots())));
            registry.onChange(resources::changed);
            return resources;
        });
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(Server::shutdownNow);
        server.close();
    }

    @Test
    void itFindsAWorkloadThatRegistersAndItsReplacement() throws Exception {
        Server first = backend();
        RegisteredWorkload one = ratings("one", first.getPort());
        Object lease = new Object();
        server.registry.report(lease, one);
        HealthGrpc.HealthBlockingStub ratings = ratings(InsecureChannelCredentials.create());
        assertThat(call(ratings)).isEqualTo(ServingStatus.SERVING);

        server.registry.report(new Object(), ratings("two", backend().getPort()));
        server.registry.drain(lease, one.nodeId());
        acknowledged();
        first.shutdownNow();

        assertThat(call(ratings)).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void itFindsServicesInTheMeshsAuthorityToo() throws Exception {
        server.registry.report(new Object(), ratings("one", backend().getPort()));

        HealthGrpc.HealthBlockingStub ratings =
                stub("//inmesh.local/ratings:9080", InsecureChannelCredentials.create(), "productpage");

        assertThat(call(ratings)).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void itGoesOnWithoutTheControlServer() throws Exception {
        server.registry.report(new Object(), ratings("one", backend().getPort()));
        HealthGrpc.HealthBlockingStub ratings = ratings(InsecureChannelCredentials.create());
        call(ratings);

        server.close();

        assertThat(call(ratings)).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void anAbortFaultReachesIt() throws Exception {
        server.registry.report(new Object(), ratings("one", backend().getPort()));
        change(RATINGS, """
                {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: ratings}, spec: {hosts: [ratings], http: [{fault: {abort: {httpStatus: 503, percentage: {value: 100}}}, route: [{destination: {host: ratings}}]}]}}
                """);

        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class, () -> call(ratings(InsecureChannelCredentials.create())));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void whatItCannotDoIsKnownForIt() throws Exception {
        server.registry.report(new Object(), ratings("one", backend().getPort()));
        change(RATINGS, """
                {apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: ratings}, spec: {host: ratings, trafficPolicy: {outlierDetection: {}}}}
                """);
        call(ratings(InsecureChannelCredentials.create()));

        ClientContext client = server.hub.processes().get(0).context();

        assertThat(GrpcLimits.of(Objects.requireNonNull(resources).state(), client))
                .extracting(Problem::fieldPath)
                .containsExactly("spec.trafficPolicy.outlierDetection");
    }

    @Test
    void clientAndServerSpeakMutualTlsAndTheServerAuthorizesByIdentity() throws Exception {
        change(RATINGS, STRICT, """
                {apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: ratings}, spec: {selector: {matchLabels: {app: ratings}}, rules: [{from: [{source: {principals: [inmesh.local/ns/default/sa/reviews]}}]}]}}
                """);
        Server backend = meshedBackend();
        server.registry.report(new Object(), ratings("one", backend.getPort()));
        ChannelCredentials xds = XdsChannelCredentials.create(InsecureChannelCredentials.create());

        assertThat(call(ratings(xds, "reviews"))).isEqualTo(ServingStatus.SERVING);
        StatusRuntimeException refusal =
                catchThrowableOfType(StatusRuntimeException.class, () -> call(ratings(xds, "intruder")));

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    private void change(String... yaml) {
        config.set(Config.view(yaml));
        Objects.requireNonNull(resources).changed();
    }

    /** Returns when the clients have acknowledged all endpoints as they are now. */
    private void acknowledged() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        server.hub.afterEndpointsAcknowledged(Duration.ofSeconds(30), seen -> done.complete(null));
        done.get(40, TimeUnit.SECONDS);
    }

    private static ServingStatus call(HealthGrpc.HealthBlockingStub stub) {
        return stub.withDeadlineAfter(30, TimeUnit.SECONDS)
                .withWaitForReady()
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
    }

    private HealthGrpc.HealthBlockingStub ratings(ChannelCredentials credentials) throws Exception {
        return ratings(credentials, "productpage");
    }

    private HealthGrpc.HealthBlockingStub ratings(ChannelCredentials credentials, String serviceAccount)
            throws Exception {
        return stub("///ratings:9080", credentials, serviceAccount);
    }

    private HealthGrpc.HealthBlockingStub stub(String target, ChannelCredentials credentials, String serviceAccount)
            throws Exception {
        String scheme = "xds-test-" + SCHEMES.incrementAndGet();
        NameResolverRegistry.getDefaultRegistry()
                .register(XdsNameResolverProvider.createForTest(scheme, bootstrap(serviceAccount, Map.of())));
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(scheme + ":" + target, credentials);
        ManagedChannel channel = builder.build();
        channels.add(channel);
        return HealthGrpc.newBlockingStub(channel);
    }

    private Map<String, ?> bootstrap(String serviceAccount, Map<String, ?> labels) throws Exception {
        return Map.of(
                "xds_servers",
                List.of(Map.of(
                        "server_uri", "127.0.0.1:" + server.plaintextPort(),
                        "channel_creds", List.of(Map.of("type", "insecure")),
                        "server_features", List.of("xds_v3"))),
                "node",
                Map.of(
                        "id",
                        "sidecar~127.0.0.1~" + serviceAccount + "-1.default~default.svc.cluster.local",
                        "metadata",
                        Map.of(
                                "NAMESPACE",
                                "default",
                                "SERVICE_ACCOUNT",
                                serviceAccount,
                                "GENERATOR",
                                "grpc",
                                "LABELS",
                                labels)),
                "certificate_providers",
                Map.of("default", Map.of("plugin_name", "file_watcher", "config", certificateFiles(serviceAccount))),
                "authorities",
                Map.of(
                        "inmesh.local",
                        Map.of(
                                "client_listener_resource_name_template",
                                "xdstp://inmesh.local/envoy.config.listener.v3.Listener/%s")),
                "server_listener_resource_name_template",
                "xds.istio.io/grpc/lds/inbound/%s");
    }

    private Map<String, ?> certificateFiles(String serviceAccount) throws Exception {
        KeyPair key = Keys.p256();
        IssuedCertificate issued =
                server.certificates.issueFor("default", serviceAccount, Keys.csr(key), Duration.ZERO, "test");
        Path place = Files.createDirectories(directory.resolve(serviceAccount));
        Path certificate = Files.writeString(place.resolve("cert.pem"), Pem.encode(issued.chain()));
        Path keyFile = Files.writeString(place.resolve("key.pem"), TestServer.pem(key));
        Path roots = Files.writeString(place.resolve("root.pem"), Pem.encode(server.authority.roots()));
        return Map.of(
                "certificate_file", certificate.toString(),
                "private_key_file", keyFile.toString(),
                "ca_certificate_file", roots.toString(),
                "refresh_interval", "600s");
    }

    private Server backend() throws Exception {
        Server backend = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
        servers.add(backend);
        return backend;
    }

    /** A stock gRPC server that takes its listener, TLS and authorization from the control server. */
    private Server meshedBackend() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Server backend = XdsServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        XdsServerCredentials.create(InsecureServerCredentials.create()))
                .overrideBootstrapForTest(bootstrap("bookinfo-ratings", Map.of("app", "ratings")))
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
        servers.add(backend);
        return backend;
    }

    private static RegisteredWorkload ratings(String name, int port) {
        return new RegisteredWorkload(
                "sidecar~127.0.0.1~" + name + ".default~default.svc.cluster.local",
                "default",
                name,
                "ratings",
                "bookinfo-ratings",
                Map.of("app", "ratings"),
                "127.0.0.1",
                Map.of("grpc", port),
                WorkloadLocality.UNKNOWN,
                1,
                WorkloadHealth.HEALTHY,
                true);
    }
}
