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

/** What is wrong with {@code spec.outlierDetection} of a BackendTrafficPolicy, each by an input that trips it. */
class EjectionRatesCheckTest {

    @ParameterizedTest(name = "{0} is wrong at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{successRate: {stdevFactor: -1}} | successRate.stdevFactor",
                "{successRate: {minimumHosts: -1}} | successRate.minimumHosts",
                "{successRate: {requestVolume: -1}} | successRate.requestVolume",
                "{successRate: {enforcingPercent: 101}} | successRate.enforcingPercent",
                "{failurePercentage: {threshold: 101}} | failurePercentage.threshold",
                "{failurePercentage: {minimumHosts: -5}} | failurePercentage.minimumHosts",
                "{maxEjectionTime: 0s} | maxEjectionTime",
                "{maxEjectionTimeJitter: soon} | maxEjectionTimeJitter"
            })
    void refuses(String block, String field) {
        assertThat(problems(block))
                .extracting(Problem::code, Problem::fieldPath)
                .containsExactly(tuple(Check.BAD_VALUE.code(), "spec.outlierDetection." + field));
    }

    @Test
    void acceptsWhatIsInOrder() {
        assertThat(problems("{successRate: {}, failurePercentage: {threshold: 60}, maxEjectionTimeJitter: 0s}"))
                .isEmpty();
    }

    private static List<Problem> problems(String block) {
        String policy = """
            apiVersion: inmesh.io/v1alpha1
            kind: BackendTrafficPolicy
            metadata: {name: reviews, namespace: default}
            spec: {host: reviews, outlierDetection: %s}
            """.formatted(block);
        ConfigView view = Config.view(Config.BOOKINFO, policy);
        Resource candidate = view.byKind("BackendTrafficPolicy").iterator().next();
        return new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local")).validate(candidate, view);
    }
}
