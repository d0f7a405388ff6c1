package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.inmesh.Mesh;
import io.inmesh.call.Outcome;
import io.inmesh.inbound.Admission;
import io.inmesh.server.ctl.MeshUnderTest.Run;
import io.inmesh.server.log.LogLevels;
import io.inmesh.testkit.FakeCall;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.status.ClientResourceStatus;
import io.inmesh.xds.status.ClientStatusDiscoveryServiceGrpc;
import io.inmesh.xds.status.ClientStatusRequest;
import java.io.BufferedReader;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Questions to running processes, from the command line over the server to the processes and back. */
class LiveTest {

    private static final String CONFIG = """
            {apiVersion: v1, kind: Service, metadata: {name: reviews}, spec: {ports: [{port: 9080, name: http}]}}
            ---
            {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: reviews}, spec: {hosts: [reviews],
              http: [{match: [{uri: {prefix: /a}}], timeout: 3s, route: [{destination: {host: reviews}}]}]}}
            ---
            {apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: only-get},
              spec: {action: DENY, rules: [{to: [{operation: {methods: [DELETE]}}]}]}}
            """;

    @TempDir
    private static Path folder;

    private static MeshUnderTest server;
    private static Mesh process;

    @BeforeAll
    static void serve() throws Exception {
        server = new MeshUnderTest(folder);
        server.apply(CONFIG);
        process = server.join("default", "productpage");
        MeshUnderTest.await(() -> process.knows("reviews", 9080));
        // The stream for questions is opened beside the one for configuration.
        MeshUnderTest.await(() -> server.run("log", "productpage").exitCode() == ExitCode.OK);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void tapShowsRequestsWithTheirDecisionsAndEndsByItself() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<Run> tapping = other.submit(() -> server.run(
                    "tap",
                    "productpage",
                    "--path",
                    "/a/tapped",
                    "--limit",
                    "2",
                    "--for",
                    "5m",
                    "--direction",
                    "outbound"));
            MeshUnderTest.await(() -> {
                call("/a/tapped", "tapped");
                return tapping.isDone();
            });
            Run run = tapping.get();

            assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
            assertThat(run.out().lines())
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .contains("-> GET reviews:9080/a/tapped 503 (rejected: no_endpoint)", "id=tapped")
                            .doesNotContain("secret"));
            assertThat(run.err()).contains("watching 1 process(es) for 300 s", "2 shown");
        } finally {
            other.shutdownNow();
        }
        assertThat(server.run("audit", "--event", "live-tap").out()).contains("live-tap", "loopback");
    }

    @Test
    void aTapThatNothingCouldFitIsRefused() {
        Run run = server.run("tap", "productpage", "--status", "grpc-unavailable");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.err()).contains("grpc-unavailable", "503, 5xx or grpc-14");
        assertThat(server.run("tap", "productpage", "--limit", "0").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void tapTellsTheWholeDecisionIfAsked() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Run run;
            do {
                Future<Run> tapping = other.submit(() ->
                        server.run("tap", "productpage", "--path", "/a/why", "--limit", "1", "--why", "--for", "5m"));
                MeshUnderTest.await(() -> {
                    call("/a/why", "why");
                    return tapping.isDone();
                });
                run = tapping.get();
                assertThat(run.out())
                        .contains("-> GET reviews:9080/a/why 503 (rejected: no_endpoint)")
                        .contains("  cluster: outbound|9080||reviews");
                // A process explains a few of its failures a second; the calls before the tap began may have used them
                // up.
            } while (!run.out().contains("    virtual host "));
            assertThat(run.out()).contains("0 known");
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void explainTellsOfARequestThatFailedLately() {
        call("/a/explained", "request-7");
        inbound("DELETE", "/b", "request-7");

        Run run = server.run("explain", "request-7");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains("-> GET reviews:9080/a/explained 503 (rejected: no_endpoint)")
                .contains(" peer=- ")
                .contains("from: ", "cluster: ")
                .contains("<- DELETE ", "(rejected: unauthorized)", "only-get")
                .doesNotContain("secret");
        assertThat(server.run("explain", "no-such-request").exitCode()).isEqualTo(ExitCode.FINDINGS);
    }

    @Test
    void logLevelsOfAProcessAreChangedForAWhile() {
        Run run = server.run("log", "productpage", "--level", "live.test.logger=debug", "--for", "10m");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("live.test.logger", "DEBUG");
        assertThat(LoggerFactory.getLogger("live.test.logger").isDebugEnabled()).isTrue();
        assertThat(server.run("log", "productpage").out()).contains("live.test.logger");
        assertThat(server.run("log", "productpage", "--level", "a=loud").err()).contains("is no level");
        assertThat(server.run("log", "nobody").err()).contains("nobody", "not found");
        Run tooLong = server.run("log", "productpage", "--level", "live.test.logger=trace", "--for", "3h");
        assertThat(tooLong.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(tooLong.err()).contains("--for is from 1s to 1h, not 10800s");
        assertThat(server.run("log", "productpage", "--level", "live.test.logger=trace", "--for", "0s")
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void theControlServersOwnLogLevelsAreChangedForAWhile() {
        Logger logger = LogLevels.ofThisProcess().getLogger("io.inmesh.live.test.of.the.server");
        Run run = server.run(
                "log", "--control-server", "--level", "io.inmesh.live.test.of.the.server=debug", "--for", "10m");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("live.test.of.the.server", "DEBUG", "control-server");
        assertThat(logger.getLevel()).isEqualTo(Level.DEBUG);

        assertThat(server.run("log", "--control-server").out()).contains("live.test.of.the.server");
        assertThat(server.run("log", "--control-server", "--level", "a=loud").err())
                .contains("is no level");
        assertThat(server.run("log").err()).contains("or say --control-server");
        assertThat(server.run("audit").out()).contains("server-log-level");
    }

    @Test
    void inspectShowsWhatTheProcessHasWithTheRuleBehindItAndItsOwnWord() {
        MeshUnderTest.await(
                () -> server.run("inspect", "routes", "productpage").out().contains("ACKED"));

        assertThat(server.run("inspect", "routes", "productpage").out())
                .contains("9080", "/a*", "outbound|9080||reviews.default.svc.cluster.local")
                .containsPattern("ACKED +virtualservice/reviews@\\d+");
        assertThat(server.run("inspect", "clusters", "productpage").out())
                .containsPattern("reviews.default.svc.cluster.local +9080 +- +EDS");
        assertThat(server.run("inspect", "policies", "productpage").out())
                .containsPattern(
                        "DENY +ns\\[default]-policy\\[only-get]-rule\\[0] +ACKED +.*authorizationpolicy/only-get@\\d+");
        assertThat(server.run("inspect", "listeners", "productpage").out()).contains("mutual TLS", "plaintext");
        assertThat(server.run("inspect", "secrets", "productpage").out())
                .contains("spiffe://inmesh.local/ns/default/sa/productpage", "ROOTCA")
                .doesNotContain("PRIVATE");
        assertThat(server.run("inspect", "endpoints", "productpage").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(server.run("inspect", "nonsense", "productpage").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(server.run("inspect", "config", "nobody").err()).contains("nobody", "not found");
    }

    @Test
    void programsThatSpeakCsdsAreToldOfOneProcessAtAPortOfThisMachine() throws Exception {
        MeshUnderTest.await(
                () -> server.run("inspect", "routes", "productpage").out().contains("ACKED"));
        ExecutorService other = Executors.newSingleThreadExecutor();
        PipedReader said = new PipedReader();
        PrintWriter out = new PrintWriter(new PipedWriter(said), true);
        Future<Integer> relaying = other.submit(() -> server.run(out, out, "csds", "productpage"));
        String address = new BufferedReader(said).readLine();
        ManagedChannel channel =
                ManagedChannelBuilder.forTarget(address).usePlaintext().build();
        try {
            ClientStatusRequest whatever = ClientStatusRequest.getDefaultInstance();
            var stub = ClientStatusDiscoveryServiceGrpc.newBlockingStub(channel);

            // grpcdebug takes an answer about one client, and asks for no one in particular.
            assertThat(stub.fetchClientStatus(whatever).getConfigList())
                    .singleElement()
                    .satisfies(config -> assertThat(config.getGenericXdsConfigsList())
                            .anySatisfy(resource -> {
                                assertThat(resource.getTypeUrl()).isEqualTo(TypeUrls.ROUTE);
                                assertThat(resource.getClientStatus()).isEqualTo(ClientResourceStatus.ACKED);
                                assertThat(resource.hasXdsConfig()).isTrue();
                            }));
            ClientStatusRequest bare =
                    whatever.toBuilder().setExcludeResourceContents(true).build();
            assertThat(stub.fetchClientStatus(bare).getConfig(0).getGenericXdsConfigsList())
                    .isNotEmpty()
                    .noneMatch(resource -> resource.hasXdsConfig());
        } finally {
            channel.shutdownNow();
            other.shutdownNow();
        }
        assertThat(relaying.get()).as("interrupted").isEqualTo(ExitCode.OK);
        assertThat(server.run("csds", "nobody").err()).contains("nobody", "not found");
        assertThat(server.run("csds", "productpage", "--port", "70000").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void inspectConfigShowsWhatAChangeWouldDoToOneProcess() throws Exception {
        String change = server.file("change.yaml", CONFIG.replace("timeout: 3s", "timeout: 9s"));

        Run run = server.run("inspect", "config", "productpage", "--shadow", "-f", change);

        assertThat(run.exitCode()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.out()).contains("--- before/routes/9080", "-", "timeout: 3s", "timeout: 9s");
        assertThat(server.run("inspect", "config", "productpage", "--shadow", "-f", server.file("same.yaml", CONFIG))
                        .exitCode())
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void canISaysUnknownWhereNobodyIsThereToAsk() {
        Run run = server.run("can-i", "productpage", "reviews:9080", "GET", "/a");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.out()).startsWith("unknown: ");
    }

    private static void call(String path, String id) {
        FakeCall call =
                FakeCall.get(path).query("token=secret").to("reviews", 9080).header("x-request-id", id);
        Objects.requireNonNull(process.outbound(call), "dispatch").start();
    }

    private static void inbound(String method, String path, String id) {
        Admission admission = process.inbound(FakeCall.get(path).method(method).header("x-request-id", id));
        if (admission.admitted()) {
            admission.settle(Outcome.Response.http(200));
        }
    }
}
