package io.inmesh.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.FakeTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.SFChunk;
import org.h2.mvstore.SingleFileStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk on which there is no room any more. */
class FullDiskTest {

    @TempDir
    private Path folder;

    @Test
    void changesAreRefusedWithWhatToDoAndAllThatWasAcknowledgedIsThereAfterwards() {
        FullDisk disk = new FullDisk();
        disk.open(folder.resolve("inmesh.mv").toString(), false, null);
        try (Engine engine = EmbeddedEngine.over(open(disk), new FakeTime())) {
            engine.put("t", "acknowledged", "1".getBytes(UTF_8));
            disk.full = true;

            assertThatThrownBy(() -> engine.put("t", "refused", "1".getBytes(UTF_8)))
                    .isInstanceOfSatisfying(
                            StoreUnavailableException.class,
                            e -> assertThat(e.isOutcomeUnknown()).isTrue())
                    .hasMessageContaining("No space left on device")
                    .hasMessageContaining("disk is full")
                    .hasMessageContaining("start the server again");
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> engine.put("t", "refused", "1".getBytes(UTF_8)))
                        .isInstanceOfSatisfying(
                                StoreUnavailableException.class,
                                e -> assertThat(e.isOutcomeUnknown()).isFalse())
                        .hasMessageContaining("disk is full");
            }
            assertThatThrownBy(() -> engine.get("t", "acknowledged"))
                    .as("no error of a library, which nobody expects")
                    .isInstanceOf(StoreUnavailableException.class);
        }
        try (Engine engine = EmbeddedEngine.over(
                new MVStore.Builder()
                        .fileName(folder.resolve("inmesh.mv").toString())
                        .open(),
                new FakeTime())) {
            assertThat(engine.scan("t").keySet()).containsExactly("acknowledged");
        }
    }

    private static MVStore open(FullDisk disk) {
        return new MVStore.Builder().adoptFileStore(disk).autoCommitDisabled().open();
    }

    /** A file that can be written to until it is said that the disk is full. */
    private static final class FullDisk extends SingleFileStore {
        private volatile boolean full;

        FullDisk() {
            super(Map.of());
        }

        @Override
        protected void writeFully(SFChunk chunk, long position, ByteBuffer bytes) {
            if (full) {
                throw DataUtils.newMVStoreException(
                        DataUtils.ERROR_WRITING_FAILED, "Writing failed", new IOException("No space left on device"));
            }
            super.writeFully(chunk, position, bytes);
        }
    }
}
