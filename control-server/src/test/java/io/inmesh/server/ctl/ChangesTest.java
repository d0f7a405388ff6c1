package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.ctl.MeshUnderTest.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a change would do, whom it would reach, what was changed, and the way back. Each test has a resource of its own. */
class ChangesTest {

    private static final String SERVICES = """
            {apiVersion: v1, kind: Service, metadata: {name: reviews}, spec: {ports: [{port: 9080, name: http}]}}
            """;

    @TempDir
    private static Path folder;

    private static MeshUnderTest mesh;

    @BeforeAll
    static void serve() throws Exception {
        mesh = new MeshUnderTest(folder);
        mesh.apply(SERVICES);
        mesh.join("default", "productpage");
        mesh.join("elsewhere", "shop");
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void diffShowsWhatWouldChangeAsAUnifiedDiffAndChangesNothing() throws Exception {
        mesh.apply(rule("shown", "1s"));

        Run run = mesh.run("diff", "-f", mesh.file("shown.yaml", rule("shown", "2s")));

        assertThat(run.exitCode()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.out())
                .contains("--- before/default/virtualservice.networking.istio.io/shown")
                .contains("+++ after/default/virtualservice.networking.istio.io/shown")
                .contains("\n-  - timeout: 1s\n+  - timeout: 2s\n")
                .doesNotContain("resourceVersion");
        assertThat(mesh.run("get", "vs", "shown", "-o", "json").out()).contains("\"1s\"");
        assertThat(mesh.run("history", "vs", "shown").out().lines()).hasSize(2);
    }

    @Test
    void diffNamesTheProcessesThatWouldBeSentSomethingElse() throws Exception {
        String everybody = mesh.file("everybody.yaml", ofReviews(""));
        assertThat(mesh.run("diff", "-f", everybody).out()).contains("productpage-", "shop-", "changed routes 9080");

        String own = mesh.file("own.yaml", ofReviews("exportTo: [\".\"], "));
        assertThat(mesh.run("diff", "-f", own).out()).contains("productpage-").doesNotContain("shop-");
        assertThat(mesh.run("apply", "--dry-run", "-f", own).out())
                .contains("created (dry run)", "productpage-")
                .doesNotContain("shop-");
    }

    @Test
    void diffOfWhatIsThereAlreadyFindsNothing() throws Exception {
        mesh.apply(rule("same", "1s"));

        Run run = mesh.run("diff", "-f", mesh.file("same.yaml", rule("same", "1s")));

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).isEqualToIgnoringNewLines("no connected process is affected");
    }

    @Test
    void diffOfWhatWouldBeRefusedSaysWhy() throws Exception {
        Run run = mesh.run("diff", "-f", mesh.file("bad.yaml", rule("bad", "never")));

        assertThat(run.exitCode()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.err()).contains("bad.yaml:1", "spec.http[0].timeout", "would be refused");
    }

    @Test
    void historyTellsWhoAndWhatAndRollbackMakesANewVersion() throws Exception {
        mesh.apply(rule("past", "1s"));
        mesh.apply(rule("past", "2s"));

        Run before = mesh.run("history", "vs", "past");
        assertThat(before.out().lines().toList()).hasSize(3);
        assertThat(before.out().lines().toList().get(1)).contains("*", "updated", "loopback");
        assertThat(before.out().lines().toList().get(2)).contains("created").doesNotContain("*");
        String first = before.out().lines().toList().get(2).split(" ")[0];
        assertThat(mesh.run("history", "vs", "past", "--version", first, "-o", "yaml")
                        .out())
                .contains("timeout: \"1s\"");

        Run tried = mesh.run("rollback", "vs", "past", "--dry-run");
        assertThat(tried.out()).contains("-  - timeout: 2s\n+  - timeout: 1s", "(dry run)");
        assertThat(mesh.run("history", "vs", "past").out().lines()).hasSize(3);

        Run rolled = mesh.run("rollback", "vs", "past", "--to", first);
        assertThat(rolled.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(rolled.out()).contains("rolled back to version " + first);
        assertThat(mesh.run("get", "vs", "past", "-o", "json").out()).contains("\"1s\"");
        assertThat(mesh.run("history", "vs", "past").out().lines()).hasSize(4);
    }

    @Test
    void rollbackBringsBackWhatWasDeletedButNotWhatNeverWas() throws Exception {
        mesh.apply(rule("lost", "1s"));
        mesh.run("delete", "vs", "lost");
        assertThat(mesh.run("history", "vs", "lost").out()).contains("deleted");

        assertThat(mesh.run("rollback", "vs", "lost").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(mesh.run("get", "vs", "lost").exitCode()).isEqualTo(ExitCode.OK);

        Run nothingBefore = mesh.run("rollback", "vs", "lost", "--to", "999999");
        assertThat(nothingBefore.exitCode()).isEqualTo(ExitCode.FINDINGS);
        assertThat(nothingBefore.err()).contains("version 999999", "not found");
        assertThat(mesh.run("history", "vs", "never-was").exitCode()).isEqualTo(ExitCode.FINDINGS);
    }

    @Test
    void rollbackThatExpectsAnotherPresentVersionIsAConflict() throws Exception {
        mesh.apply(rule("raced", "1s"));
        mesh.apply(rule("raced", "2s"));

        Run run = mesh.run("rollback", "vs", "raced", "--expect", "1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.err()).contains("has been changed since version 1");
        assertThat(mesh.run("get", "vs", "raced", "-o", "json").out()).contains("\"2s\"");
    }

    private static String ofReviews(String more) {
        return "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: reach}, spec: {" + more
                + "hosts: [reviews.default.svc.cluster.local], http: [{timeout: 3s, route: [{destination: {host: reviews}}]}]}}\n";
    }

    /** One host each, so that tests do not contradict one another. */
    private static String rule(String name, String timeout) {
        return "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: " + name
                + "}, spec: {hosts: [" + name + ".example.com], http: [{timeout: " + timeout
                + ", route: [{destination: {host: reviews}}]}]}}\n";
    }
}
