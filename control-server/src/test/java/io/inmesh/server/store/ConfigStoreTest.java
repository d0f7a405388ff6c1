package io.inmesh.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.model.Bodies;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.ConfigStore.Event;
import io.inmesh.server.store.ConfigStore.EventType;
import io.inmesh.server.store.Engine.Guard;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigStoreTest {

    private final MemoryTable engine = new MemoryTable();
    private final ConfigStore store = new ConfigStore(engine, InstantSource.system(), 4, 100);

    @Test
    void versionAndGenerationAreTheStoresToSet() throws Exception {
        put(rule("a", "one"), null);
        put(rule("a", "two"), null);
        Resource labelled = Config.resource(
                "{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: a, labels: {l: m}}, spec: {host: two}}");
        ConfigView view = put(labelled, null);

        Resource stored = view.get(key("a")).orElseThrow();
        assertThat(stored.resourceVersion()).isEqualTo(3);
        assertThat(stored.generation()).as("a label is no change of the spec").isEqualTo(2);
        assertThat(stored.raw().at("/metadata/resourceVersion").asText()).isEqualTo("3");
    }

    @Test
    void aResourceMadeAgainIsAnotherOne() throws Exception {
        ObjectNode body = (ObjectNode) rule("a", "one").raw();
        body.withObject("metadata").put("namespace", "default");
        String first = put(Bodies.read(body), null).get(key("a")).orElseThrow().uid();
        store.commit(List.of(new Change.Delete(key("a"), null)));

        String second = put(Bodies.read(body), 0L).get(key("a")).orElseThrow().uid();

        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void aResourceThatWasMadeAgainElsewhereIsAsOldAsItIsSaidToBe() throws Exception {
        String body =
                "{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: a%s}, spec: {host: one}}";
        put(Config.resource(body.formatted(", creationTimestamp: '2026-01-01T00:00:00Z'")), null);
        put(Config.resource(body.formatted(", creationTimestamp: '2026-02-01T00:00:00Z'")), null);
        assertThat(store.view().get(key("a")).orElseThrow().creationTimestamp()).isEqualTo("2026-02-01T00:00:00Z");
        put(Config.resource(body.formatted("")), null);
        assertThat(store.view().get(key("a")).orElseThrow().creationTimestamp()).isEqualTo("2026-02-01T00:00:00Z");
    }

    @Test
    void aChangeByWhoMayNotMakeItAnyMoreIsRefused() throws Exception {
        Guard mine = new Guard("leader", "leader", new byte[] {1});
        List<Change> change = List.of(new Change.Put(rule("a", "one"), null));
        engine.put("leader", "leader", new byte[] {1});
        assertThat(store.commit(store.view(), change, "", List.of(mine))).isPresent();
        engine.put("leader", "leader", new byte[] {2});
        assertThatThrownBy(() ->
                        store.commit(store.view(), List.of(new Change.Put(rule("a", "two"), null)), "", List.of(mine)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("another one leads");
        assertThat(store.view().get(key("a")).orElseThrow().spec().path("host").asText())
                .isEqualTo("one");
    }

    @Test
    void aChangeThatExpectsAnotherVersionIsRefusedAsAWhole() throws Exception {
        put(rule("a", "one"), null);

        assertThatThrownBy(() -> store.commit(
                        List.of(new Change.Put(rule("b", "new"), 0L), new Change.Put(rule("a", "two"), 99L))))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("a has been changed since version 99");
        assertThatThrownBy(() -> put(rule("a", "two"), 0L)).hasMessageContaining("exists already");
        assertThatThrownBy(() -> store.commit(List.of(new Change.Delete(key("c"), 1L))))
                .hasMessageContaining("does not exist any more");

        assertThat(store.view().revision()).isEqualTo(1);
        assertThat(store.view().all()).hasSize(1);
    }

    @Test
    void deletingWhatIsNotThereTakesNoRevision() throws Exception {
        assertThat(store.commit(List.of(new Change.Delete(key("a"), null))).revision())
                .isZero();
    }

    @Test
    void everythingIsThereAfterARestart() throws Exception {
        put(rule("a", "one"), null);
        put(rule("b", "two"), null);
        store.commit(List.of(new Change.Delete(key("a"), null)));

        ConfigStore restarted = new ConfigStore(engine);

        assertThat(restarted.view().revision()).isEqualTo(3);
        assertThat(restarted.view().all())
                .singleElement()
                .hasToString(store.view().all().get(0).toString());
    }

    @Test
    void listenersAreToldInOrderAndAFailingOneHindersNobody() throws Exception {
        List<Long> heard = new ArrayList<>();
        store.onChange(view -> {
            throw new IllegalStateException("on purpose");
        });
        store.onChange(view -> heard.add(view.revision()));

        put(rule("a", "one"), null);
        put(rule("a", "two"), null);

        assertThat(heard).containsExactly(1L, 2L);
    }

    @Test
    void eventsSayWhatHappenedAndWhatWasBefore() throws Exception {
        put(rule("a", "one"), null);
        put(rule("a", "two"), null);
        store.commit(List.of(new Change.Delete(key("a"), null)));

        List<Event> events = store.eventsAfter(0, 0).orElseThrow();

        assertThat(events)
                .extracting(Event::type)
                .containsExactly(EventType.ADDED, EventType.MODIFIED, EventType.DELETED);
        assertThat(events.get(1).previous().spec().path("host").asText()).isEqualTo("one");
        assertThat(events.get(2).resource().resourceVersion()).isEqualTo(3);
        assertThat(store.eventsAfter(2, 0).orElseThrow()).hasSize(1);
    }

    @Test
    void aRevisionTooLongAgoIsSaidToBeSo() throws Exception {
        for (int i = 0; i < 6; i++) {
            put(rule("a", "host" + i), null);
        }

        assertThat(store.eventsAfter(1, 0)).isEmpty();
        assertThat(store.eventsAfter(2, 0))
                .hasValueSatisfying(events -> assertThat(events).hasSize(4));
    }

    @Test
    void aWatchFromBeforeARestartIsSaidToBeTooOldInsteadOfMissingChanges() throws Exception {
        put(rule("a", "one"), null);
        put(rule("a", "two"), null);

        ConfigStore restarted = new ConfigStore(engine);

        assertThat(restarted.eventsAfter(1, 0)).isEmpty();
        assertThat(restarted.eventsAfter(2, 0)).hasValue(List.of());
    }

    @Test
    void aRevisionOfAnotherStoreIsRefused() throws Exception {
        assertThat(store.eventsAfter(7, 0)).isEmpty();
    }

    private ConfigView put(Resource resource, Long expected) throws ConflictException {
        return store.commit(List.of(new Change.Put(resource, expected)));
    }

    private static Resource rule(String name, String host) {
        return Config.resource("{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: " + name
                + "}, spec: {host: " + host + "}}");
    }

    private static ResourceKey key(String name) {
        return new ResourceKey("networking.istio.io", "DestinationRule", "default", name);
    }

    static Optional<Resource> find(ConfigView view, String name) {
        return view.get(key(name));
    }
}
