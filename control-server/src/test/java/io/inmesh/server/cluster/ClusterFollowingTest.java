package io.inmesh.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.source.Damping;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.write.Origin;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who follows a cluster, and what stays of its configuration while nobody can, or when it is named no more. */
class ClusterFollowingTest extends ClusterConfigsFixture {

    @Test
    void whoDoesNotLeadAnyMoreWritesNothing() throws Exception {
        engine.put("leader", "leader", new byte[] {2});
        fence = new Guard("leader", "leader", new byte[] {1});
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        await(() -> fenced.get() > 0);
        assertThat(stored()).isEmpty();
        fence = new Guard("leader", "leader", new byte[] {2});
        await(() -> stored().equals(Map.of("a", "one")));
    }

    @Test
    void nobodyFollowsBesideALeaderThoughSomethingCannotBeRead() throws Exception {
        leads = false;
        api.answersLists(VIRTUAL, 500);
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        await(() -> stored().size() == 1 && api.watches() == 1);
        assertThat(report().listed()).isFalse();
        another = true;
        await(() -> {
            // A server notices that nobody reads any more when it writes.
            api.bookmark();
            return api.watches() == 0;
        });
    }

    @Test
    void whatWasMadeAgainWhileNobodyLookedIsAsYoungAsItIs() throws Exception {
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        await(() -> stored().size() == 1);
        ObjectNode again = rule("one");
        again.withObject("metadata").put("creationTimestamp", "2026-03-01T00:00:00Z");
        api.set(RULES, Map.of("a", again));
        await(() -> get("a").creationTimestamp().toString().equals("2026-03-01T00:00:00Z"));
    }

    @Test
    void whatOnlyIsMissingAfterANewListStaysIfItIsTooMuch() throws Exception {
        api.set(RULES, Map.of("a", rule("one"), "b", rule("two")));
        start(new Damping(15, Duration.ofMillis(20), 50, Duration.ofHours(1)));
        await(() -> stored().size() == 2);
        api.lose(RULES);
        await(() -> report().vanished() == 2);
        assertThat(report().frozen()).isTrue();
        assertThat(stored()).hasSize(2);
        api.set(RULES, Map.of("b", rule("two"), "c", rule("three"), "d", rule("four")));
        // Now it is one of four, which is not too much.
        await(() -> stored().equals(Map.of("b", "two", "c", "three", "d", "four")));
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 429, 500})
    void whileTheApiServerDoesNotAnswerWhatIsKnownStays(int status) throws Exception {
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        await(() -> stored().size() == 1 && report().following());
        api.status(status);
        await(() -> !report().following());
        assertThat(report().problem()).contains("answers " + status);
        assertThat(stored()).hasSize(1);
        api.status(200);
        api.set(RULES, Map.of("a", rule("one"), "b", rule("two")));
        await(() -> stored().size() == 2 && report().following());
    }

    @Test
    void onlyTheLeaderFollowsAClusterThatHasBeenRead() throws Exception {
        leads = false;
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        // Nobody has read it, so whoever starts does, to have something to serve.
        await(() -> stored().size() == 1 && report().listed());
        await(() -> {
            // A server notices that nobody reads any more when it writes.
            api.bookmark();
            return api.watches() == 0;
        });
        api.set(RULES, Map.of("a", rule("two"), "b", rule("two")));
        api.compact();
        leads = true;
        await(() -> stored().equals(Map.of("a", "two", "b", "two")));
    }

    @Test
    void aServerThatStartsAgainServesWhatItKnewWithoutWaiting() throws Exception {
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        clusters.awaitFirst(Duration.ofDays(1));
        assertThat(stored()).hasSize(1);
        clusters.close();
        api.status(500);
        start(SOON);
        clusters.awaitFirst(Duration.ofDays(1));
        assertThat(stored()).hasSize(1);
    }

    @Test
    void whatAClusterKeptThatTheSettingsDoNotNameAnyMoreIsEverybodys() throws Exception {
        api.set(RULES, Map.of("a", rule("one"), "b", rule("two")));
        start(SOON);
        await(() -> stored().size() == 2);
        clusters.close();
        start("renamed", "", SOON);
        await(() -> get("a").annotations().get(Origin.ANNOTATION).equals("kubernetes:renamed")
                && get("b").annotations().get(Origin.ANNOTATION).equals("kubernetes:renamed"));
        clusters.close();
        start("third", "namespaces: [elsewhere]", SOON);
        assertThat(clusters.abandoned()).isEqualTo(Map.of("renamed", 2));
        assertThat(apply("a", "ours").accepted()).isTrue();
        assertThat(clusters.abandoned()).isEqualTo(Map.of("renamed", 1));
    }
}
