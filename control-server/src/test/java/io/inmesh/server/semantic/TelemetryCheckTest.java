package io.inmesh.server.semantic;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TelemetryCheckTest {
    private static final SemanticValidator VALIDATOR =
            new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    accessLogging: [{filter: {expression: "response.size > 5"}}]                        | IM0002 | spec.accessLogging[0].filter.expression
                    accessLogging: [{filter: {expression: "response.code >="}}]                         | IM0002 | spec.accessLogging[0].filter.expression
                    accessLogging: [{filter: {expression: "request.method > 'GET'"}}]                   | IM0002 | spec.accessLogging[0].filter.expression
                    accessLogging: [{providers: [{name: my-fluentd}]}]                                  | IM0001 | spec.accessLogging[0].providers[0].name
                    metrics: [{providers: [{name: stackdriver}]}]                                       | IM0001 | spec.metrics[0].providers[0].name
                    metrics: [{overrides: [{match: {metric: TCP_SENT_BYTES}, disabled: true}]}]         | IM0001 | spec.metrics[0].overrides[0].match.metric
                    metrics: [{overrides: [{tagOverrides: {a: {value: "request.host"}}}]}]              | IM0002 | spec.metrics[0].overrides[0].tagOverrides.a.value
                    metrics: [{overrides: [{tagOverrides: {a: {value: "'x' + 'y'"}}}]}]                 | IM0002 | spec.metrics[0].overrides[0].tagOverrides.a.value
                    metrics: [{overrides: [{tagOverrides: {a: {}}}]}]                                   | IM0002 | spec.metrics[0].overrides[0].tagOverrides.a.value
                    metrics: [{overrides: [{tagOverrides: {a-b: {value: "'x'"}}}]}]                     | IM0002 | spec.metrics[0].overrides[0].tagOverrides.a-b
                    metrics: [{overrides: [{tagOverrides: {reporter: {value: "'x'"}}}]}]                | IM0002 | spec.metrics[0].overrides[0].tagOverrides.reporter
                    tracing: [{randomSamplingPercentage: 101}]                                          | IM0002 | spec.tracing[0].randomSamplingPercentage
                    tracing: [{customTags: {a: {}}}]                                                    | IM0003 | spec.tracing[0].customTags.a
                    tracing: [{customTags: {a: {literal: {value: x}, header: {name: y}}}}]              | IM0003 | spec.tracing[0].customTags.a
                    tracing: [{customTags: {a: {formatter: {value: x}}}}]                               | IM0002 | spec.tracing[0].customTags.a.formatter
                    tracing: [{customTags: {a: {header: {name: Authorization}}}}]                       | IM0002 | spec.tracing[0].customTags.a.header.name
                    tracing: [{useRequestIdForTraceSampling: true}]                                     | IM0001 | spec.tracing[0].useRequestIdForTraceSampling
                    targetRef: {kind: Gateway, name: g}                                                 | IM0001 | spec.targetRef
                    """)
    void whatIsWrongIsNamedWithItsFieldAndARemedy(String spec, String code, String field) {
        assertThat(problems(telemetry("t", "default", spec))).anySatisfy(problem -> {
            assertThat(problem.code()).isEqualTo(code);
            assertThat(problem.fieldPath()).isEqualTo(field);
            assertThat(problem.remedy()).isNotEmpty();
        });
    }

    @Test
    void whatIstioShowsInItsDocumentationIsTaken() {
        assertThat(problems(telemetry(
                        "t",
                        "default",
                        "tracing: [{randomSamplingPercentage: 10}], accessLogging: [{filter: {expression:"
                                + " \"response.code >= 400 || connection.mtls == false\"}}]")))
                .isEmpty();
    }

    @Test
    void ofTwoForTheSameWorkloadsTheOldestIsNamed() {
        String one = telemetry("a", "default", "selector: {matchLabels: {app: x}}, tracing: [{}]");
        String two = telemetry("b", "default", "selector: {matchLabels: {version: v1}}, tracing: [{}]");
        String apart = telemetry("c", "default", "selector: {matchLabels: {app: y}}, tracing: [{}]");
        assertThat(problems(one, two)).anySatisfy(problem -> {
            assertThat(problem.code()).isEqualTo("IM0601");
            assertThat(problem.message()).contains("b").contains("only");
        });
        assertThat(problems(one, apart)).isEmpty();
    }

    @Test
    void aSelectorInTheRootNamespaceIsForNobody() {
        String root = RuleSettings.forTrustDomain("inmesh.local").rootNamespace();
        assertThat(problems(telemetry("t", root, "selector: {matchLabels: {app: x}}")))
                .extracting(Problem::code)
                .containsExactly("IM0501");
    }

    private static String telemetry(String name, String namespace, String spec) {
        return "{apiVersion: telemetry.istio.io/v1, kind: Telemetry, metadata: {name: " + name + ", namespace: "
                + namespace + "}, spec: {" + spec + "}}";
    }

    private static List<Problem> problems(String... documents) {
        ConfigView view = Config.view(documents);
        Resource first = view.byKind("Telemetry").stream()
                .min(java.util.Comparator.comparing(resource -> resource.key().name()))
                .orElseThrow();
        return VALIDATOR.validate(first, view);
    }
}
