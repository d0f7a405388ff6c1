package io.inmesh.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.gateway.RouteStatuses;
import io.inmesh.server.kubernetes.FakeApiServer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cluster is told of its configuration: written by the leader, once, and never over what somebody else says. */
class ClusterStatusesTest extends ClusterConfigsFixture {

    @Test
    void statusesAreWrittenOnceAndSayWhatBecameOfEach() throws Exception {
        api.installs(ROUTES);
        api.set(RULES, Map.of("good", rule("one"), "bad", wrong("two")));
        api.set(ROUTES, Map.of("r", route()));
        start(SOON);
        await(() -> api.present(RULES, "good").has("status"));
        await(() -> api.present(RULES, "bad").has("status"));
        await(() -> api.present(ROUTES, "r").has("status"));
        assertThat(api.present(RULES, "good").at("/status/conditions/0/status").asText())
                .isEqualTo("True");
        assertThat(api.present(RULES, "bad").at("/status/conditions/0/status").asText())
                .isEqualTo("False");
        assertThat(api.present(RULES, "bad").at("/status/conditions/0/message").asText())
                .contains("trafficPolicyy");
        JsonNode parent = api.present(ROUTES, "r").at("/status/parents/0");
        assertThat(parent.path("controllerName").asText()).isEqualTo(RouteStatuses.CONTROLLER);
        assertThat(parent.at("/conditions/0/reason").asText()).isEqualTo("NoMatchingParent");

        api.set(RULES, Map.of("good", rule("other"), "bad", wrong("two")));
        await(() -> api.present(RULES, "good").at("/status/observedGeneration").asInt() == 2);
        assertThat(api.patches()).hasSize(4);
    }

    @Test
    void aStatusThatSomebodyElseWritesAndOneThatIsNotAskedForAreNotWritten() throws Exception {
        api.set(RULES, Map.of("theirs", rule("one")));
        api.writesStatus(
                RULES,
                "theirs",
                "pilot-discovery",
                FakeApiServer.object("{\"conditions\": [{\"type\": \"Reconciled\"}]}"));
        start(SOON);
        await(() -> stored().size() == 1);
        api.set(RULES, Map.of("theirs", rule("one"), "ours", rule("two")));
        await(() -> api.present(RULES, "ours").has("status"));
        assertThat(api.patches()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 422})
    void aStatusThatIsRefusedKeepsNoOthersAwayAndIsTriedAgainWhenItsObjectHasChanged(int status) throws Exception {
        api.answersPatches("a", status);
        api.set(RULES, Map.of("a", rule("one"), "b", rule("one")));
        start(SOON);
        await(() -> api.present(RULES, "b").has("status"));
        await(() -> report().problem().contains("answers " + status));
        assertThat(report().following()).isTrue();
        api.answersPatches("a", 200);
        api.set(RULES, Map.of("a", rule("two"), "b", rule("one")));
        await(() -> api.present(RULES, "a").has("status"));
        await(() -> report().problem().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429, 500})
    void statusesThatAreRefusedAreReportedAndTriedAgain(int status) throws Exception {
        api.answersPatches(status);
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        await(() -> report().problem().contains("statuses cannot be written"));
        assertThat(report().problem()).contains("answers " + status);
        assertThat(report().following()).isTrue();
        assertThat(meters.get("inmesh.cluster.status.failures").counter().count())
                .isPositive();
        api.answersPatches(200);
        await(() -> api.present(RULES, "a").has("status"));
        await(() -> report().problem().isEmpty());
    }

    @Test
    void aStatusOfAnObjectThatHasChangedMeanwhileIsWorkedOutAnew() throws Exception {
        api.answersPatches(409);
        api.set(RULES, Map.of("a", rule("one")));
        start(SOON);
        await(() -> !api.patches().isEmpty());
        api.answersPatches(200);
        api.set(RULES, Map.of("a", rule("two")));
        await(() -> api.present(RULES, "a").at("/status/observedGeneration").asInt() == 2);
        assertThat(report().problem()).isEmpty();
    }
}
