package io.inmesh.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.EngineLeaseContract;
import io.inmesh.server.store.RecordingWatcher;
import io.inmesh.server.time.SystemTimer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine of several servers does what that of one does, on a real etcd. */
class EtcdEngineTest extends EngineLeaseContract {

    @TempDir
    private static Path folder;

    private static EtcdCluster cluster;
    private static final SystemTimer TIMER = new SystemTimer();

    private EtcdSettings settings;

    @BeforeAll
    static void start() throws Exception {
        cluster = EtcdCluster.start(folder, 1, "http");
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Override
    protected Engine open() throws Exception {
        settings = cluster.settings(EtcdCluster.PATIENCE);
        return EtcdEngine.open(settings, TIMER, InstantSource.system());
    }

    @Override
    protected void compact() {
        EtcdTool.compact(cluster.endpoint(0), engine.revision());
    }

    /** Time passes by itself here. */
    @Override
    protected void pass(Duration duration) {}

    @Test
    void aChangeOfTooManyEntriesIsRefusedAsAWholeWithTheRemedy() {
        List<Write> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            many.add(new Write("t", "k" + i, bytes("x")));
        }

        assertThatThrownBy(() -> engine.change(List.of(), many))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--max-txn-ops");
        assertThatThrownBy(() -> engine.put("t", "k", new byte[3 << 20]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--max-request-bytes");
        assertThat(engine.scan("t")).isEmpty();
    }

    @Test
    void meshesWithDifferentPrefixesShareAnEtcdWithoutSeeingEachOther() throws Exception {
        engine.put("t", "k", bytes("ours"));
        EtcdSettings alike = EtcdSettings.plain(settings.endpoints(), settings.prefix() + "-2", EtcdCluster.PATIENCE);
        try (Engine other = EtcdEngine.open(alike, TIMER, InstantSource.system())) {
            assertThat(other.list().tables()).isEmpty();
            other.put("t", "k", bytes("theirs"));
        }
        assertThat(engine.scan("t")).hasSize(1);
        assertThat(engine.get("t", "k")).hasValue(bytes("ours"));
    }

    @Test
    void twoServersSeeEachOthersChanges() throws Exception {
        try (Engine other = EtcdEngine.open(settings, TIMER, InstantSource.system())) {
            assertThat(engine.compareAndSet("t", "k", null, bytes("ours"))).isTrue();
            assertThat(other.compareAndSet("t", "k", null, bytes("theirs"))).isFalse();
            assertThat(other.compareAndSet("t", "k", bytes("ours"), bytes("theirs")))
                    .isTrue();
        }
        assertThat(engine.get("t", "k")).hasValue(bytes("theirs"));
    }

    @Test
    void aServerThatIsClosedLeavesNothingOfItsOwnBehind() throws Exception {
        try (Engine other = EtcdEngine.open(settings, TIMER, InstantSource.system())) {
            other.put("t", "k", bytes("x"));
            other.delete("t", "k");
        }
        assertThat(EtcdTool.keys(cluster.endpoint(0), settings.prefix() + "/")).isEmpty();
    }

    @Test
    void marksOfServersThatAreLongGoneAreSweptAndThoseOfOthersGoOnWithoutTheirs() throws Exception {
        engine.put("t", "k", bytes("1"));
        InstantSource nextWeek = () -> java.time.Instant.now().plus(Duration.ofDays(7));
        try (Engine other = EtcdEngine.open(settings, TIMER, nextWeek)) {
            assertThat(EtcdTool.keys(cluster.endpoint(0), settings.prefix() + "/_marks/"))
                    .isEmpty();
        }

        assertThat(engine.compareAndSet("t", "k", bytes("0"), bytes("2"))).isFalse();
        assertThat(engine.compareAndSet("t", "k", bytes("1"), bytes("2"))).isTrue();
    }

    @Test
    void keysThatSomebodyElsePutsBelowThePrefixAreNotOurs() throws Exception {
        RecordingWatcher watcher = new RecordingWatcher();
        try (Engine.Watch watch = engine.watch(Set.of("t"), engine.revision(), watcher)) {
            EtcdTool.put(cluster.endpoint(0), settings.prefix() + "/foreign", "x");
            engine.put("t", "k", bytes("1"));

            assertThat(watcher.next().writes()).extracting(Write::key).containsExactly("k");
        }
        assertThat(engine.list().tables().keySet()).containsExactly("t");
    }

    @Test
    void pagesThatAreTooLargeForOneAnswerAreMadeSmaller() {
        byte[] large = new byte[1 << 20];
        for (int i = 0; i < 70; i++) {
            large[0] = (byte) i;
            engine.put("t", "k" + (100 + i), large);
        }
        assertThat(engine.scan("t")).hasSize(70);
    }
}
