package io.inmesh.server.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.inmesh.server.ca.AuthorityCopy;
import io.inmesh.server.etcd.StoreSettings;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Schema;
import io.inmesh.server.time.SystemTimer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StoreCommandTest {

    private static final String BARE = "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n";
    private static final String SEALED =
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMC4=\n-----END ENCRYPTED PRIVATE KEY-----\n";

    @TempDir
    private Path folder;

    private Path data;
    private Path copy;
    private Path backup;

    @BeforeEach
    void start() throws Exception {
        data = folder.resolve("data");
        copy = folder.resolve("copy");
        backup = folder.resolve("backup");
        fill(data);
        AuthorityCopy.write(data.resolve("ca"), Map.of("authority.json", "{}", "roots/1/root.key", SEALED));
    }

    @Test
    void whatIsBackedUpComesBackWithTheAuthorityAndForItsOwnerOnly() throws Exception {
        assertThat(run("backup", data)).contains("backed up revision");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
                .isEqualTo("rw-------");
        assertThat(run("restore", copy)).contains("restored");

        try (Engine before = open(data);
                Engine after = open(copy)) {
            assertThat(after.get("other", "k")).hasValue(new byte[] {0, -1, 10});
            ConfigStore store = new ConfigStore(after);
            assertThat(store.view().all())
                    .hasToString(new ConfigStore(before).view().all().toString());
            assertThat(store.view().revision())
                    .as("clients may have seen more than the backup")
                    .isEqualTo(3 + Refill.JUMP);
            assertThat(store.versions(store.view().all().get(0).key())).hasSize(1);
        }
        assertThat(AuthorityCopy.read(copy.resolve("ca"))).isEqualTo(AuthorityCopy.read(data.resolve("ca")));
    }

    @Test
    void nothingIsNoStateToBackUpOrToMove() throws Exception {
        Path wrong = folder.resolve("wrong");
        assertThat(run("backup", wrong))
                .contains("there is no store " + wrong.resolve("inmesh.mv"), "correct --data-dir");
        assertThat(run("move", wrong, "--to")).contains("there is no store");
        assertThat(wrong).doesNotExist();
        assertThat(run("restore", copy)).contains("there is no file " + backup + "; correct its name");
        Files.write(backup, new byte[] {(byte) 0xff});
        Files.setPosixFilePermissions(backup, PosixFilePermissions.fromString("rw-------"));
        assertThat(run("restore", copy)).contains("is damaged, or no backup");
        Files.writeString(backup, "# the same store");
        assertThat(run("move", data, "--to")).contains("name no other store than the file in " + data);
        Files.delete(backup);
        assertThat(backup).doesNotExist();
    }

    @Test
    void keysThatNothingProtectsAreTakenOnlyIfOneSaysSo() throws Exception {
        AuthorityCopy.write(data.resolve("ca"), Map.of("roots/1/root.key", BARE));

        assertThat(run("backup", data)).contains("authority.passphraseFile").contains("--plain-keys");
        assertThat(backup).doesNotExist();
        assertThat(run("backup", data, "--without-authority")).contains("backed up");
        assertThat(Files.readString(backup)).doesNotContain("PRIVATE KEY");
        assertThat(run("backup", data, "--plain-keys")).contains("exists already");
        Files.delete(backup);
        assertThat(run("backup", data, "--plain-keys")).contains("backed up");
        assertThat(Files.readString(backup)).contains("PRIVATE KEY");
    }

    @Test
    void aStoreThatHoldsSomethingIsReplacedOnlyIfOneSaysSo() throws Exception {
        run("backup", data, "--without-authority");
        try (Engine engine = open(copy)) {
            engine.put("theirs", "k", new byte[1]);
        }

        assertThat(run("restore", copy)).contains("not empty").contains("--replace");
        assertThat(run("restore", copy, "--replace")).contains("restored");

        try (Engine engine = open(copy)) {
            assertThat(engine.get("theirs", "k")).isEmpty();
            assertThat(engine.get("other", "k")).isPresent();
        }
    }

    @Test
    void serversThatRanWhenABackupWasTakenAreNotBroughtBack() throws Exception {
        try (Engine engine = open(data)) {
            Schema.PASSING.forEach(table -> engine.put(table, "k", new byte[1]));
        }
        run("backup", data, "--without-authority");

        assertThat(run("restore", copy)).contains("restored");

        try (Engine engine = open(copy)) {
            Schema.PASSING.forEach(table -> assertThat(engine.scan(table)).isEmpty());
            assertThat(engine.get("other", "k")).isPresent();
        }
    }

    @Test
    void revisionsNeverGoBackWhereNewerOnesHaveBeenGiven() throws Exception {
        run("backup", data, "--without-authority");
        run("restore", data, "--replace");
        run("restore", data, "--replace");

        try (Engine engine = open(data)) {
            assertThat(new ConfigStore(engine).view().revision()).isEqualTo(3 + 2 * Refill.JUMP);
        }
    }

    @Test
    void aBackupThatIsCutOffOrChangedOrNewerIsRefusedAndNothingIsTouched() throws Exception {
        run("backup", data, "--without-authority");
        String whole = Files.readString(backup);

        Files.writeString(backup, whole.substring(0, whole.length() / 2));
        assertThat(run("restore", copy)).contains("cut off");
        Files.writeString(backup, whole.substring(0, whole.stripTrailing().lastIndexOf('\n') + 1));
        assertThat(run("restore", copy)).contains("cut off");
        Files.writeString(backup, whole.replaceFirst("\"key\":\"k\"", "\"key\":\"l\""));
        assertThat(run("restore", copy)).contains("checksum does not fit");
        Files.writeString(backup, whole.replaceFirst("\"schema\":2", "\"schema\":3"));
        assertThat(run("restore", copy)).contains("has form 3");
        Files.writeString(backup, "kind: Service\n");
        assertThat(run("restore", copy)).contains("no backup");
        try (Engine engine = EmbeddedEngine.open(copy)) {
            assertThat(engine.list().tables()).isEmpty();
        }
    }

    @Test
    void aBackupOfTheFormBeforeIsTaken() throws Exception {
        run("backup", data, "--without-authority");
        writeBackup(body().replaceFirst("\"schema\":2", "\"schema\":1"));

        assertThat(run("restore", copy)).contains("restored");
    }

    /** No server would start on what came of it. */
    @Test
    void linesThatNoBackupHasAreRefusedThoughTheChecksumFits() throws Exception {
        run("backup", data, "--without-authority");
        String body = body();
        for (String line : List.of(
                "{\"table\":\"resources\",\"key\":\"x\"}",
                "{\"table\":\"resources\",\"value\":\"eA==\"}",
                "{\"table\":\"resources\",\"key\":\"x\",\"value\":\"***\"}",
                "{\"file\":\"authority.json\"}",
                "[]",
                "null",
                "")) {
            writeBackup(body + line + "\n");
            assertThat(run("restore", copy)).as(line).contains(backup.toString(), "take another backup");
        }
        assertThat(copy).doesNotExist();
    }

    @Test
    void aRestoreThatBringsNoAuthoritySaysSo() throws Exception {
        run("backup", data, "--without-authority");

        assertThat(run("restore", copy))
                .contains("restored", "no certificate authority", "put the folder " + copy.resolve("ca") + " back");
        assertThat(run("restore", data, "--replace")).contains("restored", "start the servers");
    }

    @Test
    void aStoreOnWhichServersRunIsNotRefilled() throws Exception {
        try (MemoryTable shared = new MemoryTable()) {
            shared.put(Schema.REPLICAS, "one", new byte[1]);
            shared.put("other", "k", new byte[1]);
            CarriedAuthority copied = new CarriedAuthority(new TreeMap<>(), new TreeMap<>());

            assertThatThrownBy(() -> Target.shared(shared).fill(copied, true, 0))
                    .hasMessageContaining("control servers run on the store: one; stop them all first");
            assertThat(shared.get("other", "k")).isPresent();

            shared.delete(Schema.REPLICAS, "one");
            Target.shared(shared).fill(copied, true, 0);
            assertThat(shared.get("other", "k")).isEmpty();
        }
    }

    @Test
    void aRestoreThatWasInterruptedKeepsServersFromStartingUntilItIsDoneAgain() throws Exception {
        run("backup", data, "--without-authority");
        try (Engine engine = EmbeddedEngine.open(copy)) {
            engine.put("other", "half", new byte[1]);
            engine.put(Schema.TABLE, Schema.UNFINISHED, new byte[0]);
        }

        assertThatThrownBy(() -> open(copy)).hasMessageContaining("interrupted");
        assertThat(run("restore", copy)).contains("restored");
        try (Engine engine = open(copy)) {
            assertThat(engine.scan("other").keySet()).containsExactly("k");
        }
    }

    @Test
    void aStoreOfANewerServerIsNotOpenedAndOneFromBeforeThereWereFormsIsMarked() throws Exception {
        try (Engine engine = EmbeddedEngine.open(data)) {
            engine.delete(Schema.TABLE, "schema");
        }
        open(data).close();
        try (Engine engine = EmbeddedEngine.open(data)) {
            assertThat(engine.get(Schema.TABLE, "schema")).hasValue("1".getBytes(UTF_8));
            engine.put(Schema.TABLE, "schema", "7".getBytes(UTF_8));
        }

        assertThatThrownBy(() -> open(data)).isInstanceOf(IOException.class).hasMessageContaining("a newer server");
    }

    @Test
    void aRestoreThatFailsLeavesNothingBehind() throws Exception {
        assertThat(run("restore", copy)).contains("there is no file");
        Files.writeString(backup, "garbage");
        Files.setPosixFilePermissions(backup, PosixFilePermissions.fromString("rw-------"));
        assertThat(run("restore", copy)).contains("no backup");
        assertThat(copy).as("a server would take it for its store").doesNotExist();

        Files.writeString(
                backup,
                new Backup(new TreeMap<>(Map.of("new", new TreeMap<>(Map.of("k", new byte[1])))), reachingOut())
                        .text(1, InstantSource.system().instant()));
        assertThat(run("restore", copy)).contains("tampered", copy + " is as it was before");
        assertThat(copy).doesNotExist();

        SortedMap<String, String> authority = AuthorityCopy.read(data.resolve("ca"));
        assertThat(run("restore", data, "--replace")).contains("tampered", data + " is as it was before");
        assertThat(AuthorityCopy.read(data.resolve("ca"))).isEqualTo(authority);
        assertThat(data.resolve(EmbeddedEngine.STAGE)).doesNotExist();
        try (Engine engine = open(data)) {
            assertThat(engine.get("new", "k")).isEmpty();
            assertThat(engine.get("other", "k")).isPresent();
        }
    }

    @Test
    void anAuthorityIsReplacedAsAWholeAndOnlyIfOneSaysSo() throws Exception {
        run("backup", data);
        AuthorityCopy.write(copy.resolve("ca"), Map.of("roots/9/root.key", SEALED));

        assertThat(run("restore", copy)).contains(copy.resolve("ca") + " has files", "--replace", "--keep-authority");
        assertThat(copy.resolve("inmesh.mv")).doesNotExist();
        assertThat(run("restore", copy, "--replace")).contains("restored");

        assertThat(AuthorityCopy.read(copy.resolve("ca"))).isEqualTo(AuthorityCopy.read(data.resolve("ca")));
        assertThat(copy.resolve(EmbeddedEngine.STAGE)).doesNotExist();
    }

    @Test
    void whatARestoreThatWasKilledHasWrittenBesideGoesWithTheNext() throws Exception {
        run("backup", data);
        AuthorityCopy.write(data.resolve(EmbeddedEngine.STAGE), Map.of("ca/root.key", SEALED, "inmesh.mv", "torn"));
        open(data).close();

        assertThat(run("restore", data, "--replace")).contains("restored");
        assertThat(data.resolve(EmbeddedEngine.STAGE)).doesNotExist();
        open(data).close();
    }

    /** Killed when the old authority had been put aside: it is the only one there is. */
    @Test
    void theAuthorityOfARestoreThatWasKilledIsPutBackBeforeTheNext() throws Exception {
        run("backup", data);
        Map<String, String> authority = Map.of("authority.json", "own");
        AuthorityCopy.write(copy.resolve(EmbeddedEngine.STAGE).resolve("before").resolve("ca"), authority);
        try (Engine engine = EmbeddedEngine.open(copy)) {
            engine.put(Schema.TABLE, Schema.UNFINISHED, new byte[0]);
        }

        assertThat(run("restore", copy, "--keep-authority")).contains("restored");

        assertThat(AuthorityCopy.read(copy.resolve("ca"))).isEqualTo(authority);
        open(copy).close();
    }

    @Test
    void anAuthorityThatCannotBePutBackStaysAside() throws Exception {
        run("backup", data);
        Path aside = copy.resolve(EmbeddedEngine.STAGE).resolve("before");
        AuthorityCopy.write(aside.resolve("ca"), Map.of("authority.json", "own"));
        try (Engine engine = EmbeddedEngine.open(copy)) {
            engine.put(Schema.TABLE, Schema.UNFINISHED, new byte[0]);
        }
        CarriedAuthority copied = new CarriedAuthority(new TreeMap<>(), new TreeMap<>());

        try (FolderTarget target =
                FolderTarget.open(copy, folder.resolve("absent").resolve("ca"))) {
            assertThatThrownBy(() -> target.fill(copied, false, 0)).isInstanceOf(IOException.class);
        }

        assertThat(AuthorityCopy.read(aside.resolve("ca"))).containsKey("authority.json");
    }

    @Test
    void whatWasPutAsideByARestoreThatCameToItsEndIsNotPutBack() throws Exception {
        run("backup", data);
        SortedMap<String, String> authority = AuthorityCopy.read(data.resolve("ca"));
        AuthorityCopy.write(
                data.resolve(EmbeddedEngine.STAGE).resolve("before").resolve("ca"), Map.of("authority.json", "old"));

        assertThat(run("restore", data, "--replace", "--keep-authority")).contains("restored");

        assertThat(AuthorityCopy.read(data.resolve("ca"))).isEqualTo(authority);
    }

    @Test
    void aServerThatIsStartedDuringARestoreKeepsItsStore() throws Exception {
        CarriedAuthority copied = new CarriedAuthority(new TreeMap<>(), new TreeMap<>());
        try (FolderTarget target = FolderTarget.open(copy, copy.resolve("ca"));
                Engine server = EmbeddedEngine.open(copy)) {
            server.put("other", "k", new byte[1]);
            assertThatThrownBy(() -> target.fill(copied, false, 0)).hasMessageContaining("a server has been started");
        }
        try (Engine server = open(copy)) {
            assertThat(server.get("other", "k")).isPresent();
        }
        assertThat(copy.resolve(EmbeddedEngine.STAGE)).doesNotExist();
    }

    @Test
    void noServerStartsOnAPlaceThatARestoreIsAboutToTake() throws Exception {
        Files.createDirectories(copy);
        Path store = copy.resolve(EmbeddedEngine.FILE);
        try (Replacement replacement = new Replacement(folder.resolve("aside"))) {
            replacement.reserve(store);
            assertThatThrownBy(() -> open(copy)).hasMessageContaining("is in use by another control server");
            assertThatThrownBy(() -> new Replacement(folder.resolve("other")).reserve(store))
                    .hasMessageContaining("a server has been started");

            replacement.file(Files.writeString(folder.resolve("fresh"), "new"), store);
            assertThat(replacement.takeBack(new IOException("a failure"))).isTrue();
        }
        assertThat(store).doesNotExist();
    }

    /** It would found another authority on it. */
    @Test
    void noServerStartsOnTheEmptyPlaceOfARestoreThatWasKilled() throws Exception {
        run("backup", data);
        Path stage = Files.createDirectories(copy.resolve(EmbeddedEngine.STAGE));
        assertThatThrownBy(() -> open(copy))
                .hasMessageContaining("has not come to its end; wait for it, or run it again");
        Files.createFile(
                copy.resolve(EmbeddedEngine.FILE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        assertThatThrownBy(() -> open(copy)).hasMessageContaining("delete " + stage);

        assertThat(run("restore", copy)).contains("restored");
        open(copy).close();
    }

    @Test
    void placesThatCannotBeWrittenToAreNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "theirs");
        backup = folder.resolve("absent").resolve("backup");
        assertThat(run("backup", data)).contains(backup + " cannot be written", "see whether its folder is there");
        backup = folder.resolve("backup");
        run("backup", data);
        assertThat(run("restore", file)).contains(file + " is no folder; correct --data-dir");
        assertThat(file).hasContent("theirs");
    }

    /** Such as an authority's folder that is a disk of its own, which cannot be given another name. */
    @Test
    void whatHasTakenAPlaceIsTakenBack() throws Exception {
        Path from = Files.createDirectories(folder.resolve("from"));
        Path file = Files.writeString(folder.resolve("file"), "old");
        Path tree = Files.createDirectories(folder.resolve("tree"));
        Files.writeString(tree.resolve("leaf"), "old");
        Files.writeString(from.resolve("file"), "new");
        Files.writeString(from.resolve("fresh"), "new");
        Replacement replacement = new Replacement(folder.resolve("aside"));
        replacement.file(from.resolve("file"), file);
        replacement.file(from.resolve("fresh"), folder.resolve("fresh"));
        assertThat(file).hasContent("new");

        IOException failure =
                catchThrowableOfType(IOException.class, () -> replacement.folder(from.resolve("absent"), tree));

        assertThat(replacement.takeBack(failure)).isTrue();
        assertThat(file).hasContent("old");
        assertThat(tree.resolve("leaf")).hasContent("old");
        assertThat(folder.resolve("fresh")).doesNotExist();
    }

    private static SortedMap<String, String> reachingOut() {
        return new TreeMap<>(Map.of("authority.json", "{}", "../../evil", "x"));
    }

    @Test
    void aBackupThatReachesOutOfTheAuthoritysFolderIsRefused() {
        assertThatThrownBy(() -> AuthorityCopy.write(data.resolve("ca"), Map.of("../../evil", "x")))
                .hasMessageContaining("tampered");
        assertThat(folder.resolve("evil")).doesNotExist();
    }

    private String run(String command, Path dataDir, String... more) {
        StringWriter told = new StringWriter();
        PrintWriter writer = new PrintWriter(told);
        CommandLine line = new CommandLine(new StoreCommand()).setOut(writer).setErr(writer);
        List<String> arguments = new java.util.ArrayList<>(List.of(command, "--data-dir", dataDir.toString()));
        arguments.addAll(List.of(more));
        arguments.add(backup.toString());
        line.execute(arguments.toArray(String[]::new));
        return told.toString();
    }

    private String body() throws IOException {
        String text = Files.readString(backup);
        return text.substring(0, text.stripTrailing().lastIndexOf('\n') + 1);
    }

    private void writeBackup(String body) throws Exception {
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body.getBytes(UTF_8)));
        Files.writeString(backup, body + "{\"sha256\":\"" + digest + "\"}\n");
    }

    private static Engine open(Path dataDir) throws IOException {
        return new StoreSettings(null).open(dataDir, new SystemTimer(), InstantSource.system());
    }

    private static void fill(Path dataDir) throws Exception {
        try (Engine engine = open(dataDir)) {
            engine.put("other", "k", new byte[] {0, -1, 10});
            ConfigStore store = new ConfigStore(engine);
            for (String name : List.of("a", "b", "c")) {
                store.commit(List.of(new Change.Put(
                        Config.resource("{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: "
                                + name + "}, spec: {host: reviews}}"),
                        null)));
            }
            store.close();
        }
    }
}
