package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Which members of a group are in a pool, by their index.
 *
 * @param pool the pool
 * @param open by index; of the length of the group
 * @param weight sum of the weights of those in the pool
 */
record OpenMembers(Pool pool, boolean[] open, double weight) {

    static OpenMembers of(List<Member> members, Pool pool) {
        Set<Endpoint> pooled = Collections.newSetFromMap(new IdentityHashMap<>());
        pool.forEach(pooled::add);
        boolean[] open = new boolean[members.size()];
        double weight = 0;
        for (int i = 0; i < open.length; i++) {
            open[i] = pooled.contains(members.get(i).endpoint());
            weight += open[i] ? members.get(i).weight() : 0;
        }
        return new OpenMembers(pool, open, weight);
    }

    boolean has(int member) {
        return open[member];
    }
}
