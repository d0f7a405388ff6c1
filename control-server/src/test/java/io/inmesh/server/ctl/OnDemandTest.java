package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.call.Outcome;
import io.inmesh.client.ControlClientBuilder;
import io.inmesh.drive.BlockingDriver;
import io.inmesh.testkit.FakeCall;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that asks for endpoints when it calls, and its control server. */
@Timeout(120)
class OnDemandTest {

    private static final String SERVICES = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: reviews}
            spec:
              hosts: [reviews.test]
              ports: [{number: 9080, name: http, protocol: HTTP}]
              resolution: STATIC
              endpoints: [{address: 10.0.0.1}]
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: ratings}
            spec:
              hosts: [ratings.test]
              ports: [{number: 9080, name: http, protocol: HTTP}]
              resolution: STATIC
              endpoints: [{address: 10.0.0.2}]
            """;

    @TempDir
    Path folder;

    private MeshUnderTest server;

    @BeforeEach
    void start() throws Exception {
        server = new MeshUnderTest(folder);
        server.apply(SERVICES);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void isSentTheEndpointsOfWhatItCallsAndNoOthers() throws Exception {
        Mesh mesh = server.join("default", "productpage", ControlClientBuilder::endpointsOnDemand);
        assertThat(endpoints()).doesNotContain("10.0.0.1", "10.0.0.2");

        assertThat(called(mesh, "reviews.test")).containsExactly("10.0.0.1");

        MeshUnderTest.await(() -> endpoints().contains("10.0.0.1"));
        assertThat(endpoints()).doesNotContain("10.0.0.2");
    }

    @Test
    void isSentAllEndpointsUnlessToldOtherwise() throws Exception {
        Mesh mesh = server.join("default", "productpage");

        MeshUnderTest.await(
                () -> endpoints().contains("10.0.0.1") && endpoints().contains("10.0.0.2"));
        assertThat(called(mesh, "ratings.test")).containsExactly("10.0.0.2");
    }

    @Test
    void followsChangesOfWhatItHasCalled() throws Exception {
        Mesh mesh = server.join("default", "productpage", ControlClientBuilder::endpointsOnDemand);
        called(mesh, "reviews.test");

        server.apply(SERVICES.replace("10.0.0.1", "10.0.0.7"));

        MeshUnderTest.await(() -> called(mesh, "reviews.test").equals(List.of("10.0.0.7")));
    }

    private String endpoints() {
        return server.run("inspect", "endpoints", "productpage").out();
    }

    /** {@return the endpoints that a call was sent to} */
    private static List<String> called(Mesh mesh, String host) {
        List<String> hosts = new ArrayList<>();
        MeshUnderTest.await(() -> mesh.knows(host, 9080));
        try {
            new BlockingDriver()
                    .run(Objects.requireNonNull(mesh.outbound(FakeCall.get("/").to(host, 9080))), attempt -> {
                        hosts.add(attempt.endpoint().config().host());
                        return new Outcome.Response(200, -1, Outcome.Response.NO_PUSHBACK);
                    });
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return hosts;
    }
}
