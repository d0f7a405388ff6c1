package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.inmesh.Mesh;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.JwtRuleConfig;
import io.inmesh.config.JwtRuleConfig.ClaimHeader;
import io.inmesh.config.JwtRuleConfig.Locations;
import io.inmesh.config.MeshConfig;
import io.inmesh.testkit.TestIssuer;
import io.inmesh.token.VerifiedToken;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** gRPC calls with tokens: what is refused, and what handlers see of the rest. */
class TokenTest {

    private static final TestIssuer ISSUER = TestIssuer.rsa("https://issuer.example");
    private static final JwtRuleConfig RULE = new JwtRuleConfig(
            ISSUER.name(),
            List.of(),
            ISSUER.keys(),
            Locations.DEFAULT,
            false,
            "",
            List.of(new ClaimHeader("x-user", "sub")),
            List.of());
    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Metadata.Key<String> USER = key("x-user");

    private Mesh mesh;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        mesh = Mesh.builder()
                .config(MeshConfig.builder()
                        .inbound(new InboundConfig(InboundConfig.Mtls.DISABLE, List.of(), "")
                                .withJwtRules(List.of(RULE)))
                        .build())
                .build();
        server = MeshGrpc.server(0, mesh)
                .addService(ServerInterceptors.intercept(TextService.answering(request -> seen()), new ShownHeaders()))
                .build()
                .start();
        channel = TextService.plaintextChannel(server);
    }

    /** {@return what a handler sees of a call: the token, whom it names, and whom the mesh has verified} */
    private static String seen() {
        Metadata headers = ShownHeaders.now();
        VerifiedToken token = MeshGrpc.TOKEN.get();
        return headers.get(AUTHORIZATION) + " " + headers.get(USER) + " "
                + (token == null ? "none" : token.principal());
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
        mesh.close();
    }

    @Test
    void tokenThatIsNotValidIsUnauthenticatedAndSaysNoMore() {
        StatusRuntimeException refused =
                catchThrowableOfType(StatusRuntimeException.class, () -> call("Bearer a.b.c", null));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refused.getStatus().getDescription()).isEqualTo("mesh: invalid_token");
    }

    @Test
    void verifiedTokenIsHiddenAndItsClaimsAreShown() {
        assertThat(call("Bearer " + ISSUER.token("alice"), "admin"))
                .isEqualTo("null alice https://issuer.example/alice");
    }

    @Test
    void claimHeadersOfTheClientAreHiddenWithoutToken() {
        assertThat(call(null, "admin")).isEqualTo("null null none");
    }

    private String call(String authorization, String user) {
        Metadata headers = new Metadata();
        if (authorization != null) {
            headers.put(AUTHORIZATION, authorization);
        }
        if (user != null) {
            headers.put(USER, user);
        }
        return ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                TextService.UNARY,
                CallOptions.DEFAULT,
                "x");
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
