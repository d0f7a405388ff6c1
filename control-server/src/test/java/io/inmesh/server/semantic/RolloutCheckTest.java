package io.inmesh.server.semantic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.SchemaValidator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with rollouts, each by an input that trips it. */
class RolloutCheckTest {

    private static final String ROUTE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews, annotations: {}}
            spec:
              hosts: [reviews]
              http: [{route: [{destination: {host: reviews, subset: v1}, weight: 100}, {destination: {host: reviews, subset: v2}, weight: 0}]}]
            """;
    private static final String GOOD = """
            apiVersion: inmesh.io/v1alpha1
            kind: Rollout
            metadata: {name: reviews-v2}
            spec:
              target: {kind: VirtualService, name: reviews}
              stable: {host: reviews, subset: v1}
              canary: {host: reviews, subset: v2}
              steps: [{weight: 10, wait: 1m}, {pause: {}}, {weight: 50, wait: 90s}]
              analysis: {errorRate: {maxPercent: 1, comparedToStable: {maxFactor: 1.5, maxPoints: 0.5}}}
              onFailure: ROLLBACK
              progressDeadline: 30m
            """;
    private static final String STEPS = "steps: [{weight: 10, wait: 1m}, {pause: {}}, {weight: 50, wait: 90s}]";
    private static final String ANALYSIS =
            "analysis: {errorRate: {maxPercent: 1, comparedToStable: {maxFactor: 1.5, maxPoints: 0.5}}}";

    @Test
    void acceptsWhatIsRight() {
        assertThat(problems(GOOD)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "analysis: {interval: 5s, window: 10m, minRequests: 20, failureLimit: 0, latency: {percentile: 99, max: 500ms}}",
                "analysis: {latency: {percentile: 95, comparedToStable: {maxFactor: 1.3}}}",
                "analysis: {errorRate: {comparedToStable: {maxPoints: 1}}, latency: {percentile: 99.9, max: 2s}}",
            })
    void acceptsEveryCriterion(String analysis) {
        assertThat(problems(GOOD.replace(ANALYSIS, analysis))).isEmpty();
    }

    @ParameterizedTest(name = "{0} is {1} at {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "steps: []|BAD_VALUE|steps",
                "steps: [{pause: {}}]|REQUIRED|steps",
                "steps: [{weight: 10, pause: {}}]|REQUIRED|steps[0]",
                "steps: [{weight: 10}, {wait: 10s}]|REQUIRED|steps[1]",
                "steps: [{weight: 10}, {pause: {}, wait: 10s}]|EXCLUSIVE|steps[1]",
                "steps: [{weight: 10}, {weight: 10}]|BAD_VALUE|steps[1].weight",
                "steps: [{weight: 10, wait: 30m}]|BAD_VALUE|steps[0].wait",
                "steps: [{weight: 10, wait: 10us}]|BAD_VALUE|steps[0].wait",
            })
    void tellsWhatIsWrongWithSteps(String steps, Check check, String field) {
        assertThat(problems(GOOD.replace(STEPS, steps)))
                .extracting(Problem::code, Problem::fieldPath)
                .contains(tuple(check.code(), "spec." + field));
    }

    @ParameterizedTest(name = "{0} is {1} at {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "analysis: {interval: 10s}|REQUIRED|analysis",
                "analysis: {interval: 10ms, errorRate: {maxPercent: 1}}|BAD_VALUE|analysis.interval",
                "analysis: {window: 2h, errorRate: {maxPercent: 1}}|BAD_VALUE|analysis.window",
                "analysis: {errorRate: {}}|REQUIRED|analysis.errorRate",
                "analysis: {errorRate: {maxPercent: 100}}|BAD_VALUE|analysis.errorRate.maxPercent",
                "analysis: {errorRate: {comparedToStable: {}}}|BAD_VALUE|analysis.errorRate.comparedToStable",
                "analysis: {errorRate: {comparedToStable: {maxFactor: 0.5}}}|BAD_VALUE|analysis.errorRate.comparedToStable.maxFactor",
                "analysis: {latency: {percentile: 95}}|REQUIRED|analysis.latency",
                "analysis: {latency: {percentile: 20, max: 1s}}|BAD_VALUE|analysis.latency.percentile",
                "analysis: {latency: {percentile: 95, comparedToStable: {maxFactor: 1}}}|BAD_VALUE|analysis.latency.comparedToStable",
            })
    void tellsWhatIsWrongWithTheAnalysis(String analysis, Check check, String field) {
        assertThat(problems(GOOD.replace(ANALYSIS, analysis)))
                .extracting(Problem::code, Problem::fieldPath)
                .contains(tuple(check.code(), "spec." + field));
    }

    @ParameterizedTest(name = "{0} instead of {1} is {2} at {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "subset: v1}|subset: v2}|BAD_VALUE|canary",
                "kind: VirtualService, name|kind: HTTPRoute, name|BAD_VALUE|stable.subset",
                "VirtualService, name: reviews|VirtualService, name: gone|ROLLOUT_WAITS|target",
                "progressDeadline: 30m|progressDeadline: soon|BAD_VALUE|progressDeadline",
                "progressDeadline: 30m|progressDeadline: 30s|BAD_VALUE|progressDeadline",
            })
    void tellsWhatIsWrongWithTheRest(String right, String wrong, Check check, String field) {
        String changed = GOOD.replace(right, wrong);
        assertThat(changed).isNotEqualTo(GOOD);
        assertThat(problems(changed))
                .extracting(Problem::code, Problem::fieldPath)
                .contains(tuple(check.code(), "spec." + field));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pause: {}|pause: {duration: 10s}|spec.steps[1].pause.duration",
                "weight: 10|weight: 100|spec.steps[0].weight",
                "ROLLBACK|rollback|spec.onFailure",
                "maxPercent: 1|max: 1|spec.analysis.errorRate.max",
                "kind: VirtualService, name|kind: Deployment, name|spec.target.kind",
            })
    void fieldsAndValuesThatDoNotExistAreRefused(String right, String wrong, String field) {
        Resource rollout = Config.resource(GOOD.replace(right, wrong));
        assertThat(new SchemaValidator().validate(rollout, Config.view(ROUTE)))
                .extracting(Problem::fieldPath)
                .contains(field);
    }

    @Test
    void aRouteThatAFileKeepsIsNotShiftedByAnybodyElse() {
        String kept = ROUTE.replace("annotations: {}", "annotations: {inmesh.io/source: \"folder:reviews.yaml\"}");
        assertThat(problems(GOOD, kept)).extracting(Problem::code).containsExactly("IM0605");
    }

    @Test
    void twoRolloutsOfOneRouteAreToldThatTheyStopEachOther() {
        assertThat(problems(GOOD, ROUTE, GOOD.replace("name: reviews-v2", "name: again")))
                .extracting(Problem::code)
                .containsExactly(Check.POLICY_CONFLICT.code());
    }

    private static List<Problem> problems(String rollout) {
        return problems(rollout, ROUTE);
    }

    private static List<Problem> problems(String rollout, String... others) {
        List<String> all = new ArrayList<>(List.of(others));
        all.add(Config.BOOKINFO);
        all.add(rollout);
        ConfigView view = Config.view(all.toArray(String[]::new));
        Resource candidate = Config.resource(rollout);
        List<Problem> problems = new ArrayList<>(new SchemaValidator().validate(candidate, view));
        problems.addAll(new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local")).validate(candidate, view));
        return problems;
    }
}
