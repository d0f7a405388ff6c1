package io.inmesh.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Watch;
import io.inmesh.server.store.RecordingWatcher;
import io.inmesh.server.time.SystemTimer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An etcd that an older copy has been put in the place of, as when a snapshot is restored. */
class EtcdOlderCopyTest {

    @TempDir
    private Path folder;

    @Test
    void aWatchDoesNotWaitForRevisionsThatWereButListsAnew() throws Exception {
        RecordingWatcher watcher = new RecordingWatcher();
        try (EtcdCluster cluster = EtcdCluster.start(folder, 1, "http");
                SystemTimer timer = new SystemTimer();
                Engine engine =
                        EtcdEngine.open(cluster.settings(EtcdCluster.PATIENCE), timer, InstantSource.system())) {
            for (int i = 0; i < 5; i++) {
                engine.put("t", "k", new byte[] {(byte) i});
            }
            try (Watch watch = engine.watch(Set.of("t"), engine.revision(), watcher)) {
                cluster.kill(0);
                cluster.restartEmpty();

                assertThat(watcher.next()).isEqualTo(RecordingWatcher.COMPACTED);
            }
        }
    }
}
