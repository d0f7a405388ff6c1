package io.inmesh.server.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.rule.TelemetryRule.Side;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TelemetriesTest {
    private static final RuleSettings SETTINGS = RuleSettings.forTrustDomain("inmesh.local");
    private static final Map<String, String> REVIEWS = Map.of("app", "reviews");

    @Test
    void aNarrowerScopeChangesWhatAWiderOneSaysFieldByField() {
        Telemetries all = telemetries(
                telemetry(
                        "mesh",
                        SETTINGS.rootNamespace(),
                        "tracing: [{randomSamplingPercentage: 5, customTags: {a: {literal: {value: mesh}}}}],"
                                + " accessLogging: [{filter: {expression: 'response.code >= 400'}}]"),
                telemetry("namespace", "default", "tracing: [{randomSamplingPercentage: 10}]"),
                telemetry(
                        "workload",
                        "default",
                        "selector: {matchLabels: {app: reviews}}, accessLogging: [{disabled: true}],"
                                + " tracing: [{customTags: {b: {literal: {value: own}}}}]"));
        TelemetryRule reviews = all.effective("default", REVIEWS, Side.CLIENT);
        assertThat(reviews.sampling()).isEqualTo(OptionalDouble.of(10));
        assertThat(reviews.tags()).containsOnlyKeys("b");
        assertThat(reviews.accessLog()).contains(false);
        TelemetryRule ratings = all.effective("default", Map.of("app", "ratings"), Side.CLIENT);
        assertThat(ratings.tags()).containsOnlyKeys("a");
        assertThat(ratings.accessLog()).contains(true);
        assertThat(ratings.accessLogFilter()).isEqualTo("response.code >= 400");
        assertThat(all.effective("other", REVIEWS, Side.SERVER).sampling()).isEqualTo(OptionalDouble.of(5));
    }

    @Test
    void anEntryIsAboutTheSideItNames() {
        Telemetries all = telemetries(telemetry(
                "t",
                "default",
                "tracing: [{match: {mode: CLIENT}, disableSpanReporting: true}],"
                        + " accessLogging: [{match: {mode: SERVER}}]"));
        assertThat(all.effective("default", REVIEWS, Side.CLIENT).spans()).isFalse();
        assertThat(all.effective("default", REVIEWS, Side.SERVER).spans()).isTrue();
        assertThat(all.effective("default", REVIEWS, Side.CLIENT).accessLog()).isEmpty();
        assertThat(all.effective("default", REVIEWS, Side.SERVER).accessLog()).contains(true);
    }

    @Test
    void overridesOfMetricsApplyInOrderAndTheLastWordOnATagCounts() {
        Telemetries all = telemetries(telemetry(
                "t",
                "default",
                "metrics: [{overrides: [{tagOverrides: {team: {value: \"'a'\"}, source_app: {operation: REMOVE}}},"
                        + " {match: {metric: REQUEST_COUNT}, tagOverrides: {team: {value: \"'b'\"}}},"
                        + " {match: {metric: RESPONSE_SIZE}, disabled: true}]}]"));
        var metrics = all.effective("default", REVIEWS, Side.SERVER).metrics();
        assertThat(metrics).containsOnlyKeys(TelemetryRule.METRICS);
        assertThat(metrics.get("REQUEST_COUNT").tags())
                .containsEntry("team", "'b'")
                .containsEntry("source_app", "");
        assertThat(metrics.get("REQUEST_DURATION").tags()).containsEntry("team", "'a'");
        assertThat(metrics.get("RESPONSE_SIZE").disabled()).isTrue();
        assertThat(metrics.get("REQUEST_SIZE").disabled()).isFalse();
    }

    @Test
    void onlyTextInQuotesIsALiteral() {
        assertThat(TelemetryRule.literal(" 'books' ")).contains("books");
        assertThat(TelemetryRule.literal("\"books\"")).contains("books");
        assertThat(TelemetryRule.literal("books")).isEmpty();
        assertThat(TelemetryRule.literal("'a' + 'b'")).isEmpty();
        assertThat(TelemetryRule.literal("'")).isEmpty();
    }

    private static String telemetry(String name, String namespace, String spec) {
        return "{apiVersion: telemetry.istio.io/v1, kind: Telemetry, metadata: {name: " + name + ", namespace: "
                + namespace + "}, spec: {" + spec + "}}";
    }

    private static Telemetries telemetries(String... documents) {
        return Telemetries.of(Config.view(documents).byKind("Telemetry"), SETTINGS);
    }
}
