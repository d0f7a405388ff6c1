package io.inmesh.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.graph.Sample;
import io.inmesh.server.graph.Samples;
import io.inmesh.server.rollout.Finding.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What figures a canary is found good or bad by, and what is too little to tell. */
class JudgeTest {

    private static final Instant NOW = FakeTime.START.plusSeconds(60);

    @ParameterizedTest(name = "{0} of {1} failed, of the stable version {2} of {3}: {4}")
    @CsvSource({
        // By itself: at most 5 %.
        "errorRate: {maxPercent: 5}, 0, 99, 0, 0, INCONCLUSIVE",
        "errorRate: {maxPercent: 5}, 0, 100, 0, 0, GOOD",
        "errorRate: {maxPercent: 5}, 5, 100, 0, 0, GOOD",
        "errorRate: {maxPercent: 5}, 6, 100, 0, 0, INCONCLUSIVE",
        "errorRate: {maxPercent: 5}, 9, 100, 0, 0, INCONCLUSIVE",
        "errorRate: {maxPercent: 5}, 10, 100, 0, 0, BAD",
        "errorRate: {maxPercent: 5}, 600, 10000, 0, 0, BAD",
        "errorRate: {maxPercent: 0}, 1, 100, 0, 0, BAD",
        // By the stable version: at most a point more.
        "'errorRate: {comparedToStable: {maxPoints: 1}}', 0, 100, 0, 99, INCONCLUSIVE",
        "'errorRate: {comparedToStable: {maxPoints: 1}}', 1, 100, 0, 1000, GOOD",
        "'errorRate: {comparedToStable: {maxPoints: 1}}', 2, 100, 0, 1000, INCONCLUSIVE",
        "'errorRate: {comparedToStable: {maxPoints: 1}}', 20, 100, 0, 1000, BAD",
        "'errorRate: {comparedToStable: {maxPoints: 1}}', 20, 100, 180, 1000, INCONCLUSIVE",
        "'errorRate: {comparedToStable: {maxPoints: 1}}', 20, 100, 200, 1000, GOOD",
        // By the stable version: at most twice as much.
        "'errorRate: {comparedToStable: {maxFactor: 2}}', 20, 1000, 10, 1000, GOOD",
        "'errorRate: {comparedToStable: {maxFactor: 2}}', 25, 1000, 10, 1000, INCONCLUSIVE",
        "'errorRate: {comparedToStable: {maxFactor: 2}}', 60, 1000, 10, 1000, BAD",
        // Both: the stable version does not excuse everything, and what is bad by itself is bad without it.
        "'errorRate: {maxPercent: 5, comparedToStable: {maxPoints: 1}}', 20, 100, 200, 1000, BAD",
        "'errorRate: {maxPercent: 5, comparedToStable: {maxPoints: 1}}', 20, 100, 0, 0, BAD",
        "'errorRate: {maxPercent: 5, comparedToStable: {maxPoints: 1}}', 0, 100, 0, 0, INCONCLUSIVE",
    })
    void errors(String criterion, long failed, long all, long stableFailed, long stable, Verdict verdict) {
        Finding finding =
                judge(criterion, Samples.of(stable - stableFailed, stableFailed), Samples.of(all - failed, failed));
        assertThat(finding.verdict()).as(finding.reason()).isEqualTo(verdict);
        assertThat(finding.canary().requests()).isEqualTo(all);
        assertThat(finding.canary().failed()).isEqualTo(failed);
    }

    @ParameterizedTest(name = "{1} fast and {2} slow ones: {3}")
    @CsvSource({
        "'latency: {percentile: 95, max: 250ms}', 100, 5, GOOD",
        "'latency: {percentile: 95, max: 250ms}', 93, 7, INCONCLUSIVE",
        "'latency: {percentile: 95, max: 250ms}', 80, 20, BAD",
        "'latency: {percentile: 95, comparedToStable: {maxFactor: 1.5}}', 100, 5, GOOD",
        "'latency: {percentile: 95, comparedToStable: {maxFactor: 1.5}}', 93, 7, INCONCLUSIVE",
        "'latency: {percentile: 95, comparedToStable: {maxFactor: 1.5}}', 80, 20, BAD",
        "'latency: {percentile: 50, comparedToStable: {maxFactor: 1.5}}', 80, 20, GOOD",
    })
    void durations(String criterion, long fast, long slow, Verdict verdict) {
        Sample stable = Samples.taking(10, 1_000, 0, 0);
        Finding finding = judge(criterion, stable, Samples.taking(10, fast, 1_000, slow));
        assertThat(finding.verdict()).as(finding.reason()).isEqualTo(verdict);
    }

    @Test
    void bothCriteriaHaveToBeMetAndTheReasonIsTheWorst() {
        String both = "errorRate: {maxPercent: 5}, latency: {percentile: 95, max: 250ms}";
        Finding good = judge(both, Samples.of(0, 0), Samples.taking(10, 200, 0, 0));
        assertThat(good.verdict()).isEqualTo(Verdict.GOOD);
        assertThat(good.reason()).isEqualTo("the canary failed 0 % of 200 requests; the canary's p95 is 9.44 ms");
        Finding slow = judge(both, Samples.of(0, 0), Samples.taking(10, 100, 1_000, 100));
        assertThat(slow.verdict()).isEqualTo(Verdict.BAD);
        assertThat(slow.reason()).isEqualTo("the canary's p95 is 1006.6 ms, more than the 250 ms it may take");
    }

    @Test
    void reasonsNameFiguresAndLimits() {
        assertThat(judge("errorRate: {maxPercent: 5}", Samples.of(0, 0), Samples.of(80, 20))
                        .reason())
                .isEqualTo("the canary failed 20 % of 100 requests, more than the 5 % it may");
        assertThat(judge("errorRate: {comparedToStable: {maxPoints: 1}}", Samples.of(999, 1), Samples.of(80, 20))
                        .reason())
                .isEqualTo("the canary failed 20 % of 100 requests, the stable version 0.10 % of 1000,"
                        + " more than the 1.10 % it may by that");
        assertThat(judge("errorRate: {maxPercent: 5}", Samples.of(0, 0), Samples.of(3, 0))
                        .reason())
                .isEqualTo("the canary had 3 of the 100 requests that it takes to judge it");
    }

    @Test
    void figuresThatNobodyReportsAnyMoreTellNothing() {
        Finding finding = Judge.judge(
                spec("errorRate: {maxPercent: 5}").analysis(),
                NOW.plus(Judge.STALE).plusSeconds(11),
                Samples.of(0, 0),
                Samples.of(80, 20));
        assertThat(finding.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(finding.reason()).startsWith("nobody has reported requests to the canary for ");
    }

    @Test
    void refusalsOfTheMeshCountIfTheyAreAboutTheCanary() {
        Finding gone = judge("errorRate: {maxPercent: 5}", Samples.of(0, 0), Samples.refused("no_endpoint", 150));
        assertThat(gone.verdict()).isEqualTo(Verdict.BAD);
        Finding injected = judge("errorRate: {maxPercent: 5}", Samples.of(0, 0), Samples.refused("fault", 150));
        assertThat(injected.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }

    /** Versions that are alike: how often is the second found bad by chance? A fixed seed, so the answer is always the same. */
    @Test
    void aVersionAsGoodAsTheOtherIsHardlyEverFoundBad() {
        Random random = new Random(20260601);
        int bad = 0;
        int trials = 4_000;
        for (int i = 0; i < trials; i++) {
            long stableFailed = failures(random, 900, 0.02);
            long failed = failures(random, 100, 0.02);
            bad += judge(
                                            "errorRate: {comparedToStable: {maxFactor: 1.01}}",
                                            Samples.of(900 - stableFailed, stableFailed),
                                            Samples.of(100 - failed, failed))
                                    .verdict()
                            == Verdict.BAD
                    ? 1
                    : 0;
        }
        assertThat(bad).isLessThan(trials / 100);
    }

    private static long failures(Random random, int requests, double rate) {
        return random.doubles(requests).filter(number -> number < rate).count();
    }

    private static Finding judge(String criteria, Sample stable, Sample canary) {
        return Judge.judge(spec(criteria).analysis(), NOW, stable, canary);
    }

    private static RolloutSpec spec(String criteria) {
        return RolloutSpec.read(
                Config.resource(
                        "{apiVersion: inmesh.io/v1alpha1, kind: Rollout, metadata: {name: r}, spec: {analysis: {"
                                + criteria + "}}}"),
                "cluster.local");
    }

    @Test
    void whatIsNotSaidHasDefaults() {
        RolloutSpec spec = spec("errorRate: {maxPercent: 5}");
        assertThat(spec.analysis().interval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(spec.analysis().window()).isEqualTo(Duration.ofMinutes(5));
        assertThat(spec.analysis().minRequests()).isEqualTo(100);
        assertThat(spec.analysis().failureLimit()).isEqualTo(1);
        assertThat(spec.rollBack()).isTrue();
        assertThat(spec.progressDeadline()).isNull();
    }
}
