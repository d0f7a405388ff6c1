package io.inmesh.authz;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import java.util.ArrayList;
import java.util.List;

/**
 * A compiled {@link AuthorizationConfig}.
 *
 * @param tests one per policy
 * @param index which of them are worth testing
 * @param matched what it means that the policy at this index matches
 * @param unmatched what it means that none does
 */
record PolicySet(FactTest[] tests, PolicyIndex index, Decision[] matched, Decision unmatched) {

    private static final int NONE = -1;

    static PolicySet compile(AuthorizationConfig config, PolicyProblems problems) {
        Action action = config.action();
        List<FactTest> tests = new ArrayList<>();
        List<Decision> matched = new ArrayList<>();
        boolean denies = action == Action.DENY;
        String verb = config.shadow() ? denies ? "would be denied" : "would be allowed" : denies ? "denied" : "allowed";
        for (Policy policy : config.policies()) {
            tests.add(new ConditionCompiler(policy.name(), action, problems).compile(policy.condition()));
            matched.add(new Decision(
                    !denies, action, policy.name(), verb + " by " + action + " policy \"" + policy.name() + "\""));
        }
        int count = config.policies().size();
        boolean refuses = action == Action.ALLOW;
        Decision unmatched = new Decision(
                !refuses,
                action,
                null,
                (refuses ? "denied" : "allowed") + ": none of " + count + " " + action + " policies matched");
        return new PolicySet(
                tests.toArray(new FactTest[0]), PolicyIndex.of(tests), matched.toArray(new Decision[0]), unmatched);
    }

    Decision decide(RequestFacts facts) {
        int index = next(0, facts);
        return index == NONE ? unmatched : matched[index];
    }

    /** {@return index of the first policy from {@code start} on that matches, negative if none does} */
    int next(int start, RequestFacts facts) {
        int[] candidates = index.candidates(facts);
        for (int i : candidates) {
            if (i >= start && tests[i].holds(facts)) {
                return i;
            }
        }
        return NONE;
    }
}
