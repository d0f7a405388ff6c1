package io.inmesh.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.Engine.Write;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class VersionLogTest {

    private static final int OF_ALL = 60;

    private final MemoryTable engine = new MemoryTable();
    private final FakeTime time = new FakeTime();
    private final ConfigStore store = open();

    @Test
    void eachChangeIsKeptWithItsAuthorAndTimeNewestFirst() throws Exception {
        put("a", "one", "ann");
        time.advance(Duration.ofMinutes(1));
        put("a", "two", "bob");
        put("b", "other", "cid");
        store.commit(List.of(new Change.Delete(key("a"), null)), "dan");

        List<Version> versions = store.versions(key("a"));

        assertThat(versions).extracting(Version::version).containsExactly(4L, 2L, 1L);
        assertThat(versions).extracting(Version::author).containsExactly("dan", "bob", "ann");
        assertThat(versions.get(2).time()).isEqualTo(FakeTime.START);
        assertThat(versions.get(1).time()).isEqualTo(FakeTime.START.plusSeconds(60));
        assertThat(versions.get(0).body()).as("a removal").isNull();
        assertThat(host(versions.get(1))).isEqualTo("two");
        assertThat(host(versions.get(2))).isEqualTo("one");
    }

    @Test
    void versionsSurviveARestartAndGoOnFromThere() throws Exception {
        put("a", "one", "ann");

        ConfigStore restarted = open();
        restarted.commit(List.of(new Change.Put(rule("a", "two"), null)), "bob");

        assertThat(restarted.versions(key("a"))).extracting(Version::author).containsExactly("bob", "ann");
    }

    @Test
    void whatWasWrittenBeforeVersionsWereKeptIsShownWithoutAuthor() throws Exception {
        put("a", "one", "ann");
        engine.scan("versions")
                .keySet()
                .forEach(name -> engine.change(List.of(), List.of(new Write("versions", name, null))));

        List<Version> versions = open().versions(key("a"));

        assertThat(versions).singleElement().satisfies(version -> {
            assertThat(version.version()).isEqualTo(1);
            assertThat(version.time()).isNull();
            assertThat(version.author()).isEmpty();
            assertThat(host(version)).isEqualTo("one");
        });
    }

    @Test
    void theOldestVersionsOfOneResourceGoFirst() throws Exception {
        for (int i = 1; i <= VersionLog.OF_A_RESOURCE + 2; i++) {
            put("a", "host-" + i, "ann");
        }

        List<Version> versions = store.versions(key("a"));

        assertThat(versions).hasSize(VersionLog.OF_A_RESOURCE);
        assertThat(host(versions.get(0))).isEqualTo("host-52");
        assertThat(host(versions.get(versions.size() - 1))).isEqualTo("host-3");
        assertThat(store.versionsEvicted()).isEqualTo(2);
        assertThat(engine.scan("versions")).hasSize(VersionLog.OF_A_RESOURCE);
    }

    @Test
    void allTogetherAreBoundedWhoeverMakesAndRemovesResources() throws Exception {
        for (int i = 0; i < OF_ALL; i++) {
            put("r" + i, "host", "ann");
            store.commit(List.of(new Change.Delete(key("r" + i), null)), "ann");
        }

        assertThat(engine.scan("versions")).hasSize(OF_ALL);
        assertThat(store.versionsEvicted()).isEqualTo(OF_ALL);
        assertThat(store.versions(key("r0"))).isEmpty();
        assertThat(store.versions(key("r" + (OF_ALL - 1)))).hasSize(2);
    }

    private ConfigStore open() {
        return new ConfigStore(engine, time, 10, OF_ALL);
    }

    private void put(String name, String host, String author) throws Exception {
        store.commit(List.of(new Change.Put(rule(name, host), null)), author);
    }

    private static Resource rule(String name, String host) {
        return Config.resource("{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: " + name
                + "}, spec: {host: " + host + "}}");
    }

    private static ResourceKey key(String name) {
        return new ResourceKey("networking.istio.io", "DestinationRule", "default", name);
    }

    private static String host(Version version) {
        return Objects.requireNonNull(version.body()).at("/spec/host").asText();
    }
}
