package io.inmesh.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedEngineTest extends EngineContract {

    @TempDir
    private Path folder;

    @Override
    Engine open() throws IOException {
        return EmbeddedEngine.open(folder.resolve("contract"));
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
