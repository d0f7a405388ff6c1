package io.inmesh.config;

import java.util.List;
import java.util.Objects;

/**
 * One set of authorization policies with the same action; a workload has a list of them, evaluated in order.
 *
 * <p>Source: Envoy {@code rbac.v3.RBAC}. DENY: refused as soon as any policy matches. ALLOW: refused unless some policy
 * matches, so an ALLOW without policies refuses everything.
 *
 * @param action what a match means
 * @param policies the policies
 */
public record AuthorizationConfig(Action action, List<Policy> policies) {

    /** What a match means. */
    public enum Action {
        /** The request is refused. */
        DENY,
        /** The request may go on. */
        ALLOW
    }

    /**
     * One policy.
     *
     * @param name name that decisions carry, e.g. {@code ns[default]-policy[ratings-viewer]-rule[0]}
     * @param condition when it matches
     */
    public record Policy(String name, Condition condition) {
        /** Checks that nothing is missing. */
        public Policy {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(condition, "condition");
        }
    }

    /** Copies the list. */
    public AuthorizationConfig {
        Objects.requireNonNull(action, "action");
        policies = List.copyOf(policies);
    }
}
