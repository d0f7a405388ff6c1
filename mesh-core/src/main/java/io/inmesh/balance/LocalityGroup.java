package io.inmesh.balance;

import java.util.List;

/**
 * The endpoints of one priority that are in one place.
 *
 * @param locality {@code region/zone/subzone}
 * @param members its endpoints, not empty
 * @param weight its configured part of the priority's calls
 * @param callers its part of the callers
 * @param balancer chooses among its endpoints; keeps its place while they come and go from rotation
 */
record LocalityGroup(String locality, List<Member> members, long weight, long callers, Balancer balancer) {

    Pool usable() {
        return new Pool(members.stream().filter(Member::usable).toList());
    }

    int usableCount() {
        return (int) members.stream().filter(Member::usable).count();
    }

    long usableWeight() {
        return members.stream().filter(Member::usable).mapToLong(Member::weight).sum();
    }

    /**
     * {@return weight times health} Source: Envoy's effective locality weight, {@code weight × min(1, factor × healthy / all)}.
     *
     * @param overprovisioningPercent the factor, in percent
     */
    double effectiveWeight(int overprovisioningPercent) {
        long staying = members.stream().filter(member -> !member.draining()).count();
        if (staying == 0) {
            return 0;
        }
        return weight * Math.min(1, overprovisioningPercent / 100.0 * usableCount() / staying);
    }
}
