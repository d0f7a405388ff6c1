package io.inmesh.authz;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import org.jspecify.annotations.Nullable;

/**
 * Which requests an external authorizer is asked about. Compiled as DENY is: a condition that has more than one reading counts as met, so
 * that in doubt there is a check.
 */
public final class ExternalRules {

    private final ExternalAuthorizerConfig authorizer;
    private final PolicySet set;

    private ExternalRules(ExternalAuthorizerConfig authorizer, PolicySet set) {
        this.authorizer = authorizer;
        this.set = set;
    }

    /**
     * {@return the compiled form, null if nobody outside is to be asked}
     *
     * @param problems told of every policy that cannot be enforced; if there is any, the result must not be used
     */
    public static @Nullable ExternalRules compile(
            @Nullable ExternalAuthorizationConfig config, PolicyProblems problems) {
        return config == null
                ? null
                : new ExternalRules(
                        config.authorizer(),
                        PolicySet.compile(new AuthorizationConfig(Action.DENY, config.policies()), problems));
    }

    /** {@return whom to ask} */
    public ExternalAuthorizerConfig authorizer() {
        return authorizer;
    }

    /** {@return the name of the policy that wants a request checked, null if none does} */
    public @Nullable String matching(RequestFacts facts) {
        int index = set.next(0, facts);
        return index < 0 ? null : set.matched()[index].policy();
    }
}
