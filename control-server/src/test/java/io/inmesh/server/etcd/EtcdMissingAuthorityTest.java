package io.inmesh.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.ControlServer;
import io.inmesh.server.ServerOptions;
import io.inmesh.server.backup.StoreCommand;
import io.inmesh.server.ca.SecretFiles;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** An etcd that has lost everything is no place for another authority, if the settings say that there is one. */
class EtcdMissingAuthorityTest {

    @TempDir
    private Path folder;

    @Test
    void noServerStartsOnAnEtcdThatWasEmptiedUntilTheBackupIsBack() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(folder.resolve("etcd"), 1, "http")) {
            String root;
            try (ControlServer first = start(cluster, "found")) {
                root = root(first);
            }
            try (ControlServer again = start(cluster, "refuse")) {
                assertThat(root(again)).isEqualTo(root);
            }
            store("backup");
            cluster.kill(0);
            cluster.restartEmpty();

            assertThatThrownBy(() -> start(cluster, "refuse"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("there is no certificate authority in the store at [" + cluster.endpoint(0)
                            + "] below /inmesh")
                    .hasMessageContaining("authority.whenMissing is REFUSE")
                    .hasMessageContaining("control-server store restore FILE");
            assertThat(EtcdTool.keys(cluster.endpoint(0), "/")).isEmpty();

            store("restore");
            try (ControlServer restored = start(cluster, "refuse")) {
                assertThat(root(restored)).isEqualTo(root);
            }
        }
    }

    private ControlServer start(EtcdCluster cluster, String whenMissing) throws IOException {
        SecretFiles.write(folder.resolve("ca.passphrase"), "the same at all of them\n");
        Path settings = Files.writeString(
                folder.resolve("settings.yaml"),
                "authority: {passphraseFile: ca.passphrase, whenMissing: " + whenMissing
                        + "}\nstore: {etcd: {endpoints: [\"" + cluster.endpoint(0) + "\"], timeout: 1m}}");
        return new ControlServer(ServerOptions.onLoopback(0, 0, folder.resolve("data"), SettingsFile.read(settings)));
    }

    private void store(String command) {
        assertThat(new CommandLine(new StoreCommand())
                        .execute(
                                command,
                                "--data-dir",
                                folder.resolve("data").toString(),
                                "--config",
                                folder.resolve("settings.yaml").toString(),
                                folder.resolve("mesh.backup").toString()))
                .as(command)
                .isZero();
    }

    private static String root(ControlServer server) throws Exception {
        String roots = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.httpUrl() + "/inmesh/v1/ca/roots"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        Matcher active = Pattern.compile("\"id\":\"(\\p{XDigit}{12})\",\"state\":\"active\"")
                .matcher(roots);
        assertThat(active.find()).as(roots).isTrue();
        return active.group(1);
    }
}
