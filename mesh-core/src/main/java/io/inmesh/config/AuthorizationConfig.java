package io.inmesh.config;

import java.util.List;
import java.util.Objects;

/**
 * One set of authorization policies with the same action; a workload has a list of them.
 *
 * <p>Source: Envoy {@code rbac.v3.RBAC}. DENY: refused as soon as any policy matches. ALLOW: refused unless some policy
 * matches, so an ALLOW without policies refuses everything. AUDIT, Envoy's {@code LOG}: a match is only marked.
 *
 * @param action what a match means
 * @param shadow whether the set is only tried out: it is evaluated and reported and changes no answer. Istio's dry run, Envoy's {@code
 *     shadow_rules}
 * @param policies the policies
 */
public record AuthorizationConfig(Action action, boolean shadow, List<Policy> policies) {

    /** What a match means. */
    public enum Action {
        /** The request is refused. */
        DENY,
        /** The request may go on. */
        ALLOW,
        /** The request is marked in metrics, log and trace. */
        AUDIT
    }

    /**
     * One policy.
     *
     * @param name name that decisions carry, e.g. {@code ns[default]-policy[ratings-viewer]-rule[0]}
     * @param condition when it matches
     */
    public record Policy(String name, Condition condition) {

        private static final String RULE = "-rule[";

        /** Checks that nothing is missing. */
        public Policy {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(condition, "condition");
        }

        /** {@return the resource the policy is a rule of, e.g. {@code ns[default]-policy[ratings-viewer]}; its name if it is whole itself} */
        public String resource() {
            return resource(name);
        }

        /** {@return the resource that a policy of this name is a rule of} */
        public static String resource(String name) {
            int rule = name.endsWith("]") ? name.lastIndexOf(RULE) : -1;
            return rule < 0 ? name : name.substring(0, rule);
        }
    }

    /** Copies the list. */
    public AuthorizationConfig {
        Objects.requireNonNull(action, "action");
        policies = List.copyOf(policies);
    }

    /** A set that is enforced. */
    public AuthorizationConfig(Action action, List<Policy> policies) {
        this(action, false, policies);
    }
}
