package io.inmesh.server.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.store.ConfigView;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which DestinationRules a client in namespace {@code client} obeys for {@code ratings.shop.svc.cluster.local}, and how several merge. */
class DestinationRuleChoiceTest {
    private static final RuleSettings SETTINGS = RuleSettings.forTrustDomain("inmesh.local");
    private static final String HOST = "ratings.shop.svc.cluster.local";

    private static String rule(String namespace, String name, String host, String more) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %s, namespace: %s}
                spec: {host: "%s"%s}
                """.formatted(name, namespace, host, more.isEmpty() ? "" : ", " + more);
    }

    private static Optional<DestinationRuleSet> lookup(String client, Map<String, String> labels, String... rules) {
        ConfigView view = Config.view(String.join("", rules));
        return DestinationRules.of(view.byKind("DestinationRule"), SETTINGS).lookup(client, labels, HOST, "shop");
    }

    static Stream<Arguments> choices() {
        return Stream.of(
                chosen(
                        "the client's namespace comes first",
                        "a",
                        rule("client", "a", HOST, ""),
                        rule("shop", "b", "ratings", ""),
                        rule("istio-system", "c", HOST, "")),
                chosen(
                        "then the service's",
                        "b",
                        rule("other", "a", HOST, ""),
                        rule("shop", "b", "ratings", ""),
                        rule("istio-system", "c", HOST, "")),
                chosen("then the root namespace", "c", rule("istio-system", "c", HOST, "")),
                chosen("a namespace between them is not asked", "", rule("other", "a", HOST, "")),
                chosen(
                        "a wildcard nearby wins over a name further off",
                        "a",
                        rule("client", "a", "*.local", ""),
                        rule("shop", "b", "ratings", "")),
                chosen(
                        "of one namespace the most specific host wins alone",
                        "b",
                        rule("shop", "a", "*.svc.cluster.local", "subsets: [{name: v1}]"),
                        rule("shop", "b", "*.shop.svc.cluster.local", ""),
                        rule("shop", "c", "*", "")),
                chosen("a short name means the rule's own namespace", "", rule("client", "a", "ratings", "")),
                chosen(
                        "what is not exported to the client is not there",
                        "c",
                        rule("shop", "a", "ratings", "exportTo: [.]"),
                        rule("istio-system", "c", HOST, "")),
                chosen(
                        "what is exported to the client's namespace is",
                        "a",
                        rule("shop", "a", "ratings", "exportTo: [client]"),
                        rule("istio-system", "c", HOST, "")),
                chosen(
                        "a hidden rule gives way to a wider host of its namespace",
                        "b",
                        rule("shop", "a", "ratings", "exportTo: [.]"),
                        rule("shop", "b", "*.local", "")),
                chosen(
                        "a rule for this workload wins over one for all",
                        "b",
                        rule("client", "a", HOST, ""),
                        rule("client", "b", HOST, "workloadSelector: {matchLabels: {app: web}}")),
                chosen(
                        "a rule for other workloads is none",
                        "a",
                        rule("client", "a", HOST, ""),
                        rule("client", "b", HOST, "workloadSelector: {matchLabels: {app: batch}}")),
                chosen(
                        "a selector means workloads of the rule's own namespace",
                        "c",
                        rule("shop", "b", "ratings", "workloadSelector: {matchLabels: {app: web}}"),
                        rule("istio-system", "c", HOST, "")),
                chosen(
                        "rules of one host are merged, oldest first",
                        "a b",
                        rule("shop", "a", "ratings", ""),
                        rule("shop", "b", HOST, "")),
                chosen(
                        "rules with different selectors are not merged",
                        "b",
                        rule("client", "b", HOST, "workloadSelector: {matchLabels: {app: web}}"),
                        rule("client", "c", HOST, "workloadSelector: {matchLabels: {app: web, version: v1}}")));
    }

    private static Arguments chosen(String name, String expected, String... rules) {
        return Arguments.of(name, expected, rules);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("choices")
    void aClientObeys(String name, String expected, String[] rules) {
        String sources = lookup("client", Map.of("app", "web", "version", "v1"), rules)
                .map(set -> String.join(
                        " ",
                        set.sources().stream().map(rule -> rule.key().name()).toList()))
                .orElse("");

        assertThat(sources).isEqualTo(expected);
    }

    @Test
    void aClientInTheRootNamespaceSkipsItsOwnRulesForTheServices() {
        assertThat(lookup(
                                "istio-system",
                                Map.of(),
                                rule("istio-system", "c", HOST, ""),
                                rule("shop", "b", "ratings", ""))
                        .orElseThrow()
                        .sources())
                .extracting(rule -> rule.key().name())
                .containsExactly("b");
    }

    @Test
    void nothingIsInheritedFromTheNextPlace() {
        DestinationRuleSet set = lookup(
                        "client",
                        Map.of(),
                        rule("client", "a", HOST, "trafficPolicy: {loadBalancer: {simple: RANDOM}}"),
                        rule("shop", "b", "ratings", "trafficPolicy: {outlierDetection: {}}, subsets: [{name: v1}]"))
                .orElseThrow();

        assertThat(set.policy("", 80).outlierDetection().present()).isFalse();
        assertThat(set.subsets()).isEmpty();
    }

    @Test
    void mergedRulesAddSubsetsTheFirstOfANameHoldsAndSoDoesTheOldestPolicy() {
        DestinationRuleSet set = lookup(
                        "client",
                        Map.of(),
                        rule("shop", "a", "ratings", "subsets: [{name: v1, labels: {version: old}}]"),
                        rule(
                                "shop",
                                "b",
                                "ratings",
                                "trafficPolicy: {loadBalancer: {simple: RANDOM}},"
                                        + " subsets: [{name: v1, labels: {version: new}}, {name: v2, labels: {version: v2}}]"),
                        rule("shop", "c", "ratings", "trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}"))
                .orElseThrow();

        assertThat(set.subsets().keySet()).containsExactly("v1", "v2");
        assertThat(set.subset("v1").orElseThrow().selector().labels()).containsEntry("version", "old");
        assertThat(set.policy("", 80).loadBalancer().get("simple").text())
                .as("the oldest that has a policy")
                .isEqualTo("RANDOM");
        assertThat(set.sourceOf("").key().name()).isEqualTo("b");
    }

    @Test
    void settingsOfAPortReplaceFourBlocksAtEveryLevelAndKeepTheBudget() {
        DestinationRuleSet set = lookup("client", Map.of(), rule("shop", "a", "ratings", """
                        trafficPolicy: {
                          loadBalancer: {simple: RANDOM}, outlierDetection: {interval: 1s}, tls: {mode: DISABLE},
                          connectionPool: {http: {maxRetries: 1}}, retryBudget: {minRetryConcurrency: 9},
                          portLevelSettings: [{port: {number: 80}, tls: {mode: ISTIO_MUTUAL}}]},
                        subsets: [{name: v1, trafficPolicy: {
                          loadBalancer: {simple: ROUND_ROBIN},
                          portLevelSettings: [{port: {number: 81}, outlierDetection: {interval: 2s}}]}}]""".replace("\n", " ")))
                .orElseThrow();

        assertThat(blocks(set.policy("", 80))).isEqualTo("tls retryBudget");
        assertThat(blocks(set.policy("", 81)))
                .isEqualTo("loadBalancer connectionPool outlierDetection tls retryBudget");
        assertThat(blocks(set.policy("v1", 80)))
                .as("what the subset says comes on top of the port's")
                .isEqualTo("loadBalancer tls retryBudget");
        assertThat(blocks(set.policy("v1", 81)))
                .as("the subset's port wipes what is inherited")
                .isEqualTo("outlierDetection retryBudget");
        assertThat(set.policy("v1", 82).loadBalancer().get("simple").text()).isEqualTo("ROUND_ROBIN");
    }

    private static String blocks(TrafficPolicy policy) {
        StringBuilder present = new StringBuilder();
        present.append(policy.loadBalancer().present() ? "loadBalancer " : "");
        present.append(policy.connectionPool().present() ? "connectionPool " : "");
        present.append(policy.outlierDetection().present() ? "outlierDetection " : "");
        present.append(policy.tls().present() ? "tls " : "");
        present.append(policy.retryBudget().present() ? "retryBudget" : "");
        return present.toString().strip();
    }
}
