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

/** What is wrong with {@code spec.healthChecks} of a BackendTrafficPolicy, each by an input that trips it. */
class HealthChecksCheckTest {

    @ParameterizedTest(name = "{0} is {1} at {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{interval: 1s} | REQUIRED | [0]",
                "{http: {}, tcp: {}} | EXCLUSIVE | [0]",
                "{tcp: {}}, {tcp: {}} | EXCLUSIVE | [1]",
                "{tcp: {}, interval: 0s} | BAD_VALUE | [0].interval",
                "{tcp: {}, timeout: soon} | BAD_VALUE | [0].timeout",
                "{tcp: {}, noTrafficInterval: 0s} | BAD_VALUE | [0].noTrafficInterval",
                "{tcp: {}, unhealthyThreshold: 0} | BAD_VALUE | [0].unhealthyThreshold",
                "{tcp: {}, healthyThreshold: 0} | BAD_VALUE | [0].healthyThreshold",
                "{http: {path: healthz}} | BAD_VALUE | [0].http.path",
                "{http: {expectedStatuses: [99]}} | BAD_VALUE | [0].http.expectedStatuses[0]"
            })
    void refuses(String checks, Check check, String field) {
        assertThat(problems(checks))
                .extracting(Problem::code, Problem::fieldPath)
                .containsExactly(tuple(check.code(), "spec.healthChecks" + field));
    }

    @Test
    void acceptsWhatIsInOrder() {
        assertThat(problems("{http: {path: /healthz, expectedStatuses: [200]}, interval: 1s, jitter: 0s}"))
                .isEmpty();
    }

    private static List<Problem> problems(String checks) {
        String policy = """
            apiVersion: inmesh.io/v1alpha1
            kind: BackendTrafficPolicy
            metadata: {name: reviews, namespace: default}
            spec: {host: reviews, healthChecks: [%s]}
            """.formatted(checks);
        ConfigView view = Config.view(Config.BOOKINFO, policy);
        Resource candidate = view.byKind("BackendTrafficPolicy").iterator().next();
        return new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local")).validate(candidate, view);
    }
}
