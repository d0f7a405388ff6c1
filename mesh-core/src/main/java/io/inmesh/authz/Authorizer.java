package io.inmesh.authz;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import java.util.List;

/**
 * Decides whether a request is authorized. Immutable and thread-safe.
 *
 * <p>Sets are evaluated DENY before ALLOW and otherwise in their order: the first DENY policy that matches refuses; then each ALLOW
 * set must have a policy that matches. Every set must agree, so the order changes only which policy is named. DENY is
 * evaluated for peers without identity as for any other. CUSTOM, which asks somebody outside, comes before all of this and is
 * a stage of its own.
 *
 * <p>Source: Istio {@code AuthorizationPolicy}, "Authorization Policy evaluation".
 */
public final class Authorizer {

    /** Refuses nothing. */
    public static final Authorizer NONE = new Authorizer(List.of(), List.of(), List.of(), ShadowPolicies.NONE);

    private final PolicySet[] denies;
    private final PolicySet[] allows;
    private final PolicySet[] audits;
    private final ShadowPolicies shadow;

    private Authorizer(List<PolicySet> denies, List<PolicySet> allows, List<PolicySet> audits, ShadowPolicies shadow) {
        this.denies = denies.toArray(new PolicySet[0]);
        this.allows = allows.toArray(new PolicySet[0]);
        this.audits = audits.toArray(new PolicySet[0]);
        this.shadow = shadow;
    }

    /**
     * {@return the compiled form of policy sets}
     *
     * @param configs policy sets
     * @param problems told of every policy that cannot be enforced; if there is any, the result must not be used
     */
    public static Authorizer compile(List<AuthorizationConfig> configs, PolicyProblems problems) {
        return configs.isEmpty()
                ? NONE
                : new Authorizer(
                        sets(configs, Action.DENY, false, problems),
                        sets(configs, Action.ALLOW, false, problems),
                        sets(configs, Action.AUDIT, false, problems),
                        ShadowPolicies.of(
                                sets(configs, Action.DENY, true, problems),
                                sets(configs, Action.ALLOW, true, problems)));
    }

    /** {@return what the policies say about a request} */
    public Decision decide(RequestFacts facts) {
        Decision decision = Decision.NO_POLICIES;
        for (PolicySet set : denies) {
            decision = set.decide(facts);
            if (!decision.allowed()) {
                return decision;
            }
        }
        for (PolicySet set : allows) {
            decision = set.decide(facts);
            if (!decision.allowed()) {
                return decision;
            }
        }
        return decision;
    }

    /** {@return whether there are policies that change no answer, so that {@link #report} has something to say} */
    public boolean reports() {
        return audits.length > 0 || shadow != ShadowPolicies.NONE;
    }

    /**
     * Evaluates the policies that change no answer.
     *
     * @param decision what {@link #decide} said of this request
     */
    public void report(RequestFacts facts, Decision decision, PolicyListener listener) {
        for (PolicySet set : audits) {
            String reported = null;
            for (int i = set.next(0, facts); i >= 0; i = set.next(i + 1, facts)) {
                Decision match = set.matched()[i];
                String resource = match.resource();
                if (resource != null && !resource.equals(reported)) {
                    listener.audited(match);
                    reported = resource;
                }
            }
        }
        if (shadow != ShadowPolicies.NONE) {
            shadow.report(facts, decision, listener);
        }
    }

    private static List<PolicySet> sets(
            List<AuthorizationConfig> configs, Action action, boolean shadow, PolicyProblems problems) {
        return configs.stream()
                .filter(config -> config.action() == action && config.shadow() == shadow)
                .map(config -> PolicySet.compile(config, problems))
                .toList();
    }
}
