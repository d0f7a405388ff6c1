package io.inmesh.authz;

import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import org.jspecify.annotations.Nullable;

/**
 * What the policies say about one request. Made when they are compiled, so deciding allocates nothing.
 *
 * @param allowed whether the request may go on
 * @param action kind of the policy set that decided, null if there is none at all
 * @param policy name of the policy that matched, null if none did
 * @param reason one sentence for logs and {@code explain}; not for the peer
 */
public record Decision(
        boolean allowed, @Nullable Action action, @Nullable String policy, String reason) {

    /** What is said where no policy is enforced. */
    public static final Decision NO_POLICIES = new Decision(true, null, null, "allowed: there are no policies");

    /** {@return the resource whose rule matched, e.g. {@code ns[default]-policy[ratings-viewer]}; null if none did} */
    public @Nullable String resource() {
        return policy == null ? null : Policy.resource(policy);
    }
}
