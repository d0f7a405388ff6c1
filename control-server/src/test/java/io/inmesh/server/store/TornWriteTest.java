package io.inmesh.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that loses power in the middle of a write leaves a part of it in the file; whatever part that is, nothing acknowledged is lost. */
class TornWriteTest {

    private static final int ACKNOWLEDGED = 30;
    private static final int SECTOR = 512;
    /** Of no sector, and small enough to meet the middle of everything. */
    private static final int ODD = 411;

    @TempDir
    private Path folder;

    private byte[] before = {};
    private byte[] after = {};
    private int tried;

    @BeforeEach
    void writeOnce() throws IOException {
        Path data = folder.resolve("data");
        try (Engine engine = EmbeddedEngine.open(data)) {
            for (int i = 1; i <= ACKNOWLEDGED; i++) {
                write(engine, i);
            }
            // Not closed: as a machine leaves it that loses power.
            before = Files.readAllBytes(data.resolve("inmesh.mv"));
            write(engine, ACKNOWLEDGED + 1);
            after = Files.readAllBytes(data.resolve("inmesh.mv"));
        }
        assertThat(after).isNotEqualTo(before);
    }

    private static void write(Engine engine, int number) {
        engine.put("changes", "k" + number, ("change " + number).getBytes(UTF_8));
        engine.put("last", "k", Integer.toString(number).getBytes(UTF_8));
    }

    @Test
    void theBeginningOfAWriteAloneTakesNothingAlong() throws IOException {
        for (int cut : cuts()) {
            byte[] torn = Arrays.copyOf(after, Math.max(cut, before.length));
            if (cut < before.length) {
                System.arraycopy(before, cut, torn, cut, before.length - cut);
            }
            opensWithAllThatWasAcknowledged(torn, "the first " + cut + " bytes are new");
        }
    }

    @Test
    void theEndOfAWriteAloneTakesNothingAlong() throws IOException {
        for (int cut : cuts()) {
            byte[] torn = after.clone();
            System.arraycopy(before, 0, torn, 0, Math.min(cut, before.length));
            opensWithAllThatWasAcknowledged(torn, "the first " + cut + " bytes are old");
        }
    }

    @Test
    void aFileThatEndsInTheMiddleOfAWriteHasAllThatCameBefore() throws IOException {
        for (int length = before.length; length <= after.length; length += ODD) {
            byte[] torn = Arrays.copyOf(before, length);
            System.arraycopy(after, before.length, torn, before.length, length - before.length);
            opensWithAllThatWasAcknowledged(torn, length + " bytes are there");
        }
    }

    /** {@return where a sector ends that the write has changed} */
    private List<Integer> cuts() {
        List<Integer> cuts = new ArrayList<>();
        for (int begin = 0; begin < after.length; begin += SECTOR) {
            int end = Math.min(begin + SECTOR, after.length);
            if (end > before.length || !Arrays.equals(before, begin, end, after, begin, end)) {
                cuts.add(end);
            }
        }
        return cuts;
    }

    private void opensWithAllThatWasAcknowledged(byte[] file, String how) throws IOException {
        Path data = Files.createDirectory(
                folder.resolve("torn-" + tried++),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path torn = Files.createFile(
                data.resolve("inmesh.mv"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(torn, file);
        try (Engine engine = EmbeddedEngine.open(data)) {
            for (int i = 1; i <= ACKNOWLEDGED; i++) {
                assertThat(engine.get("changes", "k" + i))
                        .as(how + ", change " + i)
                        .isPresent();
            }
            assertThat(Integer.parseInt(new String(engine.get("last", "k").orElseThrow(), UTF_8)))
                    .as(how)
                    .isBetween(ACKNOWLEDGED, ACKNOWLEDGED + 1);
        }
        Files.delete(torn);
    }
}
