package io.inmesh.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.FakeTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedEngineTest extends EngineLeaseContract {

    @TempDir
    private Path folder;

    private static final int KEPT = 1000;

    private final FakeTime time = new FakeTime();

    @Override
    protected Engine open() throws IOException {
        return EmbeddedEngine.open(folder.resolve("contract"), time, KEPT);
    }

    @Override
    protected void compact() {
        for (int i = 0; i < KEPT; i++) {
            engine.put("other", "k", bytes("" + i));
        }
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }

    @Test
    void revisionsGoOnAfterItIsOpenedAgainAndWhatWasLeasedIsGone() throws Exception {
        Path data = folder.resolve("leased");
        long last;
        try (EmbeddedEngine engine = EmbeddedEngine.open(data, time, KEPT)) {
            Engine.Lease lease = engine.grant(Duration.ofHours(1), () -> {});
            engine.change(
                    List.of(),
                    List.of(
                            new Engine.Write("t", "bound/1", bytes("1"), lease),
                            new Engine.Write("t", "freed", bytes("1"), lease),
                            new Engine.Write("t", "stays", bytes("1"))));
            engine.put("t", "freed", bytes("2"));
            last = engine.revision();
        }
        RecordingWatcher watcher = new RecordingWatcher();
        try (EmbeddedEngine engine = EmbeddedEngine.open(data, time, KEPT)) {
            assertThat(engine.scan("t").keySet()).containsExactly("freed", "stays");
            assertThat(engine.revision()).isGreaterThan(last);
            engine.watch(Set.of("t"), last, watcher);
            assertThat(watcher.next())
                    .as("what happened before is on disk only as what came of it")
                    .isSameAs(RecordingWatcher.COMPACTED);
        }
    }

    @Test
    void theLogOfChangesIsBoundedByTheirSizeToo() throws Exception {
        byte[] large = new byte[1 << 20];
        long before = engine.revision();
        for (int i = 0; i < RecentTransactions.MOST_BYTES / large.length + 1; i++) {
            engine.put("t", "k", large);
        }
        RecordingWatcher watcher = new RecordingWatcher();
        try (Engine.Watch watch = engine.watch(Set.of("t"), before, watcher)) {
            assertThat(watcher.next()).isSameAs(RecordingWatcher.COMPACTED);
        }
    }

    @Test
    void everythingIsThereAfterItIsOpenedAgain() throws IOException {
        Path data = folder.resolve("again");
        try (Engine engine = EmbeddedEngine.open(data)) {
            engine.change(
                    List.of(), List.of(new Engine.Write("t", "k", bytes("v")), new Engine.Write("u", "l", bytes("w"))));
            engine.increment("t", "counter");
        }
        try (Engine engine = EmbeddedEngine.open(data)) {
            assertThat(engine.get("u", "l"))
                    .hasValueSatisfying(v -> assertThat(v).isEqualTo(bytes("w")));
            assertThat(engine.increment("t", "counter")).isEqualTo(2);
        }
    }

    @Test
    void aSecondServerOnTheSameFolderIsRefusedAndToldWhatToDo() throws IOException {
        Path data = folder.resolve("shared");
        try (Engine first = EmbeddedEngine.open(data)) {
            first.put("t", "k", bytes("v"));

            assertThatThrownBy(() -> EmbeddedEngine.open(data))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(data.toString())
                    .hasMessageContaining("in use by another control server")
                    .hasMessageContaining("--data-dir");
        }
    }

    @Test
    void folderAndFileAreForTheirOwnerOnly() throws IOException {
        Path data = folder.resolve("private");
        EmbeddedEngine.open(data).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("inmesh.mv"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws IOException {
        Path data = folder.resolve("open");
        EmbeddedEngine.open(data).close();
        Files.setPosixFilePermissions(data.resolve("inmesh.mv"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> EmbeddedEngine.open(data)).hasMessageContaining("chmod 600");
    }

    @Test
    void aFileThatIsNoStoreIsSaidToBeUnreadableRatherThanInUse() throws IOException {
        Path data = folder.resolve("damaged");
        EmbeddedEngine.open(data).close();
        Files.writeString(data.resolve("inmesh.mv"), "no store\n".repeat(2000));

        assertThatThrownBy(() -> EmbeddedEngine.open(data))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be read");
    }
}
