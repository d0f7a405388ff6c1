package io.inmesh.health;

import io.inmesh.config.FailurePercentageConfig;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.SuccessRateConfig;
import io.inmesh.endpoint.Tally;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Finds endpoints by what share of their attempts failed since the last sweep.
 *
 * <p>Source: Envoy's success-rate and failure-percentage detection. An endpoint takes part if it is in rotation and had enough attempts, and
 * nobody is judged unless enough endpoints take part: a share of few attempts says nothing, and neither does a mean of few endpoints. A
 * service that fails as a whole has a low mean and no outliers, so the success rate ejects nobody then.
 */
final class RateJudge {

    private RateJudge() {}

    /** Begins the next period, whoever is judged. {@return whom the rules want ejected, the worst first} */
    static List<Finding> judge(Collection<EndpointHistory> members, OutlierDetectionConfig rules) {
        List<Finding> findings = new ArrayList<>();
        judge(members, rules, false, findings);
        judge(members, rules, true, findings);
        return findings;
    }

    private static void judge(
            Collection<EndpointHistory> members,
            OutlierDetectionConfig rules,
            boolean localOrigin,
            List<Finding> findings) {
        if (!rules.judgesRates(localOrigin)) {
            return;
        }
        List<Sample> samples = new ArrayList<>();
        for (EndpointHistory member : members) {
            var state = member.endpoint().ejection();
            long taken = (localOrigin ? state.reached() : state.answers()).take();
            // What arrives late from before the ejection must not count against an endpoint that has returned.
            if (!member.ejected()) {
                samples.add(new Sample(member, Tally.attempts(taken), Tally.failures(taken)));
            }
        }
        samples.sort((a, b) -> Double.compare(a.successPercent(), b.successPercent()));
        bySuccessRate(samples, rules.successRate(), localOrigin, findings);
        byFailurePercentage(samples, rules.failurePercentage(), localOrigin, findings);
    }

    private static void bySuccessRate(
            List<Sample> samples, SuccessRateConfig rule, boolean localOrigin, List<Finding> findings) {
        List<Sample> judged = withVolume(samples, rule.requestVolume());
        if (rule.enforcing(localOrigin) == 0 || judged.isEmpty() || judged.size() < rule.minimumHosts()) {
            return;
        }
        double mean =
                judged.stream().mapToDouble(Sample::successPercent).average().orElse(0);
        double variance = judged.stream()
                .mapToDouble(sample -> Math.pow(sample.successPercent() - mean, 2))
                .average()
                .orElse(0);
        double threshold = mean - rule.stdevFactor() * Math.sqrt(variance);
        EjectionReason reason = localOrigin ? EjectionReason.SUCCESS_RATE_LOCAL_ORIGIN : EjectionReason.SUCCESS_RATE;
        for (Sample sample : judged) {
            if (sample.successPercent() < threshold) {
                String why = String.format(
                        Locale.ROOT,
                        "%.1f %% of %d attempts %s, below %.1f %% (mean %.1f %%)",
                        sample.successPercent(),
                        sample.attempts(),
                        localOrigin ? "reached it" : "succeeded",
                        threshold,
                        mean);
                findings.add(new Finding(sample.history(), reason, rule.enforcing(localOrigin), why));
            }
        }
    }

    private static void byFailurePercentage(
            List<Sample> samples, FailurePercentageConfig rule, boolean localOrigin, List<Finding> findings) {
        List<Sample> judged = withVolume(samples, rule.requestVolume());
        if (rule.enforcing(localOrigin) == 0 || judged.size() < rule.minimumHosts()) {
            return;
        }
        EjectionReason reason =
                localOrigin ? EjectionReason.FAILURE_PERCENTAGE_LOCAL_ORIGIN : EjectionReason.FAILURE_PERCENTAGE;
        for (Sample sample : judged) {
            if (100 - sample.successPercent() >= rule.threshold()) {
                String why = String.format(
                        Locale.ROOT,
                        "%.1f %% of %d attempts %s, %d %% is too much",
                        100 - sample.successPercent(),
                        sample.attempts(),
                        localOrigin ? "did not reach it" : "failed",
                        rule.threshold());
                findings.add(new Finding(sample.history(), reason, rule.enforcing(localOrigin), why));
            }
        }
    }

    private static List<Sample> withVolume(List<Sample> samples, int volume) {
        // Without a single attempt there is no share, whatever volume is asked for.
        return samples.stream()
                .filter(sample -> sample.attempts() >= Math.max(1, volume))
                .toList();
    }

    /** What one endpoint experienced in one period. */
    private record Sample(EndpointHistory history, int attempts, int failures) {

        double successPercent() {
            return attempts == 0 ? 100 : (attempts - failures) * 100.0 / attempts;
        }
    }
}
