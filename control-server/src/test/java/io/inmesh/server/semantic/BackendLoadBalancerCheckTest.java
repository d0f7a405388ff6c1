package io.inmesh.server.semantic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with {@code spec.loadBalancer} of a BackendTrafficPolicy, each by an input that trips it. */
class BackendLoadBalancerCheckTest {

    private static List<Problem> problems(String loadBalancer, String... others) {
        String policy = """
            apiVersion: inmesh.io/v1alpha1
            kind: BackendTrafficPolicy
            metadata: {name: reviews, namespace: default}
            spec: {host: reviews, loadBalancer: %s}
            """.formatted(loadBalancer);
        ConfigView view = Config.view(Config.BOOKINFO, policy, String.join("\n---\n", others));
        Resource candidate = view.byKind("BackendTrafficPolicy").iterator().next();
        return new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local")).validate(candidate, view);
    }

    @ParameterizedTest(name = "{0} is {1} at {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{algorithm: RING_HASH}|HASH_WITHOUT_KEY|algorithm",
                "{algorithm: RING_HASH, hashOn: [{terminal: true}]}|REQUIRED|hashOn[0]",
                "{algorithm: MAGLEV, hashOn: [{useSourceIp: true}], maglev: {tableSize: 1000}}|BAD_VALUE|maglev.tableSize",
                "{algorithm: RING_HASH, hashOn: [{useSourceIp: true}], ringHash: {minimumRingSize: 9, maximumRingSize: 8}}"
                        + "|BAD_VALUE|ringHash.maximumRingSize",
                "{algorithm: MAGLEV, hashOn: [{useSourceIp: true}], boundedLoad: {factor: 0.9}}|BAD_VALUE|boundedLoad.factor",
                "{algorithm: RANDOM, boundedLoad: {factor: 2}}|NO_EFFECT|boundedLoad",
                "{subsetting: {size: 0}}|BAD_VALUE|subsetting.size",
                "{algorithm: PROBING, probing: {poolSize: 17}}|BAD_VALUE|probing.poolSize",
                "{algorithm: PROBING, probing: {probesPerCall: 1.5}}|BAD_VALUE|probing.probesPerCall",
                "{algorithm: PROBING, probing: {sampleMaxAge: 0s}}|BAD_VALUE|probing.sampleMaxAge",
                "{algorithm: PROBING, probing: {rule: HCL, qRif: 2}}|BAD_VALUE|probing.qRif",
                "{algorithm: PROBING, probing: {qRif: 0.5}}|NO_EFFECT|probing.qRif",
                "{algorithm: PEAK_EWMA, peakEwma: {decay: 0s}}|BAD_VALUE|peakEwma.decay",
                "{algorithm: PEAK_EWMA, probing: {poolSize: 4}}|NO_EFFECT|probing",
                "{algorithm: RANDOM, peakEwma: {decay: 5s}}|NO_EFFECT|peakEwma",
            })
    void tellsWhatIsWrongAndWhere(String loadBalancer, Check check, String field) {
        assertThat(problems(loadBalancer))
                .extracting(Problem::code, Problem::fieldPath)
                .containsExactly(tuple(check.code(), "spec.loadBalancer." + field));
    }

    @Test
    void whatTheRuleHashesServesThePolicyToo() {
        String rule = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews, namespace: default}
            spec: {host: reviews, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: user}}}}
            """;
        assertThat(problems("{algorithm: RING_HASH, boundedLoad: {factor: 1.25}}", rule))
                .isEmpty();
        assertThat(problems("{algorithm: MAGLEV}", rule))
                .as("says which of two contradicting resources is obeyed")
                .extracting(Problem::code)
                .containsExactly(Check.POLICY_WINS.code());
    }
}
