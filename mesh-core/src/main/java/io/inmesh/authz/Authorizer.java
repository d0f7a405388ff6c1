package io.inmesh.authz;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Decides whether a request is authorized. Immutable and thread-safe.
 *
 * <p>Sets are evaluated DENY before ALLOW and otherwise in their order: the first DENY policy that matches refuses; then each ALLOW
 * set must have a policy that matches. Every set must agree, so the order changes only which policy is named. DENY is
 * evaluated for peers without identity as for any other.
 *
 * <p>Source: Istio {@code AuthorizationPolicy}, "Authorization Policy evaluation"; CUSTOM comes in no config.
 */
public final class Authorizer {

    /** Refuses nothing. */
    public static final Authorizer NONE = new Authorizer(List.of());

    private final Set[] sets;

    private record Set(Action action, FactTest[] tests, Decision[] matched, Decision unmatched) {}

    private Authorizer(List<Set> sets) {
        this.sets = sets.toArray(new Set[0]);
    }

    /**
     * {@return the compiled form of policy sets}
     *
     * @param configs policy sets
     * @param problems told of every policy that cannot be enforced; if there is any, the result must not be used
     */
    public static Authorizer compile(List<AuthorizationConfig> configs, PolicyProblems problems) {
        return new Authorizer(configs.stream()
                .sorted(Comparator.comparing(config -> config.action() != Action.DENY))
                .map(config -> compile(config, problems))
                .toList());
    }

    /** {@return what the policies say about a request} */
    public Decision decide(RequestFacts facts) {
        Decision decision = Decision.NO_POLICIES;
        for (Set set : sets) {
            decision = decide(set, facts);
            if (!decision.allowed()) {
                return decision;
            }
        }
        return decision;
    }

    private static Decision decide(Set set, RequestFacts facts) {
        FactTest[] tests = set.tests();
        for (int i = 0; i < tests.length; i++) {
            if (tests[i].holds(facts)) {
                return set.matched()[i];
            }
        }
        return set.unmatched();
    }

    private static Set compile(AuthorizationConfig config, PolicyProblems problems) {
        Action action = config.action();
        boolean allows = action == Action.ALLOW;
        List<FactTest> tests = new ArrayList<>();
        List<Decision> matched = new ArrayList<>();
        for (Policy policy : config.policies()) {
            tests.add(new ConditionCompiler(policy.name(), action, problems).compile(policy.condition()));
            matched.add(new Decision(
                    allows,
                    action,
                    policy.name(),
                    (allows ? "allowed" : "denied") + " by " + action + " policy \"" + policy.name() + "\""));
        }
        int count = config.policies().size();
        Decision unmatched = new Decision(
                !allows,
                action,
                null,
                allows
                        ? "denied: none of " + count + " ALLOW policies matched"
                        : "allowed: none of " + count + " DENY policies matched");
        return new Set(action, tests.toArray(new FactTest[0]), matched.toArray(new Decision[0]), unmatched);
    }
}
