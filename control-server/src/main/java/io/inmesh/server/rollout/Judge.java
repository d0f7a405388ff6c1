package io.inmesh.server.rollout;

import io.inmesh.server.graph.Sample;
import io.inmesh.server.rollout.Finding.Numbers;
import io.inmesh.server.rollout.Finding.Verdict;
import io.inmesh.server.rollout.RolloutSpec.Analysis;
import io.inmesh.server.rollout.RolloutSpec.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Judges a canary. It is bad only if chance does not explain it: if the least rate that its requests leave plausible ({@link Binomial}) is
 * above the limit, and for a limit by the stable version above that of the greatest rate which that one's requests leave plausible. Where
 * two bounds of 95 % each have to miss, a canary that is as good as the stable version is found bad far less often than once in twenty times.
 * It is good if its figures keep to every limit as they are. What is neither is told by more requests. A duration's quantile is judged
 * as a rate too: that of requests that are slower.
 */
final class Judge {

    /** What was not reported for so long is not known any more; the longest time between two reports is a minute. */
    static final Duration STALE = Duration.ofSeconds(90);

    private static final double PERCENT = 100;

    private final Analysis analysis;
    private final Instant now;
    private final Sample stable;
    private final Sample canary;

    private Judge(Analysis analysis, Instant now, Sample stable, Sample canary) {
        this.analysis = analysis;
        this.now = now;
        this.stable = stable;
        this.canary = canary;
    }

    /** {@return what two samples of the same time say} */
    static Finding judge(Analysis analysis, Instant now, Sample stable, Sample canary) {
        return new Judge(analysis, now, stable, canary).judge();
    }

    private record Opinion(Verdict verdict, String reason) {}

    private Finding judge() {
        Limit errorRate = analysis.errorRate();
        Limit latency = analysis.latency();
        Opinion worst = tooLittle("canary", canary);
        if (worst == null) {
            Opinion errors = errorRate == null ? null : errors(errorRate);
            Opinion durations = latency == null ? null : durations(latency);
            worst = both(errors, durations);
        }
        double quantile = latency == null ? 0 : latency.quantile();
        return new Finding(
                now, worst.verdict(), worst.reason(), Numbers.of(stable, quantile), Numbers.of(canary, quantile));
    }

    private @Nullable Opinion tooLittle(String version, Sample sample) {
        if (sample.requests() < analysis.minRequests()) {
            return new Opinion(
                    Verdict.INCONCLUSIVE,
                    "the " + version + " had " + sample.requests() + " of the " + analysis.minRequests()
                            + " requests that it takes to judge it");
        }
        long silent = Duration.between(sample.lastSeen(), now).toSeconds();
        return silent > STALE.toSeconds()
                ? new Opinion(
                        Verdict.INCONCLUSIVE,
                        "nobody has reported requests to the " + version + " for " + silent + " s")
                : null;
    }

    private static Opinion both(@Nullable Opinion errors, @Nullable Opinion durations) {
        if (errors == null || durations == null) {
            Opinion only = errors == null ? durations : errors;
            return only == null ? new Opinion(Verdict.INCONCLUSIVE, "there is no criterion") : only;
        }
        return errors.verdict() == Verdict.GOOD && durations.verdict() == Verdict.GOOD
                ? new Opinion(Verdict.GOOD, errors.reason() + "; " + durations.reason())
                : worse(durations, errors);
    }

    /** Bad beats what cannot be told, which beats good; of two alike the second one. */
    private static Opinion worse(Opinion one, Opinion other) {
        return one.verdict() == Verdict.BAD
                        || (one.verdict() == Verdict.INCONCLUSIVE && other.verdict() == Verdict.GOOD)
                ? one
                : other;
    }

    private Opinion errors(Limit limit) {
        double rate = share(canary);
        double certain = Binomial.lowest(canary.failed(), canary.requests());
        String is = "the canary failed " + percent(rate) + " of " + canary.requests() + " requests";
        double max = limit.max().orElse(1);
        Opinion byItself = compare(is, rate > max, certain > max, "the " + percent(max) + " it may");
        if (!limit.compared()) {
            return byItself;
        }
        double theirs = share(stable);
        double theirsAtMost = Binomial.highest(stable.failed(), stable.requests());
        double borne = theirs * limit.factor() + limit.plus();
        String ofStable = "the stable version " + percent(theirs) + " of " + stable.requests();
        return withStable(
                byItself,
                compare(
                        is + ", " + ofStable,
                        rate > borne,
                        certain > theirsAtMost * limit.factor() + limit.plus(),
                        "the " + percent(borne) + " it may by that"));
    }

    private Opinion durations(Limit limit) {
        String name = "p" + number(limit.quantile() * PERCENT);
        if (canary.timed() < analysis.minRequests()) {
            return new Opinion(Verdict.INCONCLUSIVE, "durations of only " + canary.timed() + " requests are known");
        }
        double millis = canary.quantile(limit.quantile());
        String is = "the canary's " + name + " is " + number(millis) + " ms";
        double max = limit.max().orElse(Double.POSITIVE_INFINITY);
        Opinion byItself = compare(is, millis > max, slower(limit, max), "the " + number(max) + " ms it may take");
        if (!limit.compared()) {
            return byItself;
        }
        double theirs = stable.quantile(limit.quantile());
        double theirsAtMost =
                stable.shortestNotExceededBy(count -> Binomial.lowest(count, stable.timed()) >= limit.quantile());
        boolean certainly = !Double.isNaN(theirsAtMost) && slower(limit, theirsAtMost * limit.factor());
        return withStable(
                byItself,
                compare(
                        is + ", the stable version's " + number(theirs) + " ms",
                        millis > theirs * limit.factor(),
                        certainly,
                        "the " + number(theirs * limit.factor()) + " ms it may take by that"));
    }

    /** What the canary is by itself, and by the stable version if enough is known of that. */
    private Opinion withStable(Opinion byItself, Opinion compared) {
        Opinion unknown = tooLittle("stable version", stable);
        Opinion known = unknown == null ? compared : unknown;
        return worse(byItself, known);
    }

    /** Whether more requests than the quantile leaves are certainly slower than that. */
    private boolean slower(Limit limit, double millis) {
        return Binomial.lowest(canary.slowerThan(millis), canary.timed()) > 1 - limit.quantile();
    }

    private static double share(Sample sample) {
        return sample.requests() == 0 ? 0 : (double) sample.failed() / sample.requests();
    }

    private static Opinion compare(String is, boolean above, boolean certainly, String limit) {
        if (certainly) {
            return new Opinion(Verdict.BAD, is + ", more than " + limit);
        }
        return above
                ? new Opinion(Verdict.INCONCLUSIVE, is + ", which may be by chance more than " + limit)
                : new Opinion(Verdict.GOOD, is);
    }

    private static String percent(double share) {
        return number(share * PERCENT) + " %";
    }

    private static String number(double number) {
        return number == Math.rint(number)
                ? Long.toString((long) number)
                : String.format(Locale.ROOT, number < 10 ? "%.2f" : "%.1f", number);
    }
}
