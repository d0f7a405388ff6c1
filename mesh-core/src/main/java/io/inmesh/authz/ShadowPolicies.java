package io.inmesh.authz;

import io.inmesh.config.AuthorizationConfig.Action;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Policies on trial: what the answer would be if they were enforced besides those that are. ALLOW policies are tried together, since
 * they would be enforced together: a request that one of them lets in is in.
 */
final class ShadowPolicies {

    static final ShadowPolicies NONE = new ShadowPolicies(List.of(), List.of());

    private final PolicySet[] denies;
    private final PolicySet[] allows;
    /** One per resource with ALLOW rules on trial: what it says when none of them matches. */
    private final Decision[] closing;

    private ShadowPolicies(List<PolicySet> denies, List<PolicySet> allows) {
        this.denies = denies.toArray(new PolicySet[0]);
        this.allows = allows.toArray(new PolicySet[0]);
        Decision[] byResource = allows.stream()
                .flatMap(set -> Arrays.stream(set.matched()).map(Decision::resource))
                .map(Objects::requireNonNull)
                .distinct()
                .map(resource -> new Decision(
                        false,
                        Action.ALLOW,
                        resource,
                        "would be denied: ALLOW policy \"" + resource + "\" does not match, nor does another"))
                .toArray(Decision[]::new);
        this.closing = byResource.length > 0
                ? byResource
                : new Decision[] {new Decision(false, Action.ALLOW, null, "would be denied: no ALLOW policy matches")};
    }

    static ShadowPolicies of(List<PolicySet> denies, List<PolicySet> allows) {
        return denies.isEmpty() && allows.isEmpty() ? NONE : new ShadowPolicies(denies, allows);
    }

    /** As {@link PolicyListener#shadowDecided} says. */
    void report(RequestFacts facts, Decision decision, PolicyListener listener) {
        boolean changed =
                decision.allowed() ? reportDenied(facts, decision, listener) : reportAllowed(facts, decision, listener);
        if (!changed) {
            listener.shadowDecided(decision, decision);
        }
    }

    private boolean reportDenied(RequestFacts facts, Decision decision, PolicyListener listener) {
        boolean changed = false;
        for (PolicySet set : denies) {
            String reported = null;
            for (int i = set.next(0, facts); i >= 0; i = set.next(i + 1, facts)) {
                Decision match = set.matched()[i];
                String resource = match.resource();
                if (!Objects.equals(resource, reported)) {
                    listener.shadowDecided(decision, match);
                    reported = resource;
                    changed = true;
                }
            }
        }
        boolean enforcedAllows = decision.action() == Action.ALLOW;
        if (allows.length > 0 && !enforcedAllows && allowing(facts) == null) {
            for (Decision denial : closing) {
                listener.shadowDecided(decision, denial);
                changed = true;
            }
        }
        return changed;
    }

    /** A request that no ALLOW policy lets in now may be let in by one on trial, unless a DENY on trial keeps it out. */
    private boolean reportAllowed(RequestFacts facts, Decision decision, PolicyListener listener) {
        if (decision.action() != Action.ALLOW) {
            return false;
        }
        Decision allowing = allowing(facts);
        if (allowing == null) {
            return false;
        }
        for (PolicySet set : denies) {
            if (set.next(0, facts) >= 0) {
                return false;
            }
        }
        listener.shadowDecided(decision, allowing);
        return true;
    }

    private @Nullable Decision allowing(RequestFacts facts) {
        for (PolicySet set : allows) {
            int index = set.next(0, facts);
            if (index >= 0) {
                return set.matched()[index];
            }
        }
        return null;
    }
}
