package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.Condition;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.ExternalProtocol;
import io.inmesh.config.HeaderNames;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.StringMatch;
import io.inmesh.config.VirtualHostConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servlet requests that a real authorizer is asked about over sockets, through the mesh. */
class ExternalAuthorizationTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private final Application application = new Application()
            .on("/see", (request, response) -> response.getWriter().print("user=" + request.getHeader("x-user")))
            .on("/open", (request, response) -> response.getWriter().print("open"));
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile byte[] answer = {};
    private volatile boolean silent;
    private Server authorizer;

    @BeforeEach
    void start() throws Exception {
        authorizer = NettyServerBuilder.forPort(0)
                .addService(ServerServiceDefinition.builder("envoy.service.auth.v3.Authorization")
                        .addMethod(CHECK, ServerCalls.asyncUnaryCall(this::check))
                        .build())
                .build()
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        authorizer.shutdownNow().awaitTermination();
    }

    @ParameterizedTest
    @EnumSource
    void allowedRequestIsSeenWithTheHeadersOfTheAuthorizer(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            ask(service, LONG, false);
            answer = field(3, header(2, "X-User", "alice"), header(6, "x-checked", "yes"));
            RawClient.Reply reply = service.client().get("/see?a=b", "X-User: forged", "x-list: 1", "X-List: 2");
            assertThat(reply.body()).isEqualTo("user=alice");
            assertThat(reply.text()).contains("x-checked: yes");
            assertThat(asked).hasSize(1);
            assertThat(asked.get(0)).contains("/see?a=b", "x-user", "forged").contains("1,2");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void denialIsAnsweredAsTheAuthorizerSaidIt(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            ask(service, LONG, true);
            answer = join(
                    field(1, new byte[] {0x08, 7}),
                    field(
                            2,
                            field(1, new byte[] {0x08, (byte) 0x91, 0x03}),
                            header(2, "content-type", "application/json"),
                            header(2, "x-why", "no badge"),
                            text(3, "{\"badge\":null}")));
            RawClient.Reply reply = service.client().get("/see");
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.text()).contains("application/json", "x-why: no badge");
            assertThat(reply.body()).isEqualTo("{\"badge\":null}");
            assertThat(service.ends.next()).contains("UNAUTHORIZED");
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestThatNoRuleMatchesIsNotChecked(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            ask(service, LONG, false);
            assertThat(service.client().get("/open").body()).isEqualTo("open");
            assertThat(asked).isEmpty();
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void authorizerThatNeverAnswersRefusesUnlessTheProviderSaysOtherwise(Container container) throws Exception {
        try (Service service = Service.open(container, application)) {
            silent = true;
            ask(service, Duration.ofMillis(200), false);
            RawClient.Reply refused = service.client().get("/see");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body()).isEqualTo("mesh: unauthorized\n");
            assertThat(service.ends.next()).contains("UNAUTHORIZED");

            ask(service, Duration.ofMillis(200), true);
            assertThat(service.client().get("/see").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void authorizerMayBeAskedByHttp(Container container) throws Exception {
        HttpServer web = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        web.createContext("/check/see", exchange -> {
            boolean known = "badge=gold".equals(exchange.getRequestHeaders().getFirst("cookie"));
            exchange.getResponseHeaders().add("x-user", "alice");
            exchange.getResponseHeaders().add("x-why", "no badge");
            byte[] body = (known ? "" : "who?").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 200 : 401, known ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        web.start();
        try (Service service = Service.open(container, application)) {
            ask(
                    service,
                    web.getAddress().getPort(),
                    new ExternalAuthorizerConfig("web", "authz", 9191, LONG, false, 503)
                            .withProtocol(new ExternalProtocol.Http(
                                    "/check",
                                    HeaderNames.of(List.of("cookie")),
                                    List.of(),
                                    HeaderNames.of(List.of("x-user")),
                                    HeaderNames.NONE,
                                    HeaderNames.NONE)));
            assertThat(service.client()
                            .get("/see", "Cookie: badge=gold", "X-User: forged")
                            .body())
                    .isEqualTo("user=alice");
            assertThat(service.ends.next()).isEqualTo("200");
            RawClient.Reply denied = service.client().get("/see", "X-User: forged");
            assertThat(denied.status()).isEqualTo(401);
            assertThat(denied.text()).contains("x-why: no badge");
            assertThat(denied.body()).isEqualTo("who?");
            assertThat(service.ends.next()).contains("UNAUTHORIZED");
        } finally {
            web.stop(0);
        }
    }

    private void ask(Service service, Duration timeout, boolean failOpen) {
        ask(service, authorizer.getPort(), new ExternalAuthorizerConfig("opa", "authz", 9191, timeout, failOpen, 503));
    }

    private static void ask(Service service, int port, ExternalAuthorizerConfig whom) {
        MeshConfig config = MeshConfig.builder()
                .cluster(ClusterConfig.of("authz").endpoint("127.0.0.1", port))
                .virtualHost(VirtualHostConfig.of("authz:9191", RouteConfig.to("authz")))
                .inbound(new InboundConfig(Mtls.PERMISSIVE, List.of(), "")
                        .withExternal(new ExternalAuthorizationConfig(
                                whom, List.of(new Policy("guarded", new Condition.Path(StringMatch.exact("/see")))))))
                .build();
        assertThat(service.mesh.apply(config).problems()).isEmpty();
    }

    private void check(byte[] request, StreamObserver<byte[]> response) {
        asked.add(new String(request, StandardCharsets.ISO_8859_1));
        if (!silent) {
            response.onNext(answer);
            response.onCompleted();
        }
    }

    /** A {@code HeaderValueOption}. */
    private static byte[] header(int field, String name, String value) {
        return field(field, field(1, text(1, name), text(2, value)));
    }

    private static byte[] text(int field, String value) {
        return field(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** A field whose content is shorter than 128 bytes. */
    private static byte[] field(int number, byte[]... content) {
        byte[] inner = join(content);
        return join(new byte[] {(byte) (number << 3 | 2), (byte) inner.length}, inner);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static final Marshaller<byte[]> BYTES = new Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private static final MethodDescriptor<byte[], byte[]> CHECK = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("envoy.service.auth.v3.Authorization/Check")
            .setRequestMarshaller(BYTES)
            .setResponseMarshaller(BYTES)
            .build();
}
