package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.inmesh.Mesh;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.Condition.Cidr;
import io.inmesh.config.ForwardersConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.testkit.Http2Wire;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers that say they are somebody else, and forwarders that say who they are. */
class ForwardedForTest {

    private static final int OK = 0;
    private static final int INVALID_ARGUMENT = 3;
    private static final int PERMISSION_DENIED = 7;
    private static final String NAME = "x-forwarded-for";

    /** The test's own address, so that it is a forwarder. */
    private static final ForwardersConfig HERE = ForwardersConfig.at(new Cidr("127.0.0.0", 8));

    private static final AuthorizationConfig OFFICE_ONLY = new AuthorizationConfig(
            Action.ALLOW, List.of(new Policy("office", new Condition.RemoteIp(new Cidr("198.51.100.0", 24)))));

    private Mesh mesh;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        mesh = Mesh.of(MeshConfig.builder().build());
        server = NettyServerBuilder.forPort(0)
                .addService(ServerInterceptors.intercept(
                        TextService.answering(request -> "served"), MeshGrpc.serverInterceptor(mesh)))
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
        mesh.close();
    }

    @Test
    void aCallerThatIsNoForwarderIsNotBelieved() throws Exception {
        believe(ForwardersConfig.NONE);
        assertThat(call(NAME, "198.51.100.1")).isEqualTo(PERMISSION_DENIED);
        believe(ForwardersConfig.at(new Cidr("10.0.0.0", 8)));
        assertThat(call(NAME, "198.51.100.1")).isEqualTo(PERMISSION_DENIED);
    }

    @Test
    void whatAForwarderAppendedCountsNotWhatTheCallerWrote() throws Exception {
        for (ForwardersConfig forwarders : List.of(HERE, ForwardersConfig.hops(1))) {
            believe(forwarders);
            assertThat(call(NAME, "203.0.113.7, 198.51.100.1")).isEqualTo(OK);
            assertThat(call(NAME, "198.51.100.1, 203.0.113.7")).isEqualTo(PERMISSION_DENIED);
            assertThat(call(NAME, "203.0.113.7", NAME, "198.51.100.1")).isEqualTo(OK);
            assertThat(call(NAME, "198.51.100.1", NAME, "203.0.113.7")).isEqualTo(PERMISSION_DENIED);
        }
    }

    @Test
    void whatCannotBeReadIsRefused() throws Exception {
        believe(HERE);
        assertThat(call(NAME, "198.51.100.1, unknown")).isEqualTo(INVALID_ARGUMENT);
        assertThat(call(NAME, "127.0.0.1,".repeat(100) + "127.0.0.1")).isEqualTo(INVALID_ARGUMENT);
        believe(ForwardersConfig.hops(2));
        assertThat(call(NAME, "198.51.100.1")).isEqualTo(INVALID_ARGUMENT);
    }

    private void believe(ForwardersConfig forwarders) {
        InboundConfig inbound =
                new InboundConfig(InboundConfig.Mtls.PERMISSIVE, List.of(OFFICE_ONLY), "").withForwarders(forwarders);
        assertThat(mesh.apply(MeshConfig.builder().inbound(inbound).build()).applied())
                .isTrue();
    }

    private int call(String... headers) throws IOException {
        return RawCall.status(server, Http2Wire.call("/test.Text/Unary", headers))
                .orElseThrow();
    }
}
