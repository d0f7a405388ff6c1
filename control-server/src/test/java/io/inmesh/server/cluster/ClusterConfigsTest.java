package io.inmesh.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.write.Origin;
import io.inmesh.server.write.WriteResult;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A cluster's configuration becomes this mesh's, over real sockets to an API server that is played. */
class ClusterConfigsTest extends ClusterConfigsFixture {

    private static final String POLICIES = "/apis/security.istio.io/v1/authorizationpolicies";

    @Test
    void whatTheClusterHoldsIsConfigurationAndWhatIsDeletedIsNot() throws Exception {
        api.set(RULES, Map.of("a", rule("one"), "b", rule("two")));
        start(SOON);
        await(() -> stored().equals(Map.of("a", "one", "b", "two")));
        assertThat(get("a").annotations()).containsEntry(Origin.ANNOTATION, "kubernetes:c1");
        assertThat(get("a").raw().has("status")).isFalse();

        api.set(RULES, Map.of("a", rule("other")));
        await(() -> stored().equals(Map.of("a", "other")));
        await(() -> report().objects() == 1 && report().listed() && report().following());
        assertThat(report().refused()).isEmpty();
    }

    @Test
    void whatCannotBeTakenKeepsNothingElseAwayAndStaysAsItWasWhenItWasGood() throws Exception {
        api.set(RULES, Map.of("a", rule("one"), "b", wrong("two")));
        start(SOON);
        await(() -> report().refusals() == 1);
        assertThat(stored()).isEqualTo(Map.of("a", "one"));
        Refusal refusal = report().refused().get(0);
        assertThat(refusal.resource().name()).isEqualTo("b");
        assertThat(refusal.olderStays()).isFalse();
        assertThat(refusal.line()).contains("trafficPolicyy").contains("it is left out");

        api.set(RULES, Map.of("a", wrong("one"), "b", rule("two")));
        await(() -> stored().equals(Map.of("a", "one", "b", "two")));
        await(() -> report().refusals() == 1
                && report().refused().get(0).resource().name().equals("a"));
        assertThat(report().refused().get(0).olderStays()).isTrue();

        api.set(RULES, Map.of("b", rule("two")));
        await(() -> stored().equals(Map.of("b", "two")));
        await(() -> report().refusals() == 0);
    }

    @Test
    void aLongListWithManyWrongOnesIsTakenButForThose() throws Exception {
        Map<String, ObjectNode> many = new TreeMap<>();
        for (int i = 0; i < 130; i++) {
            many.put("r" + i, i % 10 == 0 ? wrong("h" + i) : rule("h" + i));
        }
        api.set(RULES, many);
        start(SOON);
        await(() -> report().refusals() == 13);
        assertThat(stored()).hasSize(117);
    }

    @Test
    void whatIsTooLargeForTheStoreKeepsNothingElseAwayAndIsReported() throws Exception {
        most = 40_000;
        Map<String, ObjectNode> many = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            many.put("r" + i, large(i == 30 ? 50_000 : 1_500));
        }
        api.set(RULES, many);
        start(SOON);
        await(() -> stored().size() == 59 && report().refusals() == 1);
        assertThat(report().refused().get(0).resource().name()).isEqualTo("r30");
        assertThat(report().refused().get(0).line()).contains("larger than the store can write at once", "IM0029");
        await(() -> report().listed());

        api.set(RULES, Map.of("r30", rule("one")));
        await(() -> stored().equals(Map.of("r30", "one")) && report().refusals() == 0);
    }

    @Test
    void aFailureOfAnotherKindIsReportedAndTriedAgain() throws Exception {
        api.set(RULES, Map.of("a", rule("one")));
        broken = true;
        start(SOON);
        await(() -> report().problem().contains("cannot be taken")
                && report().problem().contains("out of order"));
        assertThat(report().listed()).isFalse();
        broken = false;
        await(() ->
                stored().size() == 1 && report().listed() && report().problem().isEmpty());
    }

    @Test
    void inThePlaceOfARuleAboutAccessThatCannotBeTakenAccessIsRefused() throws Exception {
        api.installs(POLICIES);
        api.set(
                POLICIES,
                Map.of("good", policy("selector: 7, action: ALLOW"), "bad", policy("action: DENY, rulez: []")));
        start(SOON);
        await(() -> report().refusals() == 2);
        assertThat(policies())
                .isEqualTo(Map.of("good", "{\"action\":\"ALLOW\"}", "bad", "{\"action\":\"DENY\",\"rules\":[{}]}"));
        assertThat(report().refused()).allMatch(refusal -> refusal.closed() && !refusal.olderStays());
        await(() -> api.present(POLICIES, "bad")
                .at("/status/conditions/0/message")
                .asText()
                .contains("a rule that refuses access stands in its place"));

        api.set(POLICIES, Map.of("good", policy("action: ALLOW, rules: [{}]")));
        await(() -> policies().equals(Map.of("good", "{\"action\":\"ALLOW\",\"rules\":[{}]}")));
        await(() -> report().refusals() == 0);
    }

    @Test
    void whoHasANameFirstKeepsIt() throws Exception {
        start(SOON);
        await(() -> report().listed());
        assertThat(apply("a", "ours").accepted()).isTrue();
        api.set(RULES, Map.of("a", rule("theirs"), "b", rule("theirs")));
        await(() -> report().refusals() == 1 && stored().containsKey("b"));
        assertThat(stored()).containsEntry("a", "ours");
        assertThat(report().refused().get(0).line()).contains("is kept by the API");

        WriteResult refused = apply("b", "ours");
        assertThat(refused.accepted()).isFalse();
        assertThat(refused.errors().get(0).message()).contains("is kept by the Kubernetes cluster c1");
        assertThat(refused.errors().get(0).remedy()).contains("change it there");

        writer.delete(List.of(new ConfigStore.Change.Delete(get("a").key(), null)), Origin.API, false);
        await(() -> "theirs".equals(stored().get("a")));
        await(() -> report().refusals() == 0);
    }

    @Test
    void kindsThatAreInstalledLaterAreFoundAndThoseThatGoTakeTheirsAlong() throws Exception {
        start(SOON);
        await(() -> report().listed());
        assertThat(report().kinds()).isEqualTo(2);
        api.installs(ROUTES);
        api.set(ROUTES, Map.of("r", route()));
        await(() -> store.view().byKind("HTTPRoute").size() == 1);
        api.uninstalls(ROUTES);
        await(() -> store.view().byKind("HTTPRoute").isEmpty());
    }

    @Test
    void aVersionOfAKindThatIsNotReadIsReported() throws Exception {
        api.installs("/apis/security.istio.io/v9/authorizationpolicies");
        start(SOON);
        await(() -> report().problem().contains("AuthorizationPolicy"));
        assertThat(report().problem()).contains("security.istio.io in v9");
    }

    private Map<String, String> policies() {
        Map<String, String> specs = new TreeMap<>();
        store.view()
                .byKind("AuthorizationPolicy")
                .forEach(policy -> specs.put(policy.key().name(), policy.spec().toString()));
        return specs;
    }

    private static ObjectNode policy(String spec) throws IOException {
        return (ObjectNode) new YAMLMapper().readTree("{metadata: {}, spec: {" + spec + "}}");
    }

    private static ObjectNode large(int bytes) {
        ObjectNode object = rule("one");
        object.withObject("metadata").putObject("annotations").put("note", "x".repeat(bytes));
        return object;
    }
}
