package io.inmesh.balance;

import io.inmesh.config.SpreadConfig;
import io.inmesh.config.SpreadConfig.LocalityConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The endpoints of one priority. Those that drain have announced that they leave: they count neither as healthy nor as missing.
 *
 * @param priority lower is used first
 * @param members its endpoints
 * @param balancer chooses among all of them; keeps its place while endpoints come and go from rotation
 * @param groups its endpoints by place, in order of their names; empty if places mean nothing
 */
record Level(int priority, List<Member> members, Balancer balancer, List<LocalityGroup> groups) {

    /** {@return a level of endpoints of one priority} */
    static Level of(int priority, List<Member> members, Balancers balancers, SpreadConfig spread) {
        List<LocalityGroup> groups = new ArrayList<>();
        if (spread.mode() != SpreadConfig.Mode.NONE) {
            Map<String, List<Member>> byPlace = new TreeMap<>();
            members.forEach(
                    member -> byPlace.computeIfAbsent(member.endpoint().config().locality(), place -> new ArrayList<>())
                            .add(member));
            byPlace.forEach((place, there) -> groups.add(new LocalityGroup(
                    place,
                    List.copyOf(there),
                    sum(spread, place, priority, true),
                    sum(spread, place, priority, false),
                    balancers.of(priority + "/" + place, List.copyOf(there)))));
        }
        List<Member> all = List.copyOf(members);
        return new Level(priority, all, balancers.of(String.valueOf(priority), all), List.copyOf(groups));
    }

    /** {@return the same with other weights} */
    Level reweighted(ToLongFunction<Member> weight) {
        return new Level(
                priority,
                reweighted(members, weight),
                balancer,
                groups.stream()
                        .map(group -> new LocalityGroup(
                                group.locality(),
                                reweighted(group.members(), weight),
                                group.weight(),
                                group.callers(),
                                group.balancer()))
                        .toList());
    }

    private static List<Member> reweighted(List<Member> members, ToLongFunction<Member> weight) {
        return members.stream()
                .map(member ->
                        new Member(member.endpoint(), weight.applyAsLong(member), member.health(), member.priority()))
                .toList();
    }

    private static long sum(SpreadConfig spread, String place, int priority, boolean weight) {
        return spread.localities().stream()
                .filter(config ->
                        config.priority() == priority && config.locality().equals(place))
                .mapToLong(weight ? LocalityConfig::weight : LocalityConfig::callers)
                .sum();
    }

    Pool usable() {
        return where(Member::usable);
    }

    Pool staying() {
        return where(member -> !member.draining());
    }

    Pool all() {
        return new Pool(members);
    }

    /**
     * {@return the part of all traffic this level could carry, in millionths}
     *
     * @param overprovisioningPercent it carries its whole load until less than 100 / this of it is healthy. Source: Envoy
     *     {@code overprovisioning_factor}
     */
    int capacity(int overprovisioningPercent) {
        long staying = count(member -> !member.draining());
        if (staying == 0) {
            return 0;
        }
        long capacity = count(Member::usable) * overprovisioningPercent * Share.WHOLE / 100 / staying;
        return (int) Math.min(Share.WHOLE, capacity);
    }

    /** {@return whether fewer than a percentage of its endpoints are usable} */
    boolean below(int percent) {
        return count(Member::usable) * 100 < percent * count(member -> !member.draining());
    }

    private Pool where(Predicate<Member> test) {
        return new Pool(members.stream().filter(test).toList());
    }

    private long count(Predicate<Member> test) {
        return members.stream().filter(test).count();
    }
}
