package io.inmesh.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.backup.CarriedAuthority.Present;
import io.inmesh.server.ca.AuthorityCopy;
import io.inmesh.server.ca.AuthoritySettings;
import io.inmesh.server.ca.CertificateAuthority;
import io.inmesh.server.ca.SecretFiles;
import io.inmesh.server.ca.SharedAuthority;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.FollowedTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The authority goes along, whichever form it has here and there. */
class CarriedAuthorityTest {

    @TempDir
    private Path folder;

    private final FakeTime time = new FakeTime();

    /** Not the engine of one server, so it stands for one that servers share. */
    private final MemoryTable shared = new MemoryTable();

    private final Engine own = EmbeddedEngine.inMemory();
    private AuthoritySettings settings;
    private Path files;

    @BeforeEach
    void start() throws Exception {
        SecretFiles.write(folder.resolve("ca.passphrase"), "the same at all of them\n");
        settings = settings("authority: {passphraseFile: ca.passphrase}");
        files = folder.resolve("ca");
    }

    @AfterEach
    void close() {
        shared.close();
        own.close();
    }

    @Test
    void filesBecomeAnEntryAndAnEntryBecomesFilesAgain() throws Exception {
        byte[] root = ofFiles(files, settings("authority: {}")).rootHash();

        CarriedAuthority there = carry(filesIn(files), shared, Present.PROTECTED);
        assertThat(there.files()).isEmpty();
        put(there);
        assertThat(ofStore().rootHash()).isEqualTo(root);

        CarriedAuthority back = carry(storeOf(shared), own, Present.PROTECTED);
        assertThat(back.tables()).doesNotContainKey(AuthorityCopy.TABLE);
        assertThat(back.files().values()).noneMatch(AuthorityCopy::bare);
        AuthorityCopy.write(folder.resolve("back"), back.files());
        assertThat(ofFiles(folder.resolve("back"), settings).rootHash()).isEqualTo(root);
    }

    @Test
    void withoutAPassphraseNothingIsCarried() throws Exception {
        ofFiles(files, settings("authority: {}"));

        assertThatThrownBy(() -> CarriedAuthority.of(
                        filesIn(files),
                        shared,
                        Present.PROTECTED,
                        settings("authority: {}"),
                        settings("authority: {}")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("authority.passphraseFile");
    }

    @Test
    void anEntryFromStoreToStoreNeedsNoPassphrase() throws Exception {
        ofStore();
        Backup copy = storeOf(shared);
        try (MemoryTable empty = new MemoryTable()) {
            AuthoritySettings none = settings("authority: {}");

            assertThat(CarriedAuthority.of(copy, empty, Present.PROTECTED, none, none)
                            .tables()
                            .get(AuthorityCopy.TABLE))
                    .isEqualTo(copy.tables().get(AuthorityCopy.TABLE));
        }
    }

    @Test
    void anOlderAuthorityDoesNotTakeThePlaceOfANewerOneUnlessSomebodySaysSo() throws Exception {
        byte[] older = ofStore().rootHash();
        Backup copy = storeOf(shared);
        shared.delete(AuthorityCopy.TABLE, AuthorityCopy.KEY);
        byte[] newer = ofStore().rootHash();

        assertThatThrownBy(() -> carry(copy, shared, Present.PROTECTED))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("--keep-authority")
                .hasMessageContaining("--replace-authority");
        put(carry(copy, shared, Present.KEPT));
        assertThat(ofStore().rootHash()).isEqualTo(newer);
        put(carry(copy, shared, Present.REPLACED));
        assertThat(ofStore().rootHash()).isEqualTo(older);
        put(carry(copy, shared, Present.PROTECTED));
        assertThat(ofStore().rootHash()).as("it is the same").isEqualTo(older);
    }

    @Test
    void ofFilesNobodySaysHowOldTheyAre() throws Exception {
        ofStore();
        ofFiles(files, settings);

        assertThatThrownBy(() -> carry(filesIn(files), shared, Present.PROTECTED))
                .hasMessageContaining("after 1 changes")
                .hasMessageContaining("a backup of files, whose age is not known")
                .hasMessageNotContaining("after 2")
                .hasMessageContaining("--keep-authority");
    }

    @Test
    void anEntryIsOpenedWithThePassphraseOfBeforeAndItsFilesHaveThatOfAfterwards() throws Exception {
        byte[] root = ofStore().rootHash();
        SecretFiles.write(folder.resolve("own.passphrase"), "of the one server only\n");

        for (String yaml : List.of("authority: {}", "authority: {passphraseFile: own.passphrase}")) {
            AuthoritySettings after = settings(yaml);
            CarriedAuthority back = CarriedAuthority.of(storeOf(shared), own, Present.REPLACED, settings, after);
            Path place = folder.resolve("back" + yaml.length());
            AuthorityCopy.write(place, back.files());

            assertThat(back.files().values().stream().anyMatch(AuthorityCopy::bare))
                    .isEqualTo(yaml.endsWith("{}"));
            assertThat(ofFiles(place, after).rootHash()).isEqualTo(root);
        }
    }

    @Test
    void anEntryThatTheServersOfTheOtherStoreCouldNotOpenIsRefused() throws Exception {
        ofStore();
        SecretFiles.write(folder.resolve("other.passphrase"), "of the other servers\n");
        AuthoritySettings other = settings("authority: {passphraseFile: other.passphrase}");
        try (MemoryTable empty = new MemoryTable()) {
            assertThatThrownBy(() -> CarriedAuthority.of(storeOf(shared), empty, Present.REPLACED, settings, other))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not open with the passphrase")
                    .hasMessageContaining("authority.passphraseFile");
        }
    }

    @Test
    void aCopyWithoutAnAuthorityLeavesTheOneThatIsThere() throws Exception {
        byte[] root = ofStore().rootHash();

        put(carry(new Backup(new TreeMap<>(), new TreeMap<>()), shared, Present.PROTECTED));

        assertThat(ofStore().rootHash()).isEqualTo(root);
    }

    private CarriedAuthority carry(Backup copy, Engine to, Present present) throws IOException {
        return CarriedAuthority.of(copy, to, present, settings, settings);
    }

    private void put(CarriedAuthority carried) throws IOException {
        new Refill(shared, true).with(carried.tables(), 0);
    }

    private static Backup filesIn(Path directory) throws IOException {
        return new Backup(new TreeMap<>(), AuthorityCopy.read(directory));
    }

    private static Backup storeOf(Engine engine) {
        SortedMap<String, SortedMap<String, byte[]>> tables = engine.list().tables();
        return new Backup(tables, new TreeMap<>());
    }

    private CertificateAuthority ofFiles(Path directory, AuthoritySettings of) throws IOException {
        return of.open(directory, "inmesh.local", Map.of(), time, new SecureRandom());
    }

    private CertificateAuthority ofStore() throws IOException {
        try (FollowedTables followed = shared.followed(SharedAuthority.TABLE)) {
            return SharedAuthority.open(
                    settings,
                    shared,
                    followed,
                    folder.resolve("none"),
                    "inmesh.local",
                    Map.of(),
                    time,
                    new SecureRandom());
        }
    }

    private AuthoritySettings settings(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("server.yaml"), yaml);
        return AuthoritySettings.read(SettingsFile.read(file).section("authority"));
    }
}
