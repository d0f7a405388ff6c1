package io.inmesh.server.semantic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with {@code retries}, {@code hedging} and {@code throttling}, each by an input that trips it. */
class ClientPolicyCheckTest {

    @ParameterizedTest(name = "{0} is {1} at {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "hedging: {delay: 10ms, percentile: 95}|EXCLUSIVE|hedging",
                "hedging: {delay: 10us}|BAD_VALUE|hedging.delay",
                "hedging: {percentile: 20}|BAD_VALUE|hedging.percentile",
                "hedging: {maxHedges: 2}|BAD_VALUE|hedging.maxHedges",
                "hedging: {maxExtraPercent: 101}|BAD_VALUE|hedging.maxExtraPercent",
                "hedging: {maxExtraPercent: 0}|NO_EFFECT|hedging.maxExtraPercent",
                "throttling: {k: 0.5}|BAD_VALUE|throttling.k",
                "throttling: {k: 1}|NO_EFFECT|throttling.k",
                "throttling: {window: soon}|BAD_VALUE|throttling.window",
                "throttling: {maxPercent: 100}|BAD_VALUE|throttling.maxPercent",
            })
    void tellsWhatIsWrongAndWhere(String block, Check check, String field) {
        assertThat(problems(block))
                .extracting(Problem::code, Problem::fieldPath)
                .contains(tuple(check.code(), "spec." + field));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "retries: {chainAware: false}",
                "hedging: {}",
                "hedging: {delay: 10ms, maxHedges: 1, maxExtraPercent: 5}",
                "hedging: {percentile: 99}",
                "throttling: {k: 1.5, window: 30s, maxPercent: 80}"
            })
    void acceptsWhatIsRight(String block) {
        assertThat(problems(block)).isEmpty();
    }

    private static List<Problem> problems(String block) {
        String policy = """
            apiVersion: inmesh.io/v1alpha1
            kind: BackendTrafficPolicy
            metadata: {name: reviews, namespace: default}
            spec:
              host: reviews
              %s
            """.formatted(block);
        ConfigView view = Config.view(Config.BOOKINFO, policy);
        Resource candidate = view.byKind("BackendTrafficPolicy").iterator().next();
        return new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local")).validate(candidate, view);
    }
}
