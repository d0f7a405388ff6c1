package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the demo knows of its processes: real ones, which wait until they are stopped. */
class DemoStateTest {

    private static final DemoPorts PORTS = new DemoPorts(1, 2, 3);

    @TempDir
    private Path folder;

    private Process process;

    @BeforeEach
    void start() throws IOException {
        // It waits for what it is to copy.
        process = new ProcessBuilder("cat").start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private DemoState open() throws Exception {
        return DemoState.open(Map.of("XDG_STATE_HOME", folder.toString()));
    }

    @Test
    void theNextCommandKnowsWhatRunsAndWhere() throws Exception {
        try (DemoState first = open()) {
            first.begin(PORTS);
            first.started("details", process.toHandle());
        }
        try (DemoState next = open()) {
            assertThat(next.runs("details")).isTrue();
            assertThat(next.ports()).isEqualTo(PORTS);
            assertThat(next.stop()).isEqualTo(1);
        }
        process.waitFor();
        try (DemoState last = open()) {
            assertThat(last.processes()).isEmpty();
            assertThat(last.stop()).isZero();
        }
    }

    @Test
    void whatItKeepsIsForTheUserOnly() throws Exception {
        try (DemoState state = open()) {
            state.begin(PORTS);
            Path file = state.folder().resolve("demo.json");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.folder())))
                    .isEqualTo("rwx------");
            state.stop();
            assertThat(state.folder()).doesNotExist();
        }
    }

    /** Numbers are given anew: what has one of ours now and began at another time belongs to somebody else. */
    @Test
    void aForeignProcessWithTheNumberOfOneOfOursIsLeftAlone() throws Exception {
        try (DemoState state = open()) {
            state.begin(PORTS);
            state.started("details", process.toHandle());
            Path file = state.folder().resolve("demo.json");
            DemoState.Known ours = Objects.requireNonNull(state.processes().get("details"));
            SecretFiles.write(
                    file,
                    Files.readString(file).replace(Long.toString(ours.began()), Long.toString(ours.began() - 60_000)));
        }
        try (DemoState state = open()) {
            assertThat(state.processes()).containsKey("details");
            assertThat(state.runs("details")).isFalse();
            assertThat(state.stop()).isZero();
        }
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void twoCommandsAreNotAtItTogether() throws Exception {
        try (DemoState state = open()) {
            assertThat(state.runs()).isFalse();
            assertThatThrownBy(this::open).isInstanceOf(Failure.class).hasMessageContaining("another meshctl demo");
        }
        open().close();
    }

    @Test
    void aPortThatIsTakenIsNamedWithTheOptionThatMovesIt() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            DemoPorts ports = new DemoPorts(taken.getLocalPort(), 0, 0);

            assertThatThrownBy(ports::demandFree)
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()))
                    .hasMessageContaining("--page-port");
        }
    }

    @Test
    void withoutTheBookshopItSaysHowToGetIt() {
        for (Path bookinfo : List.of(folder, folder.resolve("absent"))) {
            assertThatThrownBy(() -> DemoParts.find(bookinfo))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("mvn -q -DskipTests")
                    .hasMessageContaining("--bookinfo")
                    .hasMessageContaining(bookinfo.toString());
        }
    }
}
