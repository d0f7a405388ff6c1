package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.backup.StoreCommand;
import io.inmesh.server.ca.SecretFiles;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.store.EmbeddedEngine;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A server that is told that there is an authority does not start where there is none, and leaves the place as it is. */
class MissingAuthorityTest {

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void keepPassphrase() throws Exception {
        data = folder.resolve("data");
        SecretFiles.write(folder.resolve("ca.passphrase"), "not to be guessed\n");
    }

    @Test
    void noServerStartsInAnEmptyFolderNorLeavesAnythingThere() throws Exception {
        assertThatThrownBy(() -> start("refuse"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no certificate authority in the data folder " + data)
                .hasMessageContaining("--data-dir is right, and its volume mounted")
                .hasMessageContaining("authority.whenMissing is REFUSE")
                .hasMessageContaining("control-server store restore FILE");
        assertThat(data).doesNotExist();

        Files.createDirectory(data);
        assertThatThrownBy(() -> start("refuse")).hasMessageContaining("authority.whenMissing");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void aStoreWhoseAuthorityIsLostIsNotStartedOnEither() throws Exception {
        start("found").close();
        Files.move(data.resolve("ca"), folder.resolve("lost"));

        assertThatThrownBy(() -> start("refuse")).hasMessageContaining("there is no certificate authority");
        assertThat(data.resolve("ca")).doesNotExist();

        Files.move(folder.resolve("lost"), data.resolve("ca"));
        start("refuse").close();
    }

    @Test
    void theAuthorityThatIsThereOrComesBackFromABackupIsGoneOnWith() throws Exception {
        start("found").close();
        List<Path> root = roots();
        start("refuse").close();
        store("backup");
        Files.move(data, folder.resolve("lost"));
        assertThatThrownBy(() -> start("refuse")).hasMessageContaining("there is no certificate authority");

        assertThat(store("restore")).contains("restored").contains("start the servers");

        start("refuse").close();
        assertThat(roots()).isEqualTo(root);
    }

    @Test
    void aRestoreWithoutTheAuthoritySaysThatNoServerWillStart() throws Exception {
        start("found").close();
        store("backup", "--without-authority");
        Files.move(data, folder.resolve("lost"));
        settings("refuse");

        assertThat(store("restore"))
                .contains("put the folder " + data.resolve("ca") + " back")
                .contains("refuses to found another one (authority.whenMissing)");
    }

    @Test
    void aRestoreThatWasInterruptedIsNotTakenForAnEmptyPlace() throws Exception {
        Files.createDirectories(data.resolve(EmbeddedEngine.STAGE));

        assertThatThrownBy(() -> start("refuse")).hasMessageContaining("has not come to its end");
    }

    @Test
    void serversThatShareAStoreFoundNoneBehindTheBackOfWhatWasSeenThere() throws Exception {
        Path settings = settings("refuse");

        // The store of these is opened before, so only who would found the authority can refuse it.
        assertThatThrownBy(() -> {
                    try (EmbeddedEngine shared = EmbeddedEngine.inMemory()) {
                        new ControlServer(ServerOptions.onLoopback(0, 0, data, SettingsFile.read(settings)), shared)
                                .close();
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no certificate authority in the store, and none is founded");
    }

    private ControlServer start(String whenMissing) throws IOException {
        return new ControlServer(ServerOptions.onLoopback(0, 0, data, SettingsFile.read(settings(whenMissing))));
    }

    private Path settings(String whenMissing) throws IOException {
        return Files.writeString(
                folder.resolve("settings.yaml"),
                "authority: {passphraseFile: ca.passphrase, whenMissing: " + whenMissing + "}");
    }

    private List<Path> roots() throws IOException {
        try (var roots = Files.list(data.resolve("ca/roots"))) {
            return roots.toList();
        }
    }

    private String store(String command, String... more) {
        StringWriter told = new StringWriter();
        PrintWriter writer = new PrintWriter(told);
        List<String> arguments = new ArrayList<>(List.of(command, "--data-dir", data.toString(), "--config"));
        arguments.add(folder.resolve("settings.yaml").toString());
        arguments.addAll(List.of(more));
        arguments.add(folder.resolve("mesh.backup").toString());
        new CommandLine(new StoreCommand()).setOut(writer).setErr(writer).execute(arguments.toArray(String[]::new));
        return told.toString();
    }
}
