package io.inmesh.balance;

import io.inmesh.config.BalancingConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.WarmUpConfig;
import io.inmesh.time.Deadlines;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets the weight of endpoints that have just appeared grow. Source: Envoy's slow start, for round robin and least request as there.
 *
 * <p>What is prepared with these weights holds for a hundredth of the window, so that picks neither reckon nor wait.
 */
final class WarmUp {

    /** Lets small weights shrink to a part of themselves although weights are whole numbers. */
    private static final long FINENESS = 1000;

    /** Larger ones are fine enough, and stay where a pool can reckon with them. */
    private static final long LARGE = 1L << 20;

    private static final long LONGEST_STEP_NANOS = 100_000_000;
    private static final WarmUp NONE = new WarmUp(null);

    private final @Nullable WarmUpConfig config;

    private WarmUp(@Nullable WarmUpConfig config) {
        this.config = config;
    }

    static WarmUp of(LoadBalancer kind, BalancingConfig config) {
        boolean weighs = kind == LoadBalancer.ROUND_ROBIN || kind == LoadBalancer.LEAST_REQUEST;
        return weighs && config.warmUp() != null ? new WarmUp(config.warmUp()) : NONE;
    }

    /** {@return the levels with the weights of now} */
    List<Level> weighted(List<Level> levels, long nowNanos) {
        WarmUpConfig ramp = config;
        if (ramp == null || !anyWarming(levels, ramp, nowNanos)) {
            return levels;
        }
        long heaviest = levels.stream()
                .flatMap(level -> level.members().stream())
                .mapToLong(Member::weight)
                .max()
                .orElse(1);
        long unit = heaviest > LARGE ? 1 : FINENESS;
        return levels.stream()
                .map(level -> level.reweighted(member -> weight(member, ramp, unit, nowNanos)))
                .toList();
    }

    /** {@return when the weights of now are no longer good enough; {@link Deadlines#NEVER} if nobody warms up} */
    long validUntil(List<Level> levels, long nowNanos) {
        WarmUpConfig ramp = config;
        if (ramp == null || !anyWarming(levels, ramp, nowNanos)) {
            return Deadlines.NEVER;
        }
        long window = ramp.duration().toNanos();
        return nowNanos + Math.max(1, Math.max(window / 100, Math.min(LONGEST_STEP_NANOS, window / 10)));
    }

    private static boolean anyWarming(List<Level> levels, WarmUpConfig ramp, long nowNanos) {
        return levels.stream()
                .flatMap(level -> level.members().stream())
                .anyMatch(member ->
                        member.endpoint().ageNanos(nowNanos) < ramp.duration().toNanos());
    }

    private static long weight(Member member, WarmUpConfig ramp, long unit, long nowNanos) {
        return Math.max(
                1,
                Math.round(
                        member.weight() * unit * factor(ramp, member.endpoint().ageNanos(nowNanos))));
    }

    /** {@return the part of its weight that an endpoint of some age has} */
    static double factor(WarmUpConfig ramp, long ageNanos) {
        double part =
                Math.max(0, Math.min(1, (double) ageNanos / ramp.duration().toNanos()));
        return Math.max(ramp.minimumPercent() / 100, Math.pow(part, 1 / ramp.aggression()));
    }
}
