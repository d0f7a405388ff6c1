package io.inmesh.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.EngineHistory;
import io.inmesh.server.time.SystemTimer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients of several servers see of an etcd, whose members are killed meanwhile, could have happened one after the other. */
class EtcdHistoryTest {

    private static final int SERVERS = 3;

    @TempDir
    private Path folder;

    @Test
    void compareAndSetIsLinearizableWhileMembersAreKilled() throws Exception {
        EngineHistory history = new EngineHistory();
        ExecutorService killer = Executors.newSingleThreadExecutor();
        try (SystemTimer timer = new SystemTimer();
                EtcdCluster cluster = EtcdCluster.start(folder, 3, "http")) {
            EtcdSettings settings = cluster.settings(EtcdCluster.PATIENCE);
            List<Engine> servers = new ArrayList<>();
            List<Supplier<Engine>> clients = new ArrayList<>();
            try {
                for (int i = 0; i < SERVERS; i++) {
                    Engine server = EtcdEngine.open(settings, timer, InstantSource.system());
                    servers.add(server);
                    clients.add(() -> server);
                    clients.add(() -> server);
                }
                // Each kill is followed by a round of operations that begins before it, so that some are always on
                // their way.
                for (int member = 0; member < 3; member++) {
                    int victim = member;
                    Future<?> killing = killer.submit(() -> {
                        cluster.kill(victim);
                        return null;
                    });
                    history.run(clients, 40, member);
                    killing.get();
                    cluster.restart(member);
                }
            } finally {
                servers.forEach(Engine::close);
            }
        } finally {
            killer.shutdownNow();
        }

        assertThat(history.violations("etcd, each of three members killed")).isZero();
        assertThat(history.known()).isPositive();
    }
}
