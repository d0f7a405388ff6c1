package io.inmesh.server.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.validate.Shape;
import io.inmesh.server.validate.Validator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Who waits for whom, and by what an answer goes that is final. */
class ConfigWriterTest {

    private final MemoryTable engine = new MemoryTable();
    private final ConfigStore store = new ConfigStore(engine);

    @Test
    void aChangeDoesNotWaitForeverForThoseBeforeItAndWhatIsOnlyJudgedDoesNotWaitAtAll() throws Exception {
        CountDownLatch judging = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Validator slow = (resource, after) -> {
            if (resource.key().name().equals("slow")) {
                judging.countDown();
                await(goOn);
            }
            return List.of();
        };
        ConfigWriter writer = new ConfigWriter(store, List.of(slow), ChangeLog.NONE, Duration.ofMillis(1));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<WriteResult> first = thread.submit(() -> apply(writer, "slow", false));
            judging.await();

            assertThatThrownBy(() -> apply(writer, "second", false))
                    .isInstanceOfSatisfying(
                            StoreUnavailableException.class,
                            e -> assertThat(e.isOutcomeUnknown()).isFalse())
                    .hasMessageContaining("try again");
            assertThat(apply(writer, "third", true).accepted()).isTrue();

            goOn.countDown();
            assertThat(first.get().accepted()).isTrue();
        } finally {
            goOn.countDown();
            thread.shutdownNow();
        }
        assertThat(store.view().all()).hasSize(1);
    }

    @Test
    void aRefusalByWhatAnotherServerHasRemovedIsNotFinal() throws Exception {
        ConfigStore other = new ConfigStore(engine);
        other.commit(List.of(new Change.Put(Config.resource(text("blocking")), null)));
        awaitRevision(1);
        boolean[] removed = new boolean[1];
        Validator lonely = (candidate, after) -> {
            if (!removed[0]) {
                removed[0] = true;
                remove(other);
            }
            return after.all().stream()
                    .filter(resource -> resource.key().name().equals("blocking"))
                    .map(resource ->
                            Shape.KEPT_ELSEWHERE.error(resource.key(), "metadata.name", "is there", "remove it"))
                    .toList();
        };

        assertThat(apply(new ConfigWriter(store, List.of(lonely)), "wanted", false)
                        .accepted())
                .isTrue();
        other.close();
    }

    private void remove(ConfigStore other) {
        try {
            other.commit(
                    List.of(new Change.Delete(Config.resource(text("blocking")).key(), null)));
        } catch (ConflictException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitRevision(long revision) throws InterruptedException {
        while (store.view().revision() < revision) {
            store.eventsAfter(store.view().revision(), 1000);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static WriteResult apply(ConfigWriter writer, String name, boolean dryRun) throws ConflictException {
        return writer.apply(
                List.of((ObjectNode) Config.resource(text(name)).raw()), "default", null, Origin.API, dryRun);
    }

    private static String text(String name) {
        return "{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: " + name
                + "}, spec: {host: reviews}}";
    }
}
