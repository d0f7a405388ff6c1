package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** All AuthorizationPolicies, and which of them guard a workload: those of its namespace and of the root namespace that select it. */
public final class AuthorizationPolicies {
    /** Annotation of a policy that is only to be tried out, not enforced. */
    public static final String DRY_RUN = "istio.io/dry-run";

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

    /** The policies with {@code action} (ALLOW, DENY, AUDIT, CUSTOM) that guard a workload; dry runs are left out. */
    public List<Resource> guarding(String namespace, Map<String, String> labels, String action) {
        return oldestFirst.stream()
                .filter(r -> r.key().namespace().equals(namespace)
                        || r.key().namespace().equals(rootNamespace))
                .filter(r -> !"true".equals(r.annotations().get(DRY_RUN)))
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
