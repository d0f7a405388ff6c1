package io.inmesh.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.backup.StoreCommand;
import io.inmesh.server.ca.AuthoritySettings;
import io.inmesh.server.ca.CertificateAuthority;
import io.inmesh.server.ca.SecretFiles;
import io.inmesh.server.ca.SharedAuthority;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.time.SystemTimer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** From the file to a real etcd. */
class EtcdMoveTest {

    @TempDir
    private Path folder;

    @Test
    void oneCommandMovesTheFileToEtcdWithItsRevisionsAndPutsItAside() throws Exception {
        Path data = folder.resolve("data");
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            changes.add(new Change.Put(
                    Config.resource("{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: a" + i
                            + "}, spec: {host: reviews}}"),
                    0L));
        }
        try (SystemTimer timer = new SystemTimer();
                EtcdCluster cluster = EtcdCluster.start(folder.resolve("etcd"), 1, "http")) {
            try (Engine engine = new StoreSettings(null).open(data, timer, InstantSource.system());
                    ConfigStore store = new ConfigStore(engine)) {
                store.commit(changes);
            }
            byte[] root = CertificateAuthority.open(
                            data.resolve("ca"), "inmesh.local", InstantSource.system(), new SecureRandom())
                    .rootHash();
            SecretFiles.write(folder.resolve("ca.passphrase"), "the same at all of them\n");
            Path settings = Files.writeString(
                    folder.resolve("etcd.yaml"),
                    "authority: {passphraseFile: ca.passphrase, whenMissing: refuse}\nstore: {etcd: {endpoints: [\""
                            + cluster.endpoint(0) + "\"], timeout: 1m}}");

            int code = new CommandLine(new StoreCommand())
                    .execute("move", "--data-dir", data.toString(), "--to", settings.toString());

            assertThat(code).isZero();
            assertThat(data.resolve("inmesh.mv")).doesNotExist();
            assertThat(data.resolve("inmesh.mv.moved")).exists();
            try (Engine engine = StoreSettings.read(SettingsFile.read(settings).section("store"))
                            .open(data, timer, InstantSource.system());
                    ConfigStore store = new ConfigStore(engine)) {
                assertThat(store.view().revision()).isEqualTo(1);
                assertThat(store.view().all()).hasSize(150);
                assertThat(data.resolve("ca")).doesNotExist();
                assertThat(data.resolve("ca.moved/authority.json")).exists();
                try (FollowedTables followed =
                        new FollowedTables(engine, InstantSource.system(), SharedAuthority.TABLE)) {
                    CertificateAuthority authority = SharedAuthority.open(
                            AuthoritySettings.read(SettingsFile.read(settings).section("authority")),
                            engine,
                            followed,
                            data.resolve("ca"),
                            "inmesh.local",
                            Map.of(),
                            InstantSource.system(),
                            new SecureRandom());
                    assertThat(authority.rootHash()).isEqualTo(root);
                }
            }
        }
    }
}
