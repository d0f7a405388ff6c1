package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on disk, whatever happens to it. */
final class StateFolderTest {

    @TempDir
    Path parent;

    @Test
    void folderAndFilesAreTheOwnersAlone() throws Exception {
        Path path = parent.resolve("a/b");
        try (StateFolder folder = StateFolder.open(path)) {
            folder.save("resources", bytes("one"));
            assertThat(permissions(path)).isEqualTo("rwx------");
            assertThat(permissions(path.resolve("resources"))).isEqualTo("rw-------");
            assertThat(permissions(path.resolve("lock"))).isEqualTo("rw-------");
        }
    }

    @Test
    void fileIsReplacedByMovingAWholeOneOverIt() throws Exception {
        Path path = parent.resolve("state");
        try (StateFolder folder = StateFolder.open(path)) {
            folder.save("resources", bytes("the first, which is longer"));
            Object before = Files.getAttribute(path.resolve("resources"), "unix:ino");
            folder.save("resources", bytes("the second"));
            assertThat(Files.getAttribute(path.resolve("resources"), "unix:ino"))
                    .as("written beside, not into the one in use")
                    .isNotEqualTo(before);
            assertThat(load(folder)).isEqualTo("the second");
            assertThat(namesIn(path)).containsExactly("lock", "resources");
        }
    }

    @Test
    void halfOfAFileThatACrashLeftBesideIsNeverRead() throws Exception {
        Path path = parent.resolve("state");
        try (StateFolder folder = StateFolder.open(path)) {
            folder.save("resources", bytes("good"));
            Files.writeString(path.resolve("resources.new"), "ha");
            assertThat(load(folder)).isEqualTo("good");
            folder.save("resources", bytes("better"));
            assertThat(load(folder)).isEqualTo("better");
            assertThat(permissions(path.resolve("resources"))).isEqualTo("rw-------");
        }
    }

    @Test
    void failedSaveLeavesTheFileOfBefore() throws Exception {
        Path path = parent.resolve("state");
        try (StateFolder folder = StateFolder.open(path)) {
            folder.save("resources", bytes("good"));
            // A folder with something in it stands where the new file would be written.
            Files.createDirectories(path.resolve("resources.new/in-the-way"));
            assertThatThrownBy(() -> folder.save("resources", bytes("better"))).isInstanceOf(IOException.class);
            assertThat(load(folder)).isEqualTo("good");
        }
    }

    @Test
    void fileThatCannotBeUsedIsPutAsideOnceAndReported() throws Exception {
        Path path = parent.resolve("state");
        try (StateFolder folder = StateFolder.open(path);
                Logs logs = new Logs()) {
            folder.save("resources", bytes("bad"));
            assertThat(folder.<String>load("resources", content -> {
                        throw new IOException("it is torn");
                    }))
                    .isNull();
            assertThat(logs.warnings())
                    .singleElement()
                    .asString()
                    .contains("resources.rejected")
                    .contains("it is torn");
            assertThat(path.resolve("resources.rejected")).hasContent("bad");
            assertThat(load(folder)).as("it is not there any more").isNull();
            assertThat(logs.warnings()).hasSize(1);
        }
    }

    @Test
    void faultOfAReaderCountsAsAFileThatCannotBeUsed() throws Exception {
        Path path = parent.resolve("state");
        try (StateFolder folder = StateFolder.open(path)) {
            folder.save("resources", bytes("bad"));
            assertThat(folder.<String>load("resources", content -> {
                        throw new NegativeArraySizeException("-1");
                    }))
                    .isNull();
            assertThat(namesIn(path)).containsExactly("lock", "resources.rejected");
        }
    }

    @Test
    void folderThatOthersMayWriteToIsRefusedWithTheRemedy() throws Exception {
        Path path = Files.createDirectory(parent.resolve("state"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwx---"));
        assertThatThrownBy(() -> StateFolder.open(path)).hasMessageContaining("chmod 700 " + path);
    }

    @Test
    void folderIsForOneClientAtATime() throws Exception {
        Path path = parent.resolve("state");
        try (StateFolder first = StateFolder.open(path)) {
            assertThat(first).hasToString(path.toString());
            assertThatThrownBy(() -> StateFolder.open(path)).hasMessageContaining("folder of its own");
        }
        StateFolder.open(path).close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String load(StateFolder folder) {
        return folder.load("resources", content -> new String(content, StandardCharsets.UTF_8));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<String> namesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
