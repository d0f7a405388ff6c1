package io.inmesh.server.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Watch;
import io.inmesh.server.store.RecordingWatcher;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.time.SystemTimer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members, of which some are killed or stopped. */
class EtcdFaultTest {

    @TempDir
    private Path folder;

    private final SystemTimer timer = new SystemTimer();
    private EtcdCluster cluster;
    private Engine engine;

    @BeforeEach
    void start() throws Exception {
        cluster = EtcdCluster.start(folder, 3, "http");
    }

    @AfterEach
    void stop() throws Exception {
        if (engine != null) {
            engine.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        timer.close();
    }

    @Test
    void eachMemberIsKilledInTurnTheLeaderToo() throws Exception {
        engine = EtcdEngine.open(cluster.settings(EtcdCluster.PATIENCE), timer, InstantSource.system());
        RecordingWatcher watcher = new RecordingWatcher();
        List<String> acknowledged = new ArrayList<>();
        try (Watch watch = engine.watch(Set.of("t"), engine.revision(), watcher)) {
            for (int member = 0; member < 3; member++) {
                cluster.kill(member);
                for (int i = 0; i < 20; i++) {
                    String key = member + "-" + (100 + i);
                    assertThat(engine.compareAndSet("t", key, null, bytes(key))).isTrue();
                    acknowledged.add(key);
                }
                cluster.restart(member);
            }

            assertThat(engine.scan("t").keySet()).containsExactlyElementsOf(acknowledged);
            TreeMap<String, String> copy = new TreeMap<>();
            RecordingWatcher.replay(watcher.until(engine.revision()), "t", copy);
            assertThat(copy.keySet()).containsExactlyElementsOf(acknowledged);
        }
    }

    @Test
    void whenMostMembersStandStillEverythingFailsInTimeAndGoesOnAfterwards() throws Exception {
        EtcdSettings patient = cluster.settings(EtcdCluster.PATIENCE);
        engine = EtcdEngine.open(patient, timer, InstantSource.system());
        engine.put("t", "k", bytes("before"));
        RecordingWatcher watcher = new RecordingWatcher();
        EtcdSettings hasty = EtcdSettings.plain(patient.endpoints(), patient.prefix(), Duration.ofSeconds(1));
        try (Watch watch = engine.watch(Set.of("t"), engine.revision(), watcher)) {
            engine.put("t", "k", bytes("heard"));
            watcher.next();
            cluster.signal(0, "STOP");
            cluster.signal(1, "STOP");

            try (Members members = new Members(hasty)) {
                Calls calls = new Calls(members, new Login(hasty), timer, hasty.timeout());
                Changes changes = new Changes(calls, new Keys(hasty.prefix()), InstantSource.system());
                assertThatThrownBy(() -> changes.change(
                                List.of(new Engine.Guard("t", "k", bytes("heard"))),
                                List.of(new Engine.Write("t", "k", bytes("while most were away")))))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("most of its members");
            }
            watcher.awaitInterruption();

            cluster.signal(0, "CONT");
            cluster.signal(1, "CONT");
            engine.put("t", "k", bytes("after"));
            watcher.awaitResumption();
            assertThat(watcher.until(engine.revision()))
                    .last()
                    .satisfies(last -> assertThat(last.writes().get(0).value()).isEqualTo(bytes("after")));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
