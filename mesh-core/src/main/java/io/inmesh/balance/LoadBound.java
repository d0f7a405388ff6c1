package io.inmesh.balance;

import java.util.function.LongSupplier;

/**
 * How much of the calls in flight one endpoint may have.
 *
 * @param percent of its fair share, the call to come included; 0 for as many as there are
 * @param inFlight tells how many attempts of the cluster are in flight
 */
record LoadBound(int percent, LongSupplier inFlight) {

    /**
     * {@return whether an endpoint has all it may have}
     *
     * @param member the endpoint
     * @param weight weight of all endpoints that share the calls
     */
    boolean full(Member member, double weight) {
        if (percent == 0) {
            return false;
        }
        double share = (inFlight.getAsLong() + 1) * (percent / 100.0) * (member.weight() / weight);
        return member.endpoint().inFlight() >= Math.max(1, Math.ceil(share));
    }
}
