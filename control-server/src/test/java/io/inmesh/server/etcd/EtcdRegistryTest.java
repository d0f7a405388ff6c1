package io.inmesh.server.etcd;

import io.inmesh.server.registry.RegistryReplicasContract;
import io.inmesh.server.store.Engine;
import io.inmesh.server.time.SystemTimer;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Registrations of several servers on a real etcd. */
class EtcdRegistryTest extends RegistryReplicasContract {

    @TempDir
    private static Path folder;

    private static EtcdCluster cluster;
    private static final SystemTimer TIMER = new SystemTimer();

    @BeforeAll
    static void startEtcd() throws Exception {
        cluster = EtcdCluster.start(folder, 1, "http");
    }

    @AfterAll
    static void stopEtcd() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Override
    protected Engine open() throws Exception {
        return EtcdEngine.open(cluster.settings(EtcdCluster.PATIENCE), TIMER, InstantSource.system());
    }
}
