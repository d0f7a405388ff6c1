package io.inmesh.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collections;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What concurrent clients see of the embedded engine could have happened one after the other. */
class EngineHistoryTest {

    @TempDir
    private Path folder;

    @Test
    void compareAndSetIsLinearizable() throws Exception {
        EngineHistory history = new EngineHistory();
        try (Engine engine = EmbeddedEngine.open(folder.resolve("data"))) {
            Supplier<Engine> same = () -> engine;
            history.run(Collections.nCopies(6, same), 150, 1);
        }

        assertThat(history.violations("embedded engine")).isZero();
        assertThat(history.known()).isGreaterThanOrEqualTo(900);
    }
}
