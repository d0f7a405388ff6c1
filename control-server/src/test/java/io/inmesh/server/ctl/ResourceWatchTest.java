package io.inmesh.server.ctl;

import static io.inmesh.server.ctl.MeshUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.ctl.MeshUnderTest.Run;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code meshctl get -w} against a whole server. Each test has a namespace of its own. */
class ResourceWatchTest {

    private static final String SERVICE =
            "{apiVersion: v1, kind: Service, metadata: {name: %s}, spec: {ports: [{port: %d, name: http}]}}\n";
    private static final String ROLLOUT = """
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
              steps: [{weight: 10, wait: 1s}]
              analysis: {interval: 1s, errorRate: {maxPercent: 1}}
            """;

    @TempDir
    private static Path folder;

    private static MeshUnderTest mesh;

    @BeforeAll
    static void serve() throws Exception {
        mesh = new MeshUnderTest(folder);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void whatChangesIsShownAfterWhatIsThere() throws Exception {
        apply("shown", SERVICE.formatted("reviews", 1));
        Watched watched =
                new Watched(mesh, "get", "services", "-n", "shown", "-w", "--output-watch-events", "--updates", "3");
        await(() -> watched.begun("ADDED   service/reviews"));
        apply("shown", SERVICE.formatted("a-service-with-a-long-name", 2));
        apply("shown", SERVICE.formatted("reviews", 3));
        mesh.run("delete", "service", "reviews", "-n", "shown");

        List<String> lines = watched.end();
        assertThat(lines.get(0).split(" +"))
                .containsExactly("EVENT", "NAME", "NAMESPACE", "GENERATION", "STATUS", "AGE");
        assertThat(lines.stream().skip(1).map(line -> line.replaceAll(" +", " ").replaceFirst("( \\S+){4}$", "")))
                .containsExactly(
                        "ADDED service/reviews",
                        "ADDED service/a-service-with-a-long-name",
                        "MODIFIED service/reviews",
                        "DELETED service/reviews");
    }

    @Test
    void aNameLeavesOutAllOthers() throws Exception {
        apply("named", SERVICE.formatted("reviews", 1) + "---\n" + SERVICE.formatted("ratings", 1));
        Watched watched =
                new Watched(mesh, "get", "services", "ratings", "-n", "named", "-w", "-o", "name", "--updates", "1");
        await(() -> watched.begun("service/ratings"));
        apply("named", SERVICE.formatted("reviews", 2));
        apply("named", SERVICE.formatted("ratings", 2));

        assertThat(watched.end()).containsExactly("service/ratings", "service/ratings");
    }

    @Test
    void theStatusOfARolloutChangesWithoutAChangeOfTheRollout() throws Exception {
        apply("default", ROLLOUT);

        Run run = mesh.run("get", "rollouts", "--watch-only", "--updates", "1", "-o", "json", "--output-watch-events");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(Api.JSON.readTree(run.out()).path("type").asText()).isEqualTo("MODIFIED");
        assertThat(Api.JSON
                        .readTree(run.out())
                        .at("/object/metadata/generation")
                        .asInt())
                .isEqualTo(1);
        assertThat(Api.JSON.readTree(run.out()).at("/object/status/phase").asText())
                .isNotEmpty();
    }

    @Test
    void onlyOneKindIsWatched() {
        Run run = mesh.run("get", "all", "-w");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("one kind is watched at a time");
        assertThat(mesh.run("get", "services", "--output-watch-events").exitCode())
                .as("nothing is watched")
                .isEqualTo(ExitCode.USAGE);
    }

    private static void apply(String namespace, String yaml) throws Exception {
        Run run = mesh.run("apply", "-n", namespace, "-f", mesh.file(namespace + ".yaml", yaml));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    }
}
