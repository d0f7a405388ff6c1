package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the commands make of a graph. */
class GraphCommandsTest {

    private static final String RESULTS = """
            {"requests": 120, "rps": 2, "success": 0.7, "p50": 4.5, "p95": 20, "p99": 1500, "failed": 36, "rejected": 0,
             "cancelled": 0, "http4xx": 1, "http5xx": 36, "grpc": {"14": 3}, "transport": {"connect": 2}, "reasons": {}}
            """;
    private static final String GRAPH = """
            {"now": "2026-11-21T12:00:00Z", "since": "2026-11-21T11:00:00Z", "seconds": 60, "omittedEdges": 7,
             "nodes": [
               {"id": "workload:default/reviews/v2", "kind": "WORKLOAD", "namespace": "default", "name": "reviews", "version": "v2",
                "endpoints": 1, "meshed": 1, "health": "IDLE", "identities": ["default/bookinfo-reviews"]},
               {"id": "workload:default/ratings/v1", "kind": "WORKLOAD", "namespace": "default", "name": "ratings", "version": "v1",
                "endpoints": 1, "meshed": 1, "health": "FAILING", "identities": [], "effective": RESULTS, "actual": RESULTS, "retries": 0},
               {"id": "service:ratings.default.svc.cluster.local", "kind": "SERVICE", "namespace": "default", "name": "ratings",
                "version": "", "endpoints": 2, "meshed": 1, "health": "FAILING", "identities": [],
                "effective": RESULTS, "actual": RESULTS, "retries": 0.25},
               {"id": "host:example.org", "kind": "UNKNOWN_HOST", "namespace": "", "name": "example.org", "version": "",
                "endpoints": 0, "meshed": 0, "health": "IDLE", "identities": []}],
             "edges": [
               {"id": "e1", "source": "workload:default/reviews/v2", "service": "service:ratings.default.svc.cluster.local",
                "port": 9080, "destination": "workload:default/ratings/v1", "health": "FAILING", "mtls": 1.0,
                "lastSeen": "2026-11-21T12:00:00Z", "protocols": ["http"], "effective": RESULTS, "actual": RESULTS, "retries": 0.25},
               {"id": "e2", "source": "workload:default/reviews/v2", "service": "host:example.org", "port": 0, "destination": "",
                "health": "IDLE", "mtls": null, "lastSeen": "2026-11-21T12:00:00Z", "protocols": [],
                "effective": {"requests": 1, "rps": 0.1, "success": null, "p95": null, "reasons": {}},
                "actual": {"requests": 0}, "retries": null}],
             "routes": [
               {"service": "ratings.default.svc.cluster.local", "port": 9080, "route": "default", "health": "FAILING",
                "effective": RESULTS, "actual": RESULTS, "retries": 0.25}],
             "services": [
               {"host": "ratings.default.svc.cluster.local", "name": "ratings", "namespace": "default", "source": "Service default/ratings",
                "ports": [{"number": 80, "name": "http"}],
                "instances": [
                  {"name": "ratings-v1", "address": "10.0.0.5", "locality": "eu/a", "weight": 1, "health": "HEALTHY", "meshTls": true,
                   "serviceAccount": "bookinfo-ratings", "ports": {"http": 9080}, "labels": {"app": "ratings"},
                   "unusableTo": [
                     {"namespace": "default", "workload": "reviews", "port": 9080, "cause": "ejected", "why": "5 server errors in a row"},
                     {"namespace": "default", "workload": "details", "port": 9080, "cause": "check_failed", "why": "GET /: 503"},
                     {"namespace": "shop", "workload": "till", "port": 9080, "cause": "ejected", "why": "5 server errors in a row"}]}]}]}
            """.replace("RESULTS", RESULTS);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private volatile String answer = GRAPH;
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void statIsARowForEachServiceAsItsCallersExperienceIt() {
        assertThat(run("stat")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "NAME MESHED SUCCESS RPS P50 P95 P99 RETRY% HEALTH",
                        "ratings 1/2 70.00% 2.0 4.5ms 20ms 1.5s 25.00% FAILING");
        assertThat(asked).containsExactly("/inmesh/v1/graph?window=1m&limit=10000");
    }

    @Test
    void statKnowsWorkloadsAndSingleServices() {
        assertThat(run("stat", "--workloads", "-o", "name")).isZero();
        assertThat(out.toString().strip()).isEqualTo("workload:default/ratings/v1");
        assertThat(run("stat", "ratings.default", "--window", "5m", "-n", "default"))
                .isZero();
        assertThat(asked.get(1)).isEqualTo("/inmesh/v1/graph?window=5m&namespace=default&limit=10000");
        assertThat(run("stat", "reviewz")).isEqualTo(ExitCode.FINDINGS);
        assertThat(err.toString()).contains("nothing was heard of reviewz in that time");
    }

    @Test
    void aListWithoutRowsSaysSo() {
        answer = "{\"nodes\": [], \"edges\": []}";

        for (String command : List.of("stat", "edges")) {
            out.getBuffer().setLength(0);
            err.getBuffer().setLength(0);
            assertThat(run(command, "--window", "5m")).isEqualTo(ExitCode.OK);
            assertThat(out.toString()).isEmpty();
            assertThat(err.toString()).contains("nothing was heard of calls in the last 5m; --window 1h is");
        }
        assertThat(run("stat", "-o", "json")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().strip()).isEqualTo("[ ]");
    }

    @Test
    void edgesSayWhatIsOutsideOfTheMesh() {
        assertThat(run("edges")).isZero();
        assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "SRC DST PROTO RPS SUCCESS P95 SECURED HEALTH",
                        "reviews-v2 ratings-v1 http 2.0 70.00% 20ms 100.00% FAILING",
                        "reviews-v2 example.org (not in the mesh) - 0.1 - - - IDLE");
        out.getBuffer().setLength(0);
        assertThat(run("edges", "ratings", "--from", "reviews", "-o", "wide")).isZero();
        assertThat(out.toString()).contains("SRC_ID", "default/bookinfo-reviews", "14:3", "connect:2");
        assertThat(out.toString().lines()).hasSize(2);
        assertThat(run("edges", "ratingz")).isEqualTo(ExitCode.FINDINGS);
        assertThat(err.toString()).contains("nobody called ratingz in that time");
        out.getBuffer().setLength(0);
        assertThat(run("edges", "ratingz", "--watch", "--updates", "1", "-o", "json"))
                .as("somebody may call while it is watched")
                .isZero();
        assertThat(out.toString()).isEqualToIgnoringWhitespace("[]");
    }

    @Test
    void edgesThatAreLeftOutAreCounted() {
        assertThat(run("edges")).isZero();
        assertThat(err.toString()).contains("7 more, none less healthy than these, are not shown");
    }

    @Test
    void theThresholdDecidesTheExitStatus() {
        assertThat(run("stat", "--threshold", "failing")).isEqualTo(ExitCode.FINDINGS);
        assertThat(run("edges", "--threshold", "degraded")).isEqualTo(ExitCode.FINDINGS);
        assertThat(run("stat", "--workloads", "other", "--threshold", "failing"))
                .isEqualTo(ExitCode.FINDINGS);
        assertThat(run("stat", "--threshold", "bad")).isEqualTo(ExitCode.USAGE);
        assertThat(run("stat", "-o", "xml")).isEqualTo(ExitCode.USAGE);
        assertThat(run("stat", "--window", "2h")).isEqualTo(ExitCode.USAGE);
        server.stop(0);
        assertThat(run("stat")).isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void routesTellEffectiveFromActual() {
        assertThat(run("routes", "ratings", "--sources")).isZero();
        assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "ROUTE SOURCE EFFECTIVE_SUCCESS EFFECTIVE_RPS ACTUAL_SUCCESS ACTUAL_RPS P50 P95 P99 RETRY%",
                        "default (all) 70.00% 2.0 70.00% 2.0 4.5ms 20ms 1.5s 25.00%");
        assertThat(asked).containsExactly("/inmesh/v1/graph/routes?window=1m&service=ratings&sources=true");
    }

    @Test
    void endpointsAreWhatDiscoveryAnswers() {
        assertThat(run("endpoints", "ratings", "--as", "default/reviews")).isZero();
        assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "ADDRESS ZONE WEIGHT HEALTH PASSED_OVER_BY MTLS CONFIG WORKLOAD",
                        "10.0.0.5:9080 eu/a 1 HEALTHY default/reviews (5 server errors in a row) and 2 more yes - ratings-v1");
        assertThat(asked).containsExactly("/inmesh/v1/services?window=1m&as=default");
        assertThat(run("endpoints", "nothing")).isEqualTo(ExitCode.FINDINGS);
        assertThat(run("endpoints", "ratings", "--threshold", "failing")).isZero();
        assertThat(run("endpoints", "ratings", "--threshold", "degraded"))
                .as("callers pass it over")
                .isEqualTo(ExitCode.FINDINGS);
        assertThat(run("endpoints", "ratings", "--window", "5m"))
                .as("there is no past")
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void jsonAndYamlHoldWhatTheRowsShow() throws IOException {
        assertThat(run("stat", "-o", "json")).isZero();
        JsonNode nodes = Api.JSON.readTree(out.toString());
        assertThat(nodes).hasSize(1);
        assertThat(nodes.at("/0/id").asText()).isEqualTo("service:ratings.default.svc.cluster.local");
        out.getBuffer().setLength(0);
        assertThat(run("edges", "ratings", "-o", "yaml")).isZero();
        assertThat(out.toString()).startsWith("---").contains("id: \"e1\"").doesNotContain("e2");
    }

    @Test
    void nothingStaysInABufferWhenACommandEnds() {
        for (String command : List.of("stat", "version")) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int exitCode = line(new PrintWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8)))
                    .execute(command, "-o", "yaml", "--server", server());
            assertThat(exitCode).isZero();
            assertThat(bytes.toString(StandardCharsets.UTF_8))
                    .as(command)
                    .startsWith("---")
                    .endsWith("\n");
        }
    }

    @Test
    void watchShowsItAgainWithoutColourWhereThereIsNoTerminal() {
        assertThat(run("stat", "--watch", "--updates", "2")).isZero();
        assertThat(out.toString()).doesNotContain("\u001b");
        assertThat(asked).hasSize(2);
        assertThat(run("stat", "--updates", "2")).as("without --watch").isEqualTo(ExitCode.USAGE);
    }

    private String server() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private CommandLine line(PrintWriter to) {
        return new CommandLine(new MeshCtl()).setOut(to).setErr(new PrintWriter(err, true));
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--server", server()));
        all.addAll(List.of(arguments));
        return line(new PrintWriter(out, true)).execute(all.toArray(new String[0]));
    }
}
