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

/** What is said about settings of places, and where. */
class LocalityCheckTest {
    private static final SemanticValidator VALIDATOR =
            new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local"));

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{distribute: [{from: eu, to: {eu: 50, us: 40}}]}|BAD_VALUE|distribute[0].to",
                "{distribute: [{from: eu, to: {eu: 100, us: 0}}]}|BAD_VALUE|distribute[0].to.us",
                "{distribute: [{from: eu, to: {}}]}|REQUIRED|distribute[0].to",
                "{distribute: [{to: {eu: 100}}]}|REQUIRED|distribute[0].from",
                "{distribute: [{from: eu/*/1, to: {eu: 100}}]}|BAD_VALUE|distribute[0].from",
                "{distribute: [{from: eu/a/1/x, to: {eu: 100}}]}|BAD_VALUE|distribute[0].from",
                "{distribute: [{from: e*, to: {eu: 100}}]}|BAD_VALUE|distribute[0].from",
                "{distribute: [{from: eu, to: {'eu/*': 50, eu/a: 50}}]}|EXCLUSIVE|distribute[0].to.eu/a",
                "{distribute: [{from: eu, to: {eu: 100}}, {from: eu/a, to: {us: 100}}]}|EXCLUSIVE|distribute[1].from",
                "{distribute: [{from: eu, to: {eu: 100}}], failover: [{from: eu, to: us}]}|EXCLUSIVE|",
                "{distribute: [{from: eu, to: {eu: 100}}], failoverPriority: [a]}|EXCLUSIVE|",
                "{failover: [{from: eu, to: eu}]}|BAD_VALUE|failover[0].to",
                "{failover: [{from: eu/a, to: us}]}|BAD_VALUE|failover[0].from",
                "{failover: [{from: eu}]}|REQUIRED|failover[0].to",
                "{failover: [{from: eu, to: us}, {from: eu, to: asia}]}|DUPLICATE|failover[1].from",
                "{failoverPriority: [a, b, a=1]}|DUPLICATE|failoverPriority[2]",
                "{failoverPriority: ['=1']}|BAD_VALUE|failoverPriority[0]"
            })
    void aSettingThatContradictsItselfIsRefused(String setting, Check check, String field) {
        String path = "spec.trafficPolicy.loadBalancer.localityLbSetting" + (field == null ? "" : "." + field);

        assertThat(problems("{loadBalancer: {localityLbSetting: " + setting + "}, outlierDetection: {interval: 5s}}"))
                .extracting(Problem::code, Problem::fieldPath)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(check.code(), path));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{enabled: true, failoverPriority: [topology.kubernetes.io/zone]}|BAD_VALUE|zoneAwareLbSetting.failoverPriority[0]",
                "{minClusterSize: 3}|NO_EFFECT|zoneAwareLbSetting",
                "{enabled: true, minClusterSize: 0}|BAD_VALUE|zoneAwareLbSetting.minClusterSize",
                "{enabled: true}, localityLbSetting: {enabled: true}|EXCLUSIVE|"
            })
    void zoneAwareSettingsAreJudged(String setting, Check check, String field) {
        String path = "spec.trafficPolicy.loadBalancer" + (field == null ? "" : "." + field);

        assertThat(problems("{loadBalancer: {zoneAwareLbSetting: " + setting + "}, outlierDetection: {interval: 5s}}"))
                .extracting(Problem::code, Problem::fieldPath)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(check.code(), path));
    }

    @Test
    void whatIsInOrderIsNotReported() {
        assertThat(problems("""
                {loadBalancer: {localityLbSetting: {distribute: [
                  {from: 'eu/a/*', to: {'eu/a/*': 80, us: 20}}, {from: 'us/*', to: {'*': 100}}]}}}""")).isEmpty();
        assertThat(problems("""
                {loadBalancer: {localityLbSetting: {failover: [{from: eu, to: us}], failoverPriority: [a, b=1]}},
                 outlierDetection: {consecutive5xxErrors: 5}}""")).isEmpty();
        assertThat(problems("{loadBalancer: {zoneAwareLbSetting: {enabled: true, failoverPriority: [rack]}}}"))
                .isEmpty();
    }

    private static List<Problem> problems(String trafficPolicy) {
        ConfigView view = Config.view(Config.BOOKINFO, """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: ratings}
                spec:
                  host: ratings
                  trafficPolicy: %s
                """.formatted(trafficPolicy.replace("\n", " ")));
        Resource rule = view.byKind("DestinationRule").get(0);
        return VALIDATOR.validate(rule, view);
    }
}
