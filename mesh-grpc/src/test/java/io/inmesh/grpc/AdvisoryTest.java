package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.inmesh.Mesh;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.StringMatch;
import io.inmesh.testkit.Http2Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sends what was dangerous to others, frame by frame, to a gRPC server; {@code docs/advisories.md} has the stories. */
class AdvisoryTest {

    private static final int OK = 0;
    private static final int INVALID_ARGUMENT = 3;
    private static final int PERMISSION_DENIED = 7;
    private static final int UNIMPLEMENTED = 12;

    /** HTTP/2 itself refuses it: the stream is reset. */
    private static final int RESET = -1;

    private static final String UNARY = "/test.Text/Unary";
    private static final Condition PAY = new Condition.Path(StringMatch.exact("/test.Text/Pay"));
    private static final Condition ADMIN = header("x-role", StringMatch.exact("admin"));
    private static final Condition ADMIN_HOST = header(":authority", StringMatch.exact("admin.example"));
    private static final Condition PRODUCTPAGE =
            new Condition.Principal(StringMatch.exact("spiffe://test.local/ns/default/sa/productpage"));

    /**
     * A dangerous call.
     *
     * @param id the name it is known by
     * @param policy what is to be enforced
     * @param status how the call must end
     * @param block its header block
     */
    private record Advisory(String id, AuthorizationConfig policy, int status, byte[] block) {
        @Override
        public String toString() {
            return id;
        }
    }

    private final BlockingQueue<Metadata> served = new LinkedBlockingQueue<>();
    private Mesh mesh;
    private Server server;

    static Stream<Advisory> advisories() {
        return Stream.of(
                new Advisory("CVE-2026-33186", deny(PAY), RESET, Http2Wire.call("test.Text/Pay")),
                new Advisory("CVE-2021-31920", deny(PAY), UNIMPLEMENTED, Http2Wire.call("//test.Text/Pay")),
                new Advisory("CVE-2021-31920", deny(PAY), UNIMPLEMENTED, Http2Wire.call("/test.Text//Pay")),
                new Advisory("CVE-2021-29492", deny(PAY), UNIMPLEMENTED, Http2Wire.call("/test.Text%2FPay")),
                new Advisory("CVE-2021-29492", deny(PAY), UNIMPLEMENTED, Http2Wire.call("/test.Text/P%61y")),
                new Advisory("CVE-2026-73553", deny(PAY), UNIMPLEMENTED, Http2Wire.call("/test.Text/Pay;x=1")),
                new Advisory("CVE-2020-8595", deny(PAY), UNIMPLEMENTED, Http2Wire.call("/test.Text/Pay?x=1")),
                new Advisory("CVE-2021-39156", deny(PAY), UNIMPLEMENTED, Http2Wire.call("/test.Text/Pay#")),
                new Advisory("CVE-2021-39155", deny(ADMIN_HOST), PERMISSION_DENIED, to("Admin.EXAMPLE")),
                new Advisory("CVE-2021-39155", deny(ADMIN_HOST), PERMISSION_DENIED, to("admin.example.:80")),
                new Advisory("CVE-2024-6763", deny(ADMIN_HOST), INVALID_ARGUMENT, to("shop.example@admin.example")),
                new Advisory("CVE-2026-48710", deny(ADMIN_HOST), INVALID_ARGUMENT, to("shop.example/x?")),
                new Advisory("CVE-2022-2047", deny(ADMIN_HOST), INVALID_ARGUMENT, to("admin.example:99999")),
                // gRPC drops a host beside the authority, so there is one reading.
                new Advisory("CVE-2022-2047", deny(ADMIN_HOST), OK, to("shop.example", "host", "admin.example")),
                new Advisory(
                        "CVE-2022-2047",
                        deny(ADMIN_HOST),
                        PERMISSION_DENIED,
                        to("admin.example", "host", "shop.example")),
                new Advisory(
                        "CVE-2026-26308",
                        deny(ADMIN),
                        PERMISSION_DENIED,
                        Http2Wire.call(UNARY, "x-role", "user", "x-role", "admin")),
                new Advisory(
                        "CVE-2026-26308",
                        deny(ADMIN),
                        PERMISSION_DENIED,
                        Http2Wire.call(UNARY, "x-role", "user,admin")),
                new Advisory(
                        "CVE-2021-32777",
                        deny(ADMIN),
                        PERMISSION_DENIED,
                        Http2Wire.call(UNARY, "x-role", "admin", "x-role", "user")),
                new Advisory(
                        "CVE-2019-18802", deny(ADMIN), PERMISSION_DENIED, Http2Wire.call(UNARY, "x-role", "admin ")),
                new Advisory(
                        "CVE-2025-64484",
                        allow(PRODUCTPAGE),
                        PERMISSION_DENIED,
                        Http2Wire.call(
                                UNARY, "x-forwarded-client-cert", "URI=spiffe://test.local/ns/default/sa/productpage")),
                // A request that HTTP/2 itself forbids never gets as far as a policy.
                new Advisory("CVE-2019-9900", deny(ADMIN), RESET, Http2Wire.call(UNARY, "X-Role", "admin")));
    }

    @ParameterizedTest
    @MethodSource("advisories")
    void dangerousCallDoesNoHarm(Advisory advisory) throws Exception {
        assertThat(mesh.apply(config(advisory.policy())).applied()).isTrue();
        assertThat(call(advisory.block())).isEqualTo(advisory.status());
        assertThat(served.isEmpty()).isEqualTo(advisory.status() != OK);
    }

    /** Were nothing served at all, the rest would prove nothing. */
    @Test
    void goodCallsAreServed() throws Exception {
        for (Condition condition : List.of(PAY, ADMIN, ADMIN_HOST)) {
            assertThat(mesh.apply(config(deny(condition))).applied()).isTrue();
            assertThat(call(Http2Wire.call(UNARY, "x-role", "user"))).isEqualTo(OK);
        }
        assertThat(served).hasSize(3);
    }

    @Test
    void claimedIdentitiesAreHiddenFromTheApplicationBinaryOnesToo() throws Exception {
        byte[] block = Http2Wire.call(
                UNARY,
                "x-forwarded-client-cert",
                "By=x",
                "x-inmesh-peer",
                "admin",
                "x-inmesh-peer-bin",
                "AAAA",
                "x_inmesh_peer",
                "admin",
                "x-envoy-internal",
                "true",
                "x-envoy-peer-metadata-id",
                "a",
                "x-request-id",
                "42");
        assertThat(call(block)).isEqualTo(OK);
        assertThat(served.take().keys())
                .contains("x-request-id")
                .noneMatch(name -> name.matches("x.(inmesh|envoy).*|x-forwarded.*"));
    }

    @Test
    void documentNamesTheSameAdvisories() throws IOException {
        List<String> documented = Files.readAllLines(Path.of("../docs/advisories.md")).stream()
                .filter(line -> line.contains("grpc `AdvisoryTest`"))
                .map(line -> line.split("\\|")[1].strip().split(" ")[0])
                .toList();
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        advisories().map(Advisory::id).distinct().toList());
    }

    @BeforeEach
    void start() throws IOException {
        mesh = Mesh.of(MeshConfig.builder().build());
        server = NettyServerBuilder.forPort(0)
                .addService(ServerInterceptors.interceptForward(
                        TextService.answering(request -> "served"),
                        MeshGrpc.serverInterceptor(mesh),
                        new Application()))
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
        mesh.close();
    }

    /** Notes what gets as far as the application. */
    private final class Application implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            served.add(headers);
            return Contexts.interceptCall(Context.current(), call, headers, next);
        }
    }

    private int call(byte[] block) throws IOException {
        return RawCall.status(server, block).orElse(RESET);
    }

    private static byte[] to(String authority, String... more) {
        String[] headers = new String[12 + more.length];
        String[] usual = {
            ":method",
            "POST",
            ":scheme",
            "http",
            ":path",
            UNARY,
            ":authority",
            authority,
            "content-type",
            "application/grpc",
            "te",
            "trailers"
        };
        System.arraycopy(usual, 0, headers, 0, usual.length);
        System.arraycopy(more, 0, headers, usual.length, more.length);
        return Http2Wire.block(headers);
    }

    private static Condition header(String name, StringMatch match) {
        return new Condition.Header(HeaderMatch.of(name, match));
    }

    private static AuthorizationConfig deny(Condition condition) {
        return new AuthorizationConfig(Action.DENY, List.of(new Policy("advisory", condition)));
    }

    private static AuthorizationConfig allow(Condition condition) {
        return new AuthorizationConfig(Action.ALLOW, List.of(new Policy("advisory", condition)));
    }

    private static MeshConfig config(AuthorizationConfig policy) {
        return MeshConfig.builder()
                .inbound(new InboundConfig(InboundConfig.Mtls.PERMISSIVE, List.of(policy), ""))
                .build();
    }
}
