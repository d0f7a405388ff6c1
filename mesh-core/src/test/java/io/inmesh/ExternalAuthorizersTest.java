package io.inmesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.ExternalProtocol;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.inbound.Admission;
import io.inmesh.testkit.FakeCall;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Authorizers to be asked where no adapter is on the class path; in the core's own tests there is none. */
class ExternalAuthorizersTest {

    @Test
    void withoutAnAdapterRequestsAreRefusedAndTheMissingDependencyIsNamed() {
        assertThat(refusal(new ExternalProtocol.Grpc()).message()).contains("add the dependency io.inmesh:mesh-grpc");
        assertThat(refusal(ExternalProtocol.Http.PLAIN).message()).contains("add the dependency io.inmesh:mesh-okhttp");
    }

    @Test
    void closedMeshAsksNobodyAnyMore() {
        Mesh mesh = mesh(ExternalProtocol.Http.PLAIN);
        mesh.close();
        assertThat(mesh.inbound(FakeCall.get("/")).admitted()).isFalse();
    }

    private static Outcome.Rejection refusal(ExternalProtocol protocol) {
        try (Mesh mesh = mesh(protocol)) {
            Admission admission = mesh.inbound(FakeCall.get("/"));
            assertThat(admission.pending()).isFalse();
            assertThat(admission.admitted()).isFalse();
            return (Outcome.Rejection) admission.rejection();
        }
    }

    private static Mesh mesh(ExternalProtocol protocol) {
        return Mesh.of(MeshConfig.builder()
                .inbound(new InboundConfig(InboundConfig.Mtls.DISABLE, List.of(), "")
                        .withExternal(new ExternalAuthorizationConfig(
                                new ExternalAuthorizerConfig("opa", "opa", 9191, Duration.ofSeconds(30), false, 503)
                                        .withProtocol(protocol),
                                List.of(new Policy("ns[a]-policy[b]", new Condition.Always())))))
                .build());
    }
}
