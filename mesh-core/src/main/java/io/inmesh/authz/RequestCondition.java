package io.inmesh.authz;

import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.Condition;

/**
 * Which requests a policy that restricts is about. Immutable and thread-safe.
 *
 * <p>Tested as a DENY rule would be: of several values of a header any one is enough, so that adding a value is no way out.
 */
public final class RequestCondition {

    private final FactTest test;

    private RequestCondition(FactTest test) {
        this.test = test;
    }

    /**
     * {@return the compiled form of a condition}
     *
     * @param policy name of what it belongs to, for problems
     * @param condition what to test
     * @param problems told of everything that cannot be tested; if there is anything, the result must not be used
     */
    public static RequestCondition compile(String policy, Condition condition, PolicyProblems problems) {
        return new RequestCondition(new ConditionCompiler(policy, Action.DENY, problems).compile(condition));
    }

    /** {@return whether a request is meant} */
    public boolean holds(RequestFacts facts) {
        return test.holds(facts);
    }
}
