package io.inmesh.balance;

import io.inmesh.config.SpreadConfig;
import io.inmesh.config.SpreadConfig.Mode;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides the traffic of one priority among its localities.
 *
 * <p>Source: Envoy's locality weighted and zone aware load balancing. Where neither applies, the priority is one share.
 */
final class LevelSplit {

    private final Level level;
    private final SpreadConfig spread;
    private final boolean first;

    /**
     * Looks at a level.
     *
     * @param first whether no other level comes before it: only there calls are kept in the own locality, as in Envoy
     */
    LevelSplit(Level level, SpreadConfig spread, boolean first) {
        this.level = level;
        this.spread = spread;
        this.first = first;
    }

    /**
     * {@return shares that together carry a part of all traffic}
     *
     * @param part in millionths; if 0 the level stands by
     * @param usable the endpoints of the level that may be picked, not empty
     */
    List<Share> shares(int part, Pool usable) {
        if (part == 0) {
            return standby(usable);
        }
        double[] weights = switch (spread.mode()) {
            case NONE -> new double[0];
            case WEIGHTED -> byWeight();
            case ZONE_AWARE -> first ? byZone() : new double[0];
        };
        if (sum(weights) == 0) {
            return List.of(whole(usable, part));
        }
        int[] parts = Apportionment.divide(part, weights);
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            LocalityGroup group = level.groups().get(i);
            Pool pool = group.usable();
            // Retries may leave the own locality, but never go where the config sends nothing.
            boolean listed = weights[i] > 0 || spread.mode() == Mode.ZONE_AWARE;
            if (listed && !pool.isEmpty()) {
                shares.add(new Share(level.priority(), group.locality(), pool, parts[i], false, group.balancer()));
            }
        }
        // Endpoints may have been ejected since they were counted, and a share without any would offer nobody.
        return shares.stream().mapToInt(Share::millionths).sum() == part ? shares : List.of(whole(usable, part));
    }

    /** Retries may come to a level that stands by: anywhere there, but to localities without weight. */
    private List<Share> standby(Pool usable) {
        if (spread.mode() != Mode.WEIGHTED || sum(byWeight()) == 0) {
            return List.of(whole(usable, 0));
        }
        List<Member> weighted = level.groups().stream()
                .filter(group -> group.weight() > 0)
                .flatMap(group -> group.members().stream())
                .filter(Member::usable)
                .toList();
        return weighted.isEmpty() ? List.of() : List.of(whole(new Pool(weighted), 0));
    }

    private Share whole(Pool pool, int part) {
        return new Share(level.priority(), null, pool, part, false, level.balancer());
    }

    private double[] byWeight() {
        return level.groups().stream()
                .mapToDouble(group -> group.effectiveWeight(spread.overprovisioningPercent()))
                .toArray();
    }

    /**
     * {@return what each locality takes of the calls from the own one; nothing if that cannot or need not be told}
     *
     * <p>Let a locality have the share <i>u</i> of the usable weight and <i>c</i> of the callers. If the own <i>u</i> is at least its
     * <i>c</i>, all calls stay. Otherwise it takes <i>u/c</i> of them, and the others share the rest by what they have left, <i>u −
     * c</i>; so if all callers do this, every endpoint gets its fair part.
     */
    private double[] byZone() {
        List<LocalityGroup> groups = level.groups();
        int own = own(groups);
        int usable = groups.stream().mapToInt(LocalityGroup::usableCount).sum();
        if (own < 0 || groups.get(own).usableCount() == 0 || groups.size() < 2 || usable < spread.minEndpoints()) {
            return new double[0];
        }
        double[] capacity =
                shares(groups.stream().mapToDouble(LocalityGroup::usableWeight).toArray());
        double[] callers = callers(groups);
        double[] weights = new double[groups.size()];
        double stay = callers[own] == 0 ? 1 : Math.min(1, capacity[own] / callers[own]);
        weights[own] = stay;
        if (stay == 1) {
            return weights;
        }
        double[] residual = new double[groups.size()];
        for (int i = 0; i < residual.length; i++) {
            residual[i] = i == own ? 0 : Math.max(0, capacity[i] - callers[i]);
        }
        double left = sum(residual);
        for (int i = 0; i < residual.length; i++) {
            if (i != own) {
                weights[i] = (1 - stay) * (left > 0 ? residual[i] / left : capacity[i] / (1 - capacity[own]));
            }
        }
        return weights;
    }

    private int own(List<LocalityGroup> groups) {
        for (int i = 0; i < groups.size(); i++) {
            if (!spread.own().isEmpty() && groups.get(i).locality().equals(spread.own())) {
                return i;
            }
        }
        return -1;
    }

    /** {@return the callers of each locality as a part of all of them, those from places without endpoints included} */
    private double[] callers(List<LocalityGroup> groups) {
        double all = spread.localities().stream()
                .filter(config -> config.priority() == level.priority())
                .mapToDouble(SpreadConfig.LocalityConfig::callers)
                .sum();
        return groups.stream()
                .mapToDouble(group -> all == 0 ? 1.0 / groups.size() : group.callers() / all)
                .toArray();
    }

    private static double[] shares(double[] amounts) {
        double sum = sum(amounts);
        double[] shares = new double[amounts.length];
        for (int i = 0; i < amounts.length; i++) {
            shares[i] = sum == 0 ? 0 : amounts[i] / sum;
        }
        return shares;
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }
}
