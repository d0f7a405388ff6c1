package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.ControlServer;
import io.inmesh.server.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command line against a whole server, over its socket. */
class MeshCtlTest {

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews}
            spec:
              selector: {app: reviews}
              ports: [{name: http, port: 9080}]
            """;
    private static final String SUBSETS = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews}
            spec:
              host: reviews
              subsets: [{name: v1, labels: {version: v1}}]
            """;
    private static final String ROUTES = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http: [{route: [{destination: {host: reviews, subset: v1}}]}]
            """;

    @TempDir
    private static Path data;

    @TempDir
    private Path folder;

    private static ControlServer server;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void serve() throws IOException {
        server = new ControlServer(ServerOptions.onLoopback(0, 0, data.resolve("data")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void removeWhatOthersLeft() throws IOException {
        run("delete", "-f", file("all.yaml", SERVICE + "---\n" + SUBSETS + "---\n" + ROUTES));
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
    }

    @Test
    void checkKnowsNothingBeforeAnybodyReports() {
        assertThat(run("check", "--mtls")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("1. Who talks plaintext")
                .contains("2. What STRICT would do")
                .contains("3. Whom policies in a dry run would refuse")
                .contains("Next: nothing is known yet: no process has registered or reported.");
    }

    @Test
    void applySaysWhatBecameOfEachDocument() throws IOException {
        String files = file("mesh.yaml", SERVICE + "---\n" + SUBSETS);

        assertThat(run("apply", "-f", files)).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines())
                .containsExactly("service/reviews created", "destinationrule.networking.istio.io/reviews created");

        out.getBuffer().setLength(0);
        assertThat(run("apply", "-f", files)).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines())
                .containsExactly("service/reviews unchanged", "destinationrule.networking.istio.io/reviews unchanged");
    }

    @Test
    void applyNamesFileFieldAndRemedyOfAMistakeAndChangesNothing() throws IOException {
        String files = file("typo.yaml", SERVICE + "---\n" + ROUTES.replace("hosts:", "hots:"));

        assertThat(run("apply", "-f", files)).isEqualTo(ExitCode.FINDINGS);
        assertThat(err.toString()).contains("typo.yaml", "spec.hots", "did you mean \"hosts\"?");
        assertThat(run("get", "service", "reviews")).isEqualTo(ExitCode.FINDINGS);
    }

    @Test
    void applyNamesTheLineOfBrokenYaml() throws IOException {
        assertThat(run("apply", "-f", file("broken.yaml", SERVICE + "---\nkind: [\n")))
                .isEqualTo(ExitCode.FINDINGS);
        assertThat(err.toString()).contains("broken.yaml", "document 2", "line ");
    }

    @Test
    void aFileThatIsMissingOrNoTextIsNamed() throws IOException {
        Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThat(run("apply", "-f", binary.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(binary + " is not text in UTF-8");
        assertThat(run("bug-report", "-o", folder.resolve("gone/report.tgz").toString()))
                .isEqualTo(ExitCode.FINDINGS);
        assertThat(err.toString()).contains("there is no folder " + folder.resolve("gone"));
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(run("apply", "-f", empty.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no .yaml, .yml or .json file in the folder " + empty);
    }

    @Test
    void durationsAreWrittenAsElsewhere() {
        assertThat(run("audit", "--since", "2h")).isEqualTo(ExitCode.OK);
        assertThat(run("audit", "--since", "PT2H")).isEqualTo(ExitCode.OK);
        assertThat(run("audit", "--since", "2026-06-01T12:00:00Z")).isEqualTo(ExitCode.OK);
        assertThat(run("token", "create", "--sa", "durations", "--ttl", "10m")).isEqualTo(ExitCode.OK);
        assertThat(run("token", "create", "--sa", "durations", "--ttl", "soon")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("'soon' is no duration");
        assertThat(run("audit", "--since", "yesterday")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void applyOfNothingIsNoSuccess() throws IOException {
        String empty = file("empty.yaml", "# nothing\n---\n");

        assertThat(run("apply", "-f", empty)).isEqualTo(ExitCode.FINDINGS);

        assertThat(err.toString()).contains(empty + ": no resource is in it");
        assertThat(run("apply", "-f", empty, "-f", file("service.yaml", SERVICE)))
                .as("beside something")
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void applyTellsThatDeploymentsAreSkipped() throws IOException {
        String deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: reviews-v1}\nspec: {}\n";

        assertThat(run("apply", "-f", file("bookinfo.yaml", SERVICE + "---\n" + deployment)))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("service/reviews created", "Deployment reviews-v1 skipped");
    }

    @Test
    void dryRunChangesNothing() throws IOException {
        assertThat(run("apply", "--dry-run", "-f", file("service.yaml", SERVICE)))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("created (dry run)");
        assertThat(run("get", "svc", "reviews")).isEqualTo(ExitCode.FINDINGS);
    }

    @Test
    void getShowsTheFormAskedFor() throws IOException {
        run("apply", "-f", file("service.yaml", SERVICE));
        out.getBuffer().setLength(0);

        assertThat(run("get", "svc", "-o", "name")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().trim()).isEqualTo("service/reviews");

        out.getBuffer().setLength(0);
        assertThat(run("get", "svc", "reviews", "-o", "json")).isEqualTo(ExitCode.OK);
        assertThat(Api.JSON.readTree(out.toString()).at("/spec/ports/0/port").asInt())
                .isEqualTo(9080);

        out.getBuffer().setLength(0);
        assertThat(run("get", "svc", "-o", "wide")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().toList().get(0)).contains("REVISION", "SOURCE");

        assertThat(run("get", "svc", "-o", "xml")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void getTakesSeveralKinds() throws IOException {
        run("apply", "-f", file("mesh.yaml", SERVICE + "---\n" + SUBSETS));
        out.getBuffer().setLength(0);

        assertThat(run("get", "services,dr,svc,vs", "-o", "name")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines())
                .containsExactly("service/reviews", "destinationrule.networking.istio.io/reviews");

        out.getBuffer().setLength(0);
        assertThat(run("get", "dr,svc", "reviews", "-o", "json")).isEqualTo(ExitCode.OK);
        assertThat(Api.JSON.readTree(out.toString()).path("items")).hasSize(2);

        assertThat(run("get", "svc,", "-o", "name")).isEqualTo(ExitCode.USAGE);
        assertThat(run("get", "svc,nonsense")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("there is no kind \"nonsense\"");
        assertThat(run("get", "svc,dr", "-w")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("one kind is watched at a time");
    }

    @Test
    void analyzeFindsWhatBecameWrongLater() throws IOException {
        run("apply", "-f", file("mesh.yaml", SERVICE + "---\n" + SUBSETS + "---\n" + ROUTES));
        out.getBuffer().setLength(0);
        assertThat(run("analyze")).as(out.toString()).isEqualTo(ExitCode.OK);

        run("delete", "dr", "reviews");
        out.getBuffer().setLength(0);
        assertThat(run("analyze")).isEqualTo(ExitCode.FINDINGS);
        assertThat(out.toString()).contains("VirtualService default/reviews", "v1");
    }

    @Test
    void filesAreAnalyzedWithoutWhatAServerWouldNeed() throws IOException {
        String mesh = file("mesh.yaml", SERVICE + "---\n" + SUBSETS + "---\n" + ROUTES);
        String gone = folder.resolve("gone.pem").toString();

        assertThat(run("analyze", "-f", mesh, "--ca-file", gone))
                .as(err.toString())
                .isEqualTo(ExitCode.OK);
        assertThat(run("analyze", "--ca-file", gone)).isNotEqualTo(ExitCode.OK);
        assertThat(err.toString()).contains(gone);
    }

    @Test
    void explainTakesAUrlWithoutAPath() throws IOException {
        run("apply", "-f", file("mesh.yaml", SERVICE + "---\n" + SUBSETS + "---\n" + ROUTES));
        out.getBuffer().setLength(0);

        assertThat(run("explain", "http://reviews:9080")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("cluster outbound|9080|v1|reviews.default.svc.cluster.local");
        assertThat(run("explain", "http://reviews/")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .as("a client would go to port 80, of which the mesh knows nothing")
                .contains("passes through untouched: the mesh does not know \"reviews:80\"");
    }

    @Test
    void certificatesAreForTheServiceAccountAndTheirKeyIsForTheOwnerOnly() throws Exception {
        assertThat(run("cert", "issue", "--sa", "bookinfo-reviews", "--out", folder.toString()))
                .isEqualTo(ExitCode.OK);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("key.pem"))))
                .isEqualTo("rw-------");
        List<X509Certificate> chain = certificates("cert.pem");
        X509Certificate root = certificates("root.pem").get(0);
        assertThat(chain.get(0).getSubjectAlternativeNames())
                .singleElement()
                .satisfies(name ->
                        assertThat(name.get(1)).isEqualTo("spiffe://inmesh.local/ns/default/sa/bookinfo-reviews"));
        chain.get(0).verify(chain.get(1).getPublicKey());
        chain.get(1).verify(root.getPublicKey());
    }

    @Test
    void aTokenIsWrittenForTheOwnerOnly() throws IOException {
        Path token = folder.resolve("token");

        assertThat(run("token", "create", "--sa", "reviews", "--out", token.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(token)).startsWith("inmesh.");
        assertThat(out.toString()).doesNotContain("inmesh.");
    }

    @Test
    void bootstrapNamesTheFilesItWrote() throws IOException {
        assertThat(run("bootstrap", "--sa", "reviews", "--xds", "127.0.0.1:15010", "--out", folder.toString()))
                .isEqualTo(ExitCode.OK);

        var bootstrap = Api.JSON.readTree(folder.resolve("bootstrap.json").toFile());
        assertThat(bootstrap.at("/xds_servers/0/server_uri").asText()).isEqualTo("127.0.0.1:15010");
        var files = bootstrap.at("/certificate_providers/default/config");
        assertThat(Path.of(files.path("private_key_file").asText())).exists();
        assertThat(Path.of(files.path("certificate_file").asText())).exists();
        assertThat(Path.of(files.path("ca_certificate_file").asText())).exists();
    }

    @Test
    void bootstrapForGrpcAsksByMutualTlsIfToldToAndSaysWhichLabelsTheWorkloadHas() throws IOException {
        assertThat(run(
                        "bootstrap",
                        "--tls",
                        "--sa",
                        "pay",
                        "--xds",
                        "mesh.example:15012",
                        "--label",
                        "app=pay",
                        "--out",
                        folder.toString()))
                .isEqualTo(ExitCode.OK);

        var bootstrap = Api.JSON.readTree(folder.resolve("bootstrap.json").toFile());
        var credentials = bootstrap.at("/xds_servers/0/channel_creds/0");
        assertThat(credentials.path("type").asText()).isEqualTo("tls");
        assertThat(credentials.path("config")).isEqualTo(bootstrap.at("/certificate_providers/default/config"));
        assertThat(bootstrap.at("/node/metadata/LABELS/app").asText()).isEqualTo("pay");
    }

    @Test
    void bootstrapForEnvoyNamesItsFilesAndWhomToBelieve() throws IOException {
        assertThat(run(
                        "bootstrap",
                        "--envoy",
                        "--sa",
                        "pay",
                        "--xds",
                        "mesh.example:15012",
                        "--listen",
                        "10.0.0.5",
                        "--port",
                        "9080:8080",
                        "--label",
                        "app=pay",
                        "--out",
                        folder.toString()))
                .isEqualTo(ExitCode.OK);

        var bootstrap = Api.JSON.readTree(folder.resolve("envoy.json").toFile());
        var metadata = bootstrap.at("/node/metadata");
        assertThat(metadata.at("/LABELS/app").asText()).isEqualTo("pay");
        assertThat(metadata.at("/INMESH_SIDECAR/ports/9080").asText()).isEqualTo("8080");
        assertThat(metadata.at("/INMESH_SIDECAR/folder").asText()).isEqualTo(folder.toString());
        var tls = bootstrap.at("/static_resources/clusters/0/transport_socket/typed_config/common_tls_context");
        assertThat(tls.at(
                                "/combined_validation_context/default_validation_context/match_typed_subject_alt_names/0/matcher/exact")
                        .asText())
                .isEqualTo("spiffe://inmesh.local/ns/inmesh-system/sa/control-server");
        for (String file : List.of("key.pem", "cert.pem", "root.pem", "identity.json", "roots.json")) {
            assertThat(folder.resolve(file)).exists();
        }
    }

    @Test
    void bootstrapForEnvoySaysWhichOptionItCannotRead() {
        List<String> known = List.of("bootstrap", "--envoy", "--sa", "pay", "--out", folder.toString());
        for (List<String> wrong : List.of(
                List.of("--xds", "mesh.example"),
                List.of("--xds", "mesh.example:0"),
                List.of("--xds", "a:1", "--port", "9080"),
                List.of("--xds", "a:1", "--port", "9080:http"),
                List.of("--xds", "a:1", "--label", "app"))) {
            List<String> line = new ArrayList<>(known);
            line.addAll(wrong);
            assertThat(run(line.toArray(String[]::new))).isEqualTo(ExitCode.USAGE);
            assertThat(err.toString()).contains(wrong.get(wrong.size() - 2));
        }
        assertThat(folder.resolve("key.pem")).doesNotExist();
    }

    @Test
    void exitStatusesTellWhatWentWrong() {
        assertThat(run("status")).isEqualTo(ExitCode.OK);
        assertThat(run("get", "nonsense")).isEqualTo(ExitCode.USAGE);
        assertThat(run("nonsense")).isEqualTo(ExitCode.USAGE);
        assertThat(run("get", "vs", "nope")).isEqualTo(ExitCode.FINDINGS);
        // Port 1 is reserved, and nothing listens there.
        assertThat(runOn("http://127.0.0.1:1", "status")).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(err.toString()).contains("no control server at http://127.0.0.1:1");
    }

    private List<X509Certificate> certificates(String name) throws Exception {
        List<X509Certificate> certificates = new ArrayList<>();
        try (var in = Files.newInputStream(folder.resolve(name))) {
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .forEach(certificate -> certificates.add((X509Certificate) certificate));
        }
        return certificates;
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private int run(String... arguments) {
        return runOn("http://127.0.0.1:" + server.httpPort(), arguments);
    }

    private int runOn(String url, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--server");
        all.add(url);
        return new CommandLine(new MeshCtl())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
