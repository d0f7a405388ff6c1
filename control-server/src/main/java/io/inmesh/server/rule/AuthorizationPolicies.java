package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All AuthorizationPolicies, and which of them guard a workload: those of its namespace and of the root namespace that select it. */
public final class AuthorizationPolicies {
    /** Annotation of a policy that is only to be tried out, not enforced. */
    public static final String DRY_RUN = "istio.io/dry-run";

    /** Values of the annotation that set it. */
    public static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");

    /** Values of the annotation that do not. */
    public static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

    private final List<Resource> oldestFirst;
    private final String rootNamespace;

    private AuthorizationPolicies(List<Resource> oldestFirst, String rootNamespace) {
        this.oldestFirst = oldestFirst;
        this.rootNamespace = rootNamespace;
    }

    /** Indexes {@code resources} of kind AuthorizationPolicy. */
    public static AuthorizationPolicies of(Collection<Resource> resources, RuleSettings settings) {
        return new AuthorizationPolicies(
                resources.stream().sorted(RuleOrder.OLDEST_FIRST).toList(), settings.rootNamespace());
    }

    /** The policies with {@code action} (ALLOW, DENY, AUDIT, CUSTOM) that guard a workload; those on trial are left out. */
    public List<Resource> guarding(String namespace, Map<String, String> labels, String action) {
        return selecting(namespace, labels, action, false);
    }

    /** The policies with {@code action} that would guard a workload, but are only tried out. */
    public List<Resource> onTrial(String namespace, Map<String, String> labels, String action) {
        return selecting(namespace, labels, action, true);
    }

    /** Whether a policy is only tried out. The annotation is read as Go reads a boolean; the validator refuses what is none. */
    public static boolean onTrial(Resource policy) {
        return TRUE.contains(policy.annotations().getOrDefault(DRY_RUN, ""));
    }

    private List<Resource> selecting(String namespace, Map<String, String> labels, String action, boolean onTrial) {
        return oldestFirst.stream()
                .filter(r -> r.key().namespace().equals(namespace)
                        || r.key().namespace().equals(rootNamespace))
                .filter(r -> onTrial(r) == onTrial)
                .filter(r -> {
                    Field spec = Field.spec(r);
                    return spec.get("action").text("ALLOW").equals(action)
                            && spec.get("targetRef").absent()
                            && spec.get("targetRefs").items().isEmpty()
                            && LabelSelector.ofMatchLabels(spec.get("selector")).matches(labels);
                })
                .toList();
    }
}
