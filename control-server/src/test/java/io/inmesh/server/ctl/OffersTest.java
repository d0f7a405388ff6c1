package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The names shells offer, from a whole server with processes. */
class OffersTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    /** Nobody calls it. */
    private static final int PORT = 4711;

    @TempDir
    private static Path folder;

    private static MeshUnderTest mesh;
    private static String process;

    @BeforeAll
    static void serve() throws Exception {
        mesh = new MeshUnderTest(folder);
        mesh.apply("""
                {apiVersion: v1, kind: Service, metadata: {name: reviews, namespace: shop}, spec: {ports: [{port: 9080, name: http}]}}
                ---
                {apiVersion: v1, kind: Service, metadata: {name: ratings, namespace: other}, spec: {ports: [{port: 9080, name: http}]}}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews-by-weight, namespace: shop}
                spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews}}]}]}
                """);
        mesh.join("shop", "details").serve(PORT);
        process = mesh.run("status", "-n", "shop")
                .out()
                .lines()
                .filter(line -> line.startsWith("details-"))
                .findFirst()
                .orElseThrow()
                .split(" ")[0];
        MeshUnderTest.await(() -> !offered("drain -n shop ").isEmpty());
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void resourcesAreThoseOfTheKindAndTheNamespace() {
        assertThat(offered("get virtualservices -n shop ")).containsExactly("reviews-by-weight");
        assertThat(offered("get vs -n shop re")).containsExactly("reviews-by-weight");
        assertThat(offered("history services --namespace=shop ")).containsExactly("reviews");
        assertThat(offered("delete virtualservices -n shop ")).containsExactly("reviews-by-weight");
        assertThat(offered("get virtualservices -n other ")).isEmpty();
        assertThat(offered("get no-such-kind -n shop ")).isEmpty();
    }

    @Test
    void kindsAreOfferedWhereTheyAreNotKnownToTheScript() {
        assertThat(offered("delete virt")).containsExactly("virtualservices");
    }

    @Test
    void processesAreThoseThatAreConnected() {
        assertThat(offered("drain -n shop ")).containsExactly(process);
        assertThat(offered("cert show -n shop det")).containsExactly(process);
        assertThat(offered("drain -n other ")).isEmpty();
    }

    @Test
    void whereServicesAreTakenTooTheyAreOfferedBesideProcesses() {
        assertThat(offered("tap -n shop ")).contains(process, "reviews").doesNotContain("ratings");
        assertThat(offered("inspect config -n shop ")).contains(process, "reviews");
        assertThat(offered("log -n shop r")).containsExactly("reviews");
    }

    @Test
    void servicesAreThoseOfAllNamespacesUnlessOneIsNamed() {
        assertThat(offered("endpoints r")).containsExactly("ratings", "reviews");
        assertThat(offered("endpoints -n other r")).containsExactly("ratings");
    }

    @Test
    void namespacesHaveServicesOrProcesses() {
        assertThat(offered("get virtualservices -n ")).contains("other", "shop");
    }

    @Test
    void drainedInstancesCanBeGivenBack() {
        assertThat(offered("undrain -n shop ")).isEmpty();
        assertThat(mesh.run("drain", process, "-n", "shop").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(offered("undrain -n shop ")).containsExactly(process);
        assertThat(mesh.run("undrain", process, "-n", "shop").exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aServerThatDoesNotAnswerIsNotWaitedFor() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String line = "meshctl --server http://127.0.0.1:" + silent.getLocalPort() + " get virtualservices ";

            assertThat(answer(Duration.ofMillis(1), line)).isEmpty();
        }
    }

    @Test
    void howLongIsWaitedForIsSaidByTheEnvironment() {
        assertThat(OffersCommand.limit(Map.of())).isEqualTo(Duration.ofSeconds(1));
        assertThat(OffersCommand.limit(Map.of("INMESH_COMPLETION_LIMIT", "5s"))).isEqualTo(Duration.ofSeconds(5));
        assertThat(OffersCommand.limit(Map.of("INMESH_COMPLETION_LIMIT", "soon")))
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void mistakesAndFilesThatAreNotThereAreNotComplainedOf() {
        assertThat(answer(LONG, "meshctl --server nonsense get virtualservices "))
                .isEmpty();
        assertThat(answer(LONG, "meshctl --ca-file /no/such/file get virtualservices "))
                .isEmpty();
        assertThat(answer(LONG, "meshctl --context no-such-context get virtualservices "))
                .isEmpty();
    }

    private static List<String> offered(String rest) {
        return answer(LONG, "meshctl " + String.join(" ", mesh.serverOption()) + " " + rest);
    }

    /** What is printed, where nothing may be complained of. */
    private static List<String> answer(Duration limit, String line) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = new CommandLine(new MeshCtl())
                .addSubcommand(OffersCommand.NAME, new OffersCommand(limit))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(OffersCommand.NAME, line);

        assertThat(exitCode).isEqualTo(ExitCode.OK);
        assertThat(err.toString()).isEmpty();
        return out.toString().lines().toList();
    }
}
