package io.inmesh.server.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies about clients where nobody is believed about them. */
class ClientAddressCheckTest {
    private static final SemanticValidator VALIDATOR =
            new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    from: [{source: {remoteIpBlocks: [203.0.113.0/24]}}]          | spec.rules[0].from[0].source.remoteIpBlocks
                    from: [{source: {notRemoteIpBlocks: [203.0.113.0/24]}}]       | spec.rules[0].from[0].source.notRemoteIpBlocks
                    when: [{key: remote.ip, notValues: [203.0.113.0/24]}]         | spec.rules[0].when[0].key
                    """)
    void arePointedOut(String rule, String field) {
        assertThat(warnings(policy(rule))).containsExactly(field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    from: [{source: {ipBlocks: [203.0.113.0/24]}}]
                    when: [{key: source.ip, values: [203.0.113.0/24]}]
                    """)
    void thosesAboutPeersAreNot(String rule) {
        assertThat(warnings(policy(rule))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    shop         | {app: web}               | forwarders: {hops: 1}     | true
                    shop         | {app: web, version: v1}  | forwarders: {hops: 1}     | true
                    shop         | {}                       | forwarders: {hops: 1}     | true
                    istio-system | {}                       | forwarders: {hops: 1}     | true
                    shop         | {app: other}             | forwarders: {hops: 1}     | false
                    elsewhere    | {}                       | forwarders: {hops: 1}     | false
                    shop         | {app: web}               | minRemaining: 5ms         | false
                    """)
    void unlessSomebodyMayBeBelieved(String namespace, String labels, String spec, boolean believed) {
        String traffic = "apiVersion: inmesh.io/v1alpha1\nkind: InboundTrafficPolicy\nmetadata: {name: t, namespace: "
                + namespace + "}\nspec: {selector: {matchLabels: " + labels + "}, " + spec + "}\n";
        String policy = policy("from: [{source: {remoteIpBlocks: [203.0.113.0/24]}}]");
        assertThat(warnings(policy, traffic).isEmpty()).isEqualTo(believed);
    }

    private static List<String> warnings(String... documents) {
        ConfigView view = Config.view(documents);
        Resource policy = view.byKind("AuthorizationPolicy").iterator().next();
        return VALIDATOR.validate(policy, view).stream()
                .filter(problem -> problem.code().equals(Check.NO_FORWARDERS.code()))
                .map(Problem::fieldPath)
                .toList();
    }

    private static String policy(String rule) {
        return "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: shop}\n"
                + "spec: {selector: {matchLabels: {app: web}}, action: DENY, rules: [{" + rule + "}]}\n";
    }
}
