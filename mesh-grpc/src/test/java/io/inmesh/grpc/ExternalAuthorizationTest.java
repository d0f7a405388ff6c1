package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.inmesh.Mesh;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.Condition;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.JwtRuleConfig;
import io.inmesh.config.JwtRuleConfig.ClaimHeader;
import io.inmesh.config.JwtRuleConfig.Locations;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.StringMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.grpc.auth.AttributeContext.HttpRequest;
import io.inmesh.grpc.auth.AttributeContext.Request;
import io.inmesh.grpc.auth.CheckResponse;
import io.inmesh.grpc.auth.OkHttpResponse;
import io.inmesh.grpc.auth.QueryParameter;
import io.inmesh.testkit.Http2Wire;
import io.inmesh.testkit.TestIssuer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gRPC calls that a real authorizer is asked about over sockets, through the mesh. */
class ExternalAuthorizationTest {

    private static final Metadata.Key<String> USER = key("x-user");
    private static final Metadata.Key<String> CHECKED = key("x-checked");

    private static final Duration LONG = Duration.ofMinutes(5);
    private final CheckServer authorizer = new CheckServer();
    private final ShownHeaders shown = new ShownHeaders();
    private Mesh mesh;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        authorizer.start();
        mesh = Mesh.builder().build();
        configure(LONG, false);
        server = MeshGrpc.server(0, mesh)
                .addService(ServerInterceptors.intercept(
                        TextService.answering(
                                request -> request + " " + ShownHeaders.now().get(USER)),
                        shown))
                .build()
                .start();
        channel = TextService.plaintextChannel(server);
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow();
        server.shutdownNow();
        mesh.close();
        authorizer.close();
    }

    @Test
    void allowedCallReachesTheHandlerWithTheHeadersOfTheAuthorizer() {
        authorizer.answer = check -> CheckServer.allowed("x-user", "alice");
        assertThat(call("forged")).isEqualTo("hello alice");
        HttpRequest asked =
                authorizer.checks.get(0).getAttributes().getRequest().getHttp();
        assertThat(asked.getPath()).isEqualTo("/test.Text/Unary");
        assertThat(asked.getMethod()).isEqualTo("POST");
        assertThat(asked.getHost()).isEqualTo("127.0.0.1:" + server.getPort());
        assertThat(asked.getSize()).isEqualTo(-1);
        assertThat(asked.getHeadersMap()).containsEntry("x-user", "forged");
        assertThat(authorizer
                        .checks
                        .get(0)
                        .getAttributes()
                        .getDestination()
                        .getAddress()
                        .getSocketAddress()
                        .getPortValue())
                .isEqualTo(server.getPort());
    }

    @Test
    void checkSaysWhenTheCallCameAndOverWhat() {
        long before = System.currentTimeMillis();
        call("bob");
        Request request = authorizer.checks.get(0).getAttributes().getRequest();
        long time = request.getTime().getSeconds() * 1000 + request.getTime().getNanos() / 1_000_000;
        assertThat(time).isBetween(before, System.currentTimeMillis());
        assertThat(request.getHttp().getProtocol()).isEqualTo("HTTP/2");
    }

    @Test
    void headerThatAClaimReplacesIsWhatTheAuthorizerSees() {
        TestIssuer issuer = TestIssuer.rsa("https://issuer.example");
        mesh.apply(config(
                "authz",
                LONG,
                false,
                inbound -> inbound.withJwtRules(List.of(new JwtRuleConfig(
                        issuer.name(),
                        List.of(),
                        issuer.keys(),
                        Locations.DEFAULT,
                        false,
                        "",
                        List.of(new ClaimHeader("x-user", "sub")),
                        List.of())))));
        Metadata headers = new Metadata();
        headers.put(USER, "admin");
        headers.put(key("authorization"), "Bearer " + issuer.token("alice"));
        assertThat(call(headers)).isEqualTo("hello alice");
        assertThat(authorizer
                        .checks
                        .get(0)
                        .getAttributes()
                        .getRequest()
                        .getHttp()
                        .getHeadersMap())
                .containsEntry("x-user", "alice")
                .doesNotContainKey("authorization");
    }

    @Test
    void deniedCallHasTheStatusBodyAndHeadersOfTheAuthorizer() {
        authorizer.answer = check -> CheckServer.denied(401, "x-why", "no badge", "show your badge");
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> call("bob"));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refused.getStatus().getDescription()).isEqualTo("show your badge");
        assertThat(refused.getTrailers().get(key("x-why"))).isEqualTo("no badge");
    }

    @Test
    void headersForTheCallerComeWithTheAnswer() {
        authorizer.answer = check -> CheckServer.allowedTelling("x-checked", "yes");
        AtomicReference<Metadata> headers = new AtomicReference<>();
        ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(
                        channel, MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>())),
                TextService.UNARY,
                CallOptions.DEFAULT,
                "hello");
        assertThat(headers.get().get(CHECKED)).isEqualTo("yes");
    }

    @Test
    void methodThatNoRuleMatchesIsNotChecked() {
        assertThat(ClientCalls.blockingUnaryCall(channel, TextService.PAY, CallOptions.DEFAULT, "hello"))
                .isEqualTo("hello null");
        assertThat(authorizer.checks).isEmpty();
    }

    @Test
    void authorizerThatNeverAnswersIsARefusal() {
        configure(Duration.ofMillis(200), false);
        authorizer.silent = true;
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> call("bob"));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(refused.getStatus().getDescription()).isEqualTo("mesh: unauthorized");
    }

    @Test
    void authorizerThatNeverAnswersLetsInWhereTheProviderSaysSo() {
        configure(Duration.ofMillis(200), true);
        authorizer.silent = true;
        assertThat(call("bob")).isEqualTo("hello bob");
    }

    @Test
    void authorizerThatIsNotThereIsARefusal() throws Exception {
        authorizer.close();
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> call("bob"));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void answerThatWantsWhatCannotBeDoneIsARefusal() {
        authorizer.answer = check -> CheckResponse.newBuilder()
                .setOkResponse(OkHttpResponse.newBuilder()
                        .addQueryParametersToSet(QueryParameter.newBuilder().setKey("a")))
                .build();
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> call("bob"));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    /** Or else whoever writes such a header gets past a check that fails open. */
    @ParameterizedTest
    @ValueSource(strings = {"x+y", "x!", "x-inmesh-a+b"})
    void headerThatNoApplicationCanReadDoesNotMakeTheCheckFail(String name) throws Exception {
        configure(LONG, true);
        authorizer.answer = check -> CheckServer.denied(403, "x-why", "no badge", "");
        assertThat(statusOf(name, "v", "x-user", "bob")).isEqualTo(Status.Code.PERMISSION_DENIED.value());
        assertThat(authorizer
                        .checks
                        .get(0)
                        .getAttributes()
                        .getRequest()
                        .getHttp()
                        .getHeadersMap())
                .containsEntry("x-user", "bob");
        authorizer.answer = check -> CheckServer.allowed("x-user", "alice");
        assertThat(statusOf(name, "v")).isZero();
    }

    @Test
    void binaryHeaderThatTheAuthorizerRemovesIsHidden() {
        Metadata.Key<byte[]> role = Metadata.Key.of("x-role-bin", Metadata.BINARY_BYTE_MARSHALLER);
        authorizer.answer = check -> CheckResponse.newBuilder()
                .setOkResponse(OkHttpResponse.newBuilder().addHeadersToRemove("x-role-bin"))
                .build();
        Metadata headers = new Metadata();
        headers.put(role, new byte[] {1});
        assertThat(call(headers)).isEqualTo("hello null");
        assertThat(shown.all.remove().containsKey(role)).isFalse();
        assertThat(authorizer
                        .checks
                        .get(0)
                        .getAttributes()
                        .getRequest()
                        .getHttp()
                        .getHeadersMap())
                .containsEntry("x-role-bin", "AQ");
    }

    @Test
    void serviceThatTheMeshDoesNotKnowIsNotAsked() {
        configure("elsewhere", LONG, false);
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> call("bob"));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(authorizer.checks).isEmpty();
    }

    @Test
    void manyCallsWaitAtOnceWithoutThreadsAndEachGetsItsOwnAnswer() {
        CountDownLatch release = new CountDownLatch(1);
        authorizer.answer = check -> {
            release.await();
            return check.getAttributes()
                            .getRequest()
                            .getHttp()
                            .getHeadersOrThrow("x-user")
                            .equals("even")
                    ? CheckServer.allowed("x-user", "even")
                    : CheckServer.denied(403, "x-why", "odd", "odd");
        };
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            answers.add(callLater(i % 2 == 0 ? "even" : "odd"));
        }
        release.countDown();
        for (int i = 0; i < 40; i++) {
            assertThat(answers.get(i).join()).isEqualTo(i % 2 == 0 ? "hello even" : "PERMISSION_DENIED");
        }
    }

    @Test
    void streamThatWaitedIsHeardInOrder() {
        authorizer.answer = check -> CheckServer.allowed("x-user", "alice");
        CompletableFuture<String> joined = new CompletableFuture<>();
        StreamObserver<String> requests = ClientCalls.asyncClientStreamingCall(
                channel.newCall(TextService.CLIENT_STREAM, CallOptions.DEFAULT), new Single(joined));
        for (String word : List.of("a", "b", "c")) {
            requests.onNext(word);
        }
        requests.onCompleted();
        assertThat(joined.join()).isEqualTo("abc");
        assertThat(authorizer.checks).hasSize(1);
    }

    @Test
    void callerThatGoesAwayEndsTheCheck() throws Exception {
        authorizer.silent = true;
        CompletableFuture<String> answer = new CompletableFuture<>();
        ClientCall<String, String> call = channel.newCall(TextService.UNARY, CallOptions.DEFAULT);
        ClientCalls.asyncUnaryCall(call, "hello", new Single(answer));
        authorizer.asked.await();
        call.cancel("lost interest", null);
        assertThat(answer.join()).isEqualTo("CANCELLED");
        authorizer.cancelled.await();
    }

    private void configure(Duration timeout, boolean failOpen) {
        configure("authz", timeout, failOpen);
    }

    private void configure(String service, Duration timeout, boolean failOpen) {
        assertThat(mesh.apply(config(service, timeout, failOpen, inbound -> inbound))
                        .problems())
                .isEmpty();
    }

    private MeshConfig config(String service, Duration timeout, boolean failOpen, UnaryOperator<InboundConfig> change) {
        Condition guarded = new Condition.Not(new Condition.Path(StringMatch.exact("/" + path(TextService.PAY))));
        return MeshConfig.builder()
                .cluster(ClusterConfig.of("authz").endpoint("127.0.0.1", authorizer.port()))
                .virtualHost(VirtualHostConfig.of("authz:9191", RouteConfig.to("authz")))
                .inbound(change.apply(new InboundConfig(InboundConfig.Mtls.DISABLE, List.of(), "")
                        .withExternal(new ExternalAuthorizationConfig(
                                new ExternalAuthorizerConfig("opa", service, 9191, timeout, failOpen, 403),
                                List.of(new Policy("guarded", guarded))))))
                .build();
    }

    private static String path(MethodDescriptor<?, ?> method) {
        return method.getFullMethodName();
    }

    private String call(String user) {
        Metadata headers = new Metadata();
        headers.put(USER, user);
        return call(headers);
    }

    private String call(Metadata headers) {
        return ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                TextService.UNARY,
                CallOptions.DEFAULT,
                "hello");
    }

    /** The status of a call whose headers no client of gRPC would write. */
    private int statusOf(String... headers) throws IOException {
        return RawCall.status(server, Http2Wire.call("/" + path(TextService.UNARY), headers))
                .orElseThrow();
    }

    private CompletableFuture<String> callLater(String user) {
        Metadata headers = new Metadata();
        headers.put(USER, user);
        CompletableFuture<String> answer = new CompletableFuture<>();
        ClientCalls.asyncUnaryCall(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers))
                        .newCall(TextService.UNARY, CallOptions.DEFAULT),
                "hello",
                new Single(answer));
        return answer;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private record Single(CompletableFuture<String> answer) implements StreamObserver<String> {
        @Override
        public void onNext(String value) {
            answer.complete(value);
        }

        @Override
        public void onError(Throwable failure) {
            answer.complete(Status.fromThrowable(failure).getCode().name());
        }

        @Override
        public void onCompleted() {}
    }
}
