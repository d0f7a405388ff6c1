package io.inmesh.server.rollout;

import org.jspecify.annotations.Nullable;

/**
 * What is to be done about a rollout.
 *
 * @param status its status from now on
 * @param write weights to give the route once the status is kept; null to leave it
 * @param event what has happened, as the audit log names it, such as {@code rollout-promoted}; empty if nothing worth telling
 */
record Decision(RolloutStatus status, @Nullable Weights write, String event) {

    static Decision quiet(RolloutStatus status) {
        return new Decision(status, null, "");
    }

    static Decision event(RolloutStatus status, String event) {
        return new Decision(status, null, event);
    }
}
