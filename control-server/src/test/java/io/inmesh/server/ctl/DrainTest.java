package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.server.ctl.MeshUnderTest.Run;
import io.inmesh.testkit.FakeCall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator's drain, from the command line to the caller that picks nobody any more. */
class DrainTest {

    private static final int DRAINED_PORT = 9080;
    private static final int OTHER_PORT = 9081;
    private static final int CALLS = 100;

    @TempDir
    private Path folder;

    @Test
    void aDrainedInstanceGetsNoNewCallsUntilItIsUndrained() throws Exception {
        try (MeshUnderTest mesh = new MeshUnderTest(folder)) {
            mesh.apply("""
                    {apiVersion: v1, kind: Service, metadata: {name: reviews},
                      spec: {selector: {app: reviews}, ports: [{port: 9080, name: http}]}}
                    """);
            Mesh caller = mesh.join("default", "productpage");
            mesh.join("default", "reviews").serve(DRAINED_PORT);
            mesh.join("default", "reviews").serve(OTHER_PORT);
            MeshUnderTest.await(() -> picks(caller).equals(Set.of(DRAINED_PORT, OTHER_PORT)));
            String instance = instance(mesh);

            Run drained = mesh.run("drain", instance, "--reason", "new kernel");

            assertThat(drained.out()).contains("drained " + instance);
            MeshUnderTest.await(() -> picks(caller).equals(Set.of(OTHER_PORT)));
            assertThat(mesh.run("status").out()).containsPattern(instance + " .*DRAINING");
            assertThat(mesh.run("endpoints", "reviews").out()).contains("DRAINING");
            assertThat(mesh.run("drained").out()).contains(instance, "loopback", "new kernel");
            assertThat(mesh.run("audit", "--event", "drained").out()).contains(instance);

            assertThat(mesh.run("undrain", instance).out()).contains("undrained " + instance);
            MeshUnderTest.await(() -> picks(caller).equals(Set.of(DRAINED_PORT, OTHER_PORT)));
            assertThat(mesh.run("undrain", instance).err()).contains("not found");
            assertThat(mesh.run("drain", "nobody").err()).contains("no instance nobody is registered");
        }
    }

    /** The instance with the port that is drained, as status names it. */
    private static String instance(MeshUnderTest mesh) throws IOException {
        for (JsonNode workload :
                Api.JSON.readTree(mesh.run("status", "-o", "json").out()).path("workloads")) {
            for (JsonNode port : workload.path("ports")) {
                if (port.asInt() == DRAINED_PORT) {
                    return workload.path("name").asText();
                }
            }
        }
        throw new AssertionError("nobody has registered that port");
    }

    /** Where so many calls go that each of two endpoints gets some. */
    private static Set<Integer> picks(Mesh caller) {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < CALLS; i++) {
            Dispatch dispatch = caller.outbound(FakeCall.get("/").to("reviews", 9080));
            if (dispatch != null && dispatch.start() instanceof Attempt attempt) {
                ports.add(attempt.endpoint().port());
                dispatch.settle(attempt, Outcome.Response.http(200));
            }
        }
        return ports;
    }
}
