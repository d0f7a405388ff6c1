package io.inmesh.samples.bookinfo;

import static io.inmesh.samples.bookinfo.Scenarios.require;
import static io.inmesh.samples.bookinfo.Scenarios.until;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Who is let in: on the wire, into the mesh, and from software that only speaks xDS. */
final class SecurityCheck {

    private final Scenarios scenarios;
    private final Shop shop;
    private final Processes processes;
    private final Path run;

    SecurityCheck(Scenarios scenarios, Shop shop, Processes processes, Path run) {
        this.scenarios = scenarios;
        this.shop = shop;
        this.processes = processes;
        this.run = run;
    }

    void all() {
        wire();
        wrongToken();
        stockClient();
        whoCallsWhom();
    }

    private void wire() {
        Path files = run.resolve("probe");
        scenarios.scenario("the wire is TLS 1.3 with SPIFFE names, and who has no certificate is refused", () -> {
            processes.meshctl("cert", "issue", "--service-account", "bookinfo-productpage", "--out", files.toString());
            Probe probe = new Probe(files);
            int port = shop.portOf("reviews");
            Probe.Seen seen = probe.get(port, true);
            require(
                    seen.protocol().equals("TLSv1.3")
                            && seen.peer().equals("spiffe://inmesh.local/ns/default/sa/bookinfo-reviews")
                            && seen.status().contains("200"),
                    seen.toString());
            return seen + "; without certificate: " + refusal(probe, port);
        });
    }

    private static String refusal(Probe probe, int port) throws Exception {
        try {
            String status = probe.get(port, false).status();
            require(status.isEmpty(), "it was answered: " + status);
            return "no answer";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void wrongToken() {
        scenarios.scenario("refused: a wrong join token", () -> {
            Path forged = run.resolve("tokens/forged");
            Files.deleteIfExists(forged);
            Files.createFile(
                    forged, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(forged, forged(Files.readString(run.resolve("tokens/reviews"))));
            Processes.Launch launch = processes.launch("intruder", "reviews", "v9", "Reviews", forged);
            try {
                until(() -> launch.log().contains("UNAUTHENTICATED"));
                require(!shop.status().path("workloads").toString().contains("\"v9\""), "it was registered");
                require(shop.reviews(null).equals("v1"), "traffic changed");
                return launch.log()
                        .lines()
                        .filter(line -> line.contains("UNAUTHENTICATED"))
                        .findFirst()
                        .orElseThrow();
            } finally {
                launch.process().destroyForcibly();
            }
        });
    }

    /** {@return a token with the right root and another secret} */
    private static String forged(String token) {
        String[] parts = token.strip().split("\\.");
        parts[2] = new StringBuilder(parts[2]).reverse().toString();
        return String.join(".", parts);
    }

    private void stockClient() {
        scenarios.scenario("a stock gRPC client calls xds:///ratings:9080 with nothing but a bootstrap file", () -> {
            String answer = stock("bookinfo-reviews");
            require(answer.contains("Reviewer1=5"), answer);
            String refusal = stock("bookinfo-details");
            require(refusal.contains("PERMISSION_DENIED"), "as another service account: " + refusal);
            return answer.strip() + "; as another service account: PERMISSION_DENIED";
        });
    }

    private void whoCallsWhom() {
        scenarios.scenario("the mesh knows who calls ratings, and that nothing there is plaintext", () -> {
            until(() -> callers().stream().anyMatch(caller -> caller.endsWith("/sa/bookinfo-reviews")));
            for (JsonNode port : shop.ask("/inmesh/v1/check/mtls").path("ports")) {
                boolean ratings =
                        port.path("workload").path("serviceAccount").asText().equals("bookinfo-ratings");
                require(!ratings || port.path("strict").asText().equals("STRICT"), port.toString());
            }
            return String.join(", ", callers());
        });
    }

    private List<String> callers() throws Exception {
        List<String> callers = new ArrayList<>();
        for (JsonNode flow : shop.ask("/inmesh/v1/traffic").path("inbound")) {
            if (flow.path("workload").path("serviceAccount").asText().equals("bookinfo-ratings")) {
                require(flow.path("connection").asText().equals("MTLS"), flow.toString());
                callers.add(flow.path("source").asText());
            }
        }
        return callers;
    }

    private String stock(String serviceAccount) throws Exception {
        Path files = run.resolve("stock-" + serviceAccount);
        processes.meshctl(
                "bootstrap",
                "--service-account",
                serviceAccount,
                "--xds",
                "127.0.0.1:" + processes.xdsPort(),
                "--out",
                files.toString());
        return processes.stockClient(files.resolve("bootstrap.json"), List.of("xds:///ratings:9080"));
    }
}
