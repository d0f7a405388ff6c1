package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.ControlServer;
import io.inmesh.server.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code meshctl ca} and {@code meshctl audit} against a whole server. */
class AuthorityCommandTest {

    @TempDir
    private Path folder;

    private @Nullable ControlServer server;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void serve() throws IOException {
        server = new ControlServer(ServerOptions.onLoopback(0, 0, folder.resolve("data")));
    }

    @AfterEach
    void stop() {
        Objects.requireNonNull(server).close();
    }

    @Test
    void aRootIsAddedActivatedAndTheOldOneRetired() {
        String first = only("(\\p{XDigit}{12}) +active", "ca", "root", "list");
        String second = only("root (\\p{XDigit}{12}) is staged", "ca", "root", "add");

        assertThat(run("ca", "root", "retire", first)).isEqualTo(ExitCode.FINDINGS);
        assertThat(err.toString()).contains("activate another one first");
        assertThat(run("ca", "root", "activate", second.substring(0, 6))).isEqualTo(ExitCode.OK);
        assertThat(run("ca", "root", "retire", first)).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("root " + first + " is retiring");
    }

    @Test
    void aRootIsHeldByAJoinTokenThatPinsItUntilThatIsRevoked() throws IOException {
        String first = only("(\\p{XDigit}{12}) +active", "ca", "root", "list");
        Path token = folder.resolve("token");
        run("token", "create", "--sa", "reviews", "--out", token.toString());
        String id = Files.readString(token).split("\\.")[1];
        String second = only("root (\\p{XDigit}{12}) is staged", "ca", "root", "add");
        run("ca", "root", "activate", second);

        assertThat(run("ca", "root", "retire", first)).isEqualTo(ExitCode.FINDINGS);
        assertThat(err.toString()).contains("join token " + id + " for reviews in default pins it until");
        assertThat(run("token", "revoke", id)).isEqualTo(ExitCode.OK);
        assertThat(run("ca", "root", "retire", first)).isEqualTo(ExitCode.OK);
    }

    @Test
    void statusTellsThatKeysAreNotEncrypted() {
        assertThat(run("ca", "status")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("trust domain:    inmesh.local")
                .contains("valid for 24h")
                .contains("NOT ENCRYPTED; set INMESH_CA_PASSPHRASE");
    }

    @Test
    void aFileThatIsNoRootIsRefusedWithTheReason() throws Exception {
        Path file = Files.writeString(folder.resolve("bundle.pem"), "nothing\n");

        assertThat(run("ca", "root", "add", "--file", file.toString())).isEqualTo(ExitCode.FINDINGS);
        assertThat(err.toString()).contains("holds 0 certificates");
        assertThat(run("ca", "root", "add", "--file", folder.resolve("absent").toString()))
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void theAuditLogIsShownFilteredAndVerified() {
        run("token", "create", "--sa", "reviews");
        run("ca", "root", "add");
        out.getBuffer().setLength(0);

        assertThat(run("audit", "--event", "token-created")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("token-created", "identity=spiffe://inmesh.local/ns/default/sa/reviews")
                .doesNotContain("root-added");
        assertThat(run("audit", "--since", "PT1H", "-o", "json")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("\"event\":\"root-added\"", "\"hash\":\"");
        assertThat(run("audit", "--since", "2999-01-01T00:00:00Z", "-o", "json"))
                .isEqualTo(ExitCode.OK);
        out.getBuffer().setLength(0);
        assertThat(run("audit", "--verify")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("entries, all as they were written; newest hash ");
    }

    @Test
    void aSinceThatIsNoTimeIsAMistakeOfTheCaller() {
        assertThat(run("audit", "--since", "yesterday")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--since is a time such as");
    }

    private String only(String pattern, String... arguments) {
        out.getBuffer().setLength(0);
        assertThat(run(arguments)).as(err.toString()).isEqualTo(ExitCode.OK);
        Matcher matcher = Pattern.compile(pattern).matcher(out.toString());
        assertThat(matcher.find()).as(out.toString()).isTrue();
        return matcher.group(1);
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--server");
        all.add("http://127.0.0.1:" + Objects.requireNonNull(server).httpPort());
        return new CommandLine(new MeshCtl())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
