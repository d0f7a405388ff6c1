package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.ControlServer;
import io.inmesh.server.ServerOptions;
import io.inmesh.server.fixture.PeopleAuthority;
import io.inmesh.server.fixture.PeopleAuthority.Pair;
import io.inmesh.server.fixture.SecuredServer;
import io.inmesh.server.settings.SettingsFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A server that others than its own machine reach: TLS, and everything that proves who calls, by {@code meshctl}. */
class AccessOverTlsTest {

    private static final int PATIENCE_MILLIS = 120_000;
    private static final String WORKLOAD = "spiffe://inmesh.local/ns/ops/sa/deployer";

    @TempDir
    private static Path folder;

    private static PeopleAuthority people;
    private static ControlServer server;
    private static String url;
    private static String ca;
    private static String home;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final InputStream input = System.in;

    @BeforeAll
    static void serve() throws Exception {
        people = new PeopleAuthority();
        people.root(folder);
        server = start(
                folder,
                "hosts: [mesh.example]\nclientCertificates: {authority: people.pem}",
                List.of(
                        "{group: sre, role: viewer, namespaces: [\"*\"]}",
                        "{user: \"token:ci\", role: admin, namespaces: [\"*\"]}",
                        "{spiffe: \"" + WORKLOAD + "\", role: editor, namespaces: [shop]}"));
        url = "https://localhost:" + server.httpPort();
        try (Stream<Path> files = Files.walk(folder.resolve("data/ca"))) {
            ca = files.filter(file -> file.endsWith("root.crt"))
                    .findFirst()
                    .orElseThrow()
                    .toString();
        }
        home = System.getProperty("user.home");
        System.setProperty("user.home", folder.toString());
    }

    private static ControlServer start(Path home, String more, List<String> bindings) throws Exception {
        return new ControlServer(new ServerOptions(
                "127.0.0.1",
                0,
                "0.0.0.0",
                0,
                -1,
                home.resolve("data"),
                null,
                "inmesh.local",
                SettingsFile.read(SecuredServer.settings(home, more, bindings))));
    }

    @AfterAll
    static void stop() {
        System.setProperty("user.home", home);
        server.close();
    }

    @BeforeEach
    void forgetContexts() throws IOException {
        Files.deleteIfExists(folder.resolve(".config/inmesh/contexts.json"));
    }

    @AfterEach
    void giveInputBack() {
        System.setIn(input);
    }

    @Test
    void withoutTheSectionAccessTheServerDoesNotListenForOthers() {
        ServerOptions options = new ServerOptions(
                "127.0.0.1", 0, "0.0.0.0", 0, -1, folder.resolve("open"), null, "inmesh.local", SettingsFile.none());

        assertThatThrownBy(() -> new ControlServer(options).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("--http-address")
                .hasMessageContaining("access")
                .hasMessageContaining("--config");
    }

    @Test
    void nobodyGetsInWithoutCredentialsNotEvenFromThisMachine() {
        assertThat(run("--server", url, "--ca-file", ca, "status")).isEqualTo(ExitCode.NOT_AUTHORIZED);
        assertThat(err.toString()).contains("meshctl login");
    }

    @Test
    void theServerIsNotTrustedWithoutItsAuthority() {
        assertThat(run("--server", url, "status")).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(err.toString()).contains("--ca-file");
    }

    @Test
    void plainHttpIsNotSpoken() {
        assertThat(run("--server", url.replace("https", "http"), "status")).isNotEqualTo(ExitCode.OK);
    }

    @Test
    void aPersonsCertificateNamesUserAndGroups() throws Exception {
        assertThat(runAs(pair("CN=ann,O=sre,O=system:masters"), "whoami")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("ann, by certificate", "group sre", "viewer in all namespaces")
                .doesNotContain("masters");
        assertThat(runAs(pair("CN=ann,O=sre"), "status")).isEqualTo(ExitCode.OK);
        assertThat(runAs(pair("CN=bob"), "status")).isEqualTo(ExitCode.NOT_AUTHORIZED);
    }

    @Test
    void aCertificateCannotNameWhatIsNoPerson() throws Exception {
        for (String name : List.of("token:ci", "oidc:ann", "system:admin", WORKLOAD)) {
            assertThat(runAs(pair("CN=" + name), "whoami")).isEqualTo(ExitCode.NOT_AUTHORIZED);
        }
        assertThat(runAs(pair("O=sre"), "whoami")).isNotEqualTo(ExitCode.OK);
    }

    @Test
    void certificatesThatAreExpiredForeignOrForServersAreRefused() throws Exception {
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
        for (Pair wrong : List.of(
                people.issue(folder, "CN=ann", Instant.now().minusSeconds(10)),
                new PeopleAuthority().issue(folder, "CN=ann", tomorrow),
                people.issue(folder, "CN=ann", tomorrow, KeyPurposeId.id_kp_serverAuth))) {
            assertThat(runAs(wrong, "whoami")).isIn(ExitCode.UNREACHABLE, ExitCode.NOT_AUTHORIZED);
            assertThat(out.toString()).isEmpty();
        }
    }

    @Test
    void aProcessOfTheMeshIsWhoItsCertificateSaysUntilItIsDenied() throws Exception {
        login();
        Path issued = folder.resolve("issued");
        assertThat(run("cert", "issue", "-n", "ops", "--sa", "deployer", "--out", issued.toString()))
                .isEqualTo(ExitCode.OK);
        Pair workload = new Pair(issued.resolve("cert.pem"), issued.resolve("key.pem"));

        assertThat(runAs(workload, "whoami")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains(WORKLOAD, "editor in shop");
        assertThat(runAs(workload, "user", "list")).isEqualTo(ExitCode.NOT_AUTHORIZED);
    }

    @Test
    void aLoginIsRememberedForItsServerInAFileForItsOwnerOnly() throws Exception {
        login();
        Path file = folder.resolve(".config/inmesh/contexts.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(run("whoami")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("root, by session", "admin in all namespaces");

        // The session is shown to no other server, even by another name of the same one.
        out.getBuffer().setLength(0);
        assertThat(run("--server", url.replace("localhost", "127.0.0.1"), "--ca-file", ca, "whoami"))
                .isEqualTo(ExitCode.NOT_AUTHORIZED);

        assertThat(run("logout")).isEqualTo(ExitCode.OK);
        assertThat(Files.readString(file)).doesNotContain("inmesh-session");
        assertThat(run("whoami")).isEqualTo(ExitCode.NOT_AUTHORIZED);
    }

    @Test
    void aWrongPasswordIsRefusedWithoutSayingWhatIsWrong() {
        for (String user : List.of("root", "nobody-of-that-name")) {
            err.getBuffer().setLength(0);
            System.setIn(new ByteArrayInputStream("wrong".getBytes(StandardCharsets.UTF_8)));
            assertThat(run("--server", url, "--ca-file", ca, "login", "--user", user, "--password-stdin"))
                    .isEqualTo(ExitCode.NOT_AUTHORIZED);
            assertThat(err.toString()).doesNotContain(user).doesNotContain("password is");
        }
    }

    @Test
    void usersAndServiceTokensAreManagedFromTheCommandLine() throws Exception {
        login();
        type("a password for eve's use");
        assertThat(run("user", "add", "evelyn", "--group", "sre", "--password-stdin"))
                .isEqualTo(ExitCode.OK);
        assertThat(run("user", "list")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("evelyn", "sre", "store", "settings");
        type("short");
        assertThat(run("user", "passwd", "evelyn", "--password-stdin")).isEqualTo(ExitCode.FINDINGS);
        assertThat(err.toString()).contains("from 12 to");

        Path token = folder.resolve("ci.token");
        assertThat(run("service-token", "create", "ci", "--out", token.toString()))
                .isEqualTo(ExitCode.OK);
        out.getBuffer().setLength(0);
        assertThat(run("whoami", "--server", url, "--ca-file", ca, "--token-file", token.toString()))
                .isEqualTo(ExitCode.OK);
        // A user may be called token:ci in a binding, but no token is that user.
        assertThat(out.toString()).contains("token:ci").doesNotContain("admin");

        assertThat(run("user", "delete", "evelyn")).isEqualTo(ExitCode.OK);
        assertThat(run("user", "delete", "root")).isEqualTo(ExitCode.FINDINGS);
        assertThat(err.toString()).contains("settings file");
    }

    @Test
    void contextsAreAddedUsedAndListed() {
        assertThat(run("context", "add", "here", "--server", url, "--ca-file", ca))
                .isEqualTo(ExitCode.OK);
        assertThat(run("--server", "http://127.0.0.1:1", "context", "add", "there"))
                .isEqualTo(ExitCode.OK);
        assertThat(run("context", "use", "there")).isEqualTo(ExitCode.OK);
        assertThat(run("context", "list")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines()).anyMatch(line -> line.matches("\\* +there +http://127.0.0.1:1 .*"));
        assertThat(run("context", "use", "nowhere")).isEqualTo(ExitCode.USAGE);
        assertThat(run("--context", "here", "whoami")).isEqualTo(ExitCode.NOT_AUTHORIZED);
    }

    @Test
    void aContextWhoseFilesAreGoneIsToldFromOthersAndForgotten() throws Exception {
        Path gone = Files.writeString(folder.resolve("gone.pem"), Files.readString(Path.of(ca)));
        assertThat(run("context", "add", "broken", "--server", url, "--ca-file", gone.toString()))
                .isEqualTo(ExitCode.OK);
        Files.delete(gone);

        assertThat(run("status")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("there is no file " + gone);
        assertThat(run("context", "list")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("broken");
        assertThat(run("context", "delete", "broken")).isEqualTo(ExitCode.OK);
    }

    @Test
    void aTokenOnTheCommandLineIsNotRemembered() {
        assertThat(run("context", "add", "ci", "--server", url, "--ca-file", ca, "--token", "secret"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--token-file").doesNotContain("secret");
    }

    @Test
    void whoIsNotLetInIsToldSoByEveryCommandThatChangesAnything() throws Exception {
        String file = Files.writeString(
                        folder.resolve("service.yaml"), "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}}")
                .toString();
        List<String> nobody = List.of("--server", url, "--ca-file", ca, "--token", "nobody");
        for (List<String> command : List.of(
                List.of("apply", "-f", file),
                List.of("delete", "-f", file),
                List.of("delete", "serviceaccount", "a"),
                List.of("diff", "-f", file),
                List.of("rollback", "serviceaccount", "a"),
                List.of("drain", "a"))) {
            List<String> line = new ArrayList<>(nobody);
            line.addAll(command);
            assertThat(run(line.toArray(String[]::new))).as("%s", command).isEqualTo(ExitCode.NOT_AUTHORIZED);
        }
    }

    @Test
    void aTokenIsNotSentInTheClearToAnotherMachine() {
        assertThat(run("--server", "http://mesh.example:15014", "--token", "secret", "status"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("use https").doesNotContain("secret");
    }

    @Test
    void strictTransportSecurityIsForNamesThatAreNotThisMachinesOwn() throws Exception {
        assertThat(overTls("mesh.example")).contains("HTTP/1.1 200", "Strict-Transport-Security: max-age=31536000");
        assertThat(overTls("localhost")).contains("HTTP/1.1 200").doesNotContain("Strict-Transport-Security");
        assertThat(overTls("other.example")).contains("HTTP/1.1 421");
    }

    @Test
    void aHandshakeThatDoesNotBeginIsCutOff() throws Exception {
        Path home = Files.createDirectory(folder.resolve("impatient"));
        try (ControlServer impatient = start(home, "limits: {headTimeout: 1s}", List.of());
                Socket socket = new Socket("127.0.0.1", impatient.httpPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static String overTls(String host) throws Exception {
        SSLContext tls = new Target(url, Path.of(ca), null, null, null).tls();
        assertThat(tls).isNotNull();
        try (Socket socket = tls.getSocketFactory().createSocket("localhost", server.httpPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write(("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void login() {
        type(SecuredServer.ROOT_PASSWORD);
        assertThat(run("login", "--server", url, "--ca-file", ca, "--user", "root", "--password-stdin"))
                .describedAs(err.toString())
                .isEqualTo(ExitCode.OK);
    }

    private static void type(String password) {
        System.setIn(new ByteArrayInputStream((password + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private static Pair pair(String subject) throws Exception {
        return people.issue(folder, subject, Instant.now().plus(Duration.ofDays(1)));
    }

    private int runAs(Pair pair, String... arguments) {
        out.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of("--server", url, "--ca-file", ca));
        all.addAll(List.of("--client-certificate", pair.certificate().toString()));
        all.addAll(List.of("--client-key", pair.key().toString()));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    private int run(String... arguments) {
        return new CommandLine(new MeshCtl())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
