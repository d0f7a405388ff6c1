package io.inmesh.balance;

import java.util.List;
import java.util.function.Predicate;

/**
 * The endpoints of one priority. Those that drain have announced that they leave: they count neither as healthy nor as missing.
 *
 * @param priority lower is used first
 * @param members its endpoints
 * @param balancer chooses among them; keeps its place while endpoints come and go from rotation
 */
record Level(int priority, List<Member> members, Balancer balancer) {

    /** A level carries its whole load until less than 1/1.4 of it is healthy. Source: Envoy {@code overprovisioning_factor}. */
    private static final long OVERPROVISIONING_PERCENT = 140;

    Pool usable() {
        return where(Member::usable);
    }

    Pool staying() {
        return where(member -> !member.draining());
    }

    Pool all() {
        return new Pool(members);
    }

    /** {@return the part of all traffic this level could carry, in millionths} */
    int capacity() {
        long staying = count(member -> !member.draining());
        if (staying == 0) {
            return 0;
        }
        long capacity = count(Member::usable) * OVERPROVISIONING_PERCENT * Share.WHOLE / 100 / staying;
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
