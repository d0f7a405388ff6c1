package io.inmesh.server.ctl;

import static io.inmesh.server.ctl.MeshUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rollouts on the command line of a whole server; there is no traffic, so nothing happens but by hand. */
class RolloutCommandTest {

    private static final String CONFIG = """
            {apiVersion: v1, kind: Service, metadata: {name: reviews}, spec: {ports: [{port: 9080, name: http}], selector: {app: reviews}}}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews}
            spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http: [{route: [{destination: {host: reviews, subset: v1}, weight: 100}, {destination: {host: reviews, subset: v2}, weight: 0}]}]
            ---
            apiVersion: inmesh.io/v1alpha1
            kind: Rollout
            metadata: {name: reviews-v2}
            spec:
              target: {kind: VirtualService, name: reviews}
              stable: {host: reviews, subset: v1}
              canary: {host: reviews, subset: v2}
              steps: [{weight: 10, wait: 1s}, {weight: 50, wait: 1s}]
              analysis: {interval: 1s, errorRate: {maxPercent: 1}}
            """;

    @TempDir
    private Path folder;

    private MeshUnderTest mesh;

    @BeforeEach
    void serve() throws Exception {
        mesh = new MeshUnderTest(folder);
        mesh.apply(CONFIG);
        await(() -> list().contains("Progressing") && list().contains("INCONCLUSIVE"));
    }

    @AfterEach
    void stop() {
        mesh.close();
    }

    private String list() {
        return mesh.run("rollout", "list", "-o", "wide").out();
    }

    @Test
    void withoutRequestsItWaitsAndSaysSo() {
        assertThat(list().lines().toList().get(0).split(" +"))
                .containsExactly(
                        "NAME", "NAMESPACE", "PHASE", "STEP", "CANARY", "SINCE", "ANALYSIS", "TARGET", "REASON");
        assertThat(list()).contains("1/2", "10%", "VirtualService/reviews", "step 1 of 2 gives the canary 10 %");
        MeshUnderTest.Run status = mesh.run("rollout", "status", "reviews-v2");
        assertThat(status.exitCode()).isZero();
        assertThat(status.out())
                .contains("reviews-v2: Progressing, step 1/2, 10% to the canary")
                .contains("the canary had 0 of the 100 requests that it takes to judge it")
                .contains("VERSION   REQUESTS   FAILED   ERRORS   LATENCY");
        assertThat(mesh.run("rollout", "status", "reviews-v2", "-o", "json").out())
                .contains("\"phase\" : \"Progressing\"", "\"conditions\"");
        assertThat(mesh.run("get", "rollout", "reviews-v2", "-o", "yaml").out())
                .as("as a status of the resource too")
                .contains("phase: \"Progressing\"");
    }

    @Test
    void itIsPausedResumedAndPromotedByHand() {
        assertThat(mesh.run("rollout", "pause", "reviews-v2").out()).startsWith("reviews-v2: Paused, paused by ");
        MeshUnderTest.Run again = mesh.run("rollout", "pause", "reviews-v2");
        assertThat(again.exitCode()).isEqualTo(ExitCode.FINDINGS);
        assertThat(again.err()).contains("only one that goes through its steps can be paused");
        assertThat(mesh.run("rollout", "resume", "reviews-v2").out()).startsWith("reviews-v2: Progressing");
        assertThat(mesh.run("rollout", "promote", "reviews-v2").exitCode()).isZero();
        MeshUnderTest.Run watched = mesh.run("rollout", "status", "reviews-v2", "-w");
        assertThat(watched.exitCode()).isZero();
        assertThat(watched.out()).contains("Promoted    step 1/2  canary 100% promoted by ");
        assertThat(mesh.run("history", "virtualservice", "reviews").out()).contains("rollout reviews-v2");
        assertThat(mesh.run("audit", "--event", "rollout-promoted").out()).contains("rollout reviews-v2");
    }

    @Test
    void itIsAbortedAndBegunAnew() {
        assertThat(mesh.run("rollout", "abort", "reviews-v2").exitCode()).isZero();
        MeshUnderTest.Run watched = mesh.run("rollout", "status", "reviews-v2", "-w");
        assertThat(watched.exitCode()).isEqualTo(ExitCode.FINDINGS);
        assertThat(watched.out()).contains("RolledBack  step 1/2  canary 0%");
        assertThat(mesh.run("rollout", "status", "reviews-v2", "-w", "-o", "json")
                        .out())
                .contains("\"phase\" : \"RolledBack\"");
        assertThat(mesh.run("rollout", "retry", "reviews-v2").exitCode()).isZero();
        await(() -> list().contains("Progressing"));
    }

    @Test
    void whatDoesNotExistIsNamed() {
        MeshUnderTest.Run run = mesh.run("rollout", "abort", "gone");
        assertThat(run.exitCode()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.err()).contains("Rollout default/gone");
    }
}
