package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All InboundTrafficPolicies, and the one a workload obeys: of its namespace one that selects it, else one for the whole namespace;
 * else the same in the root namespace. In each scope the oldest wins; nothing is merged.
 */
public final class InboundTrafficPolicies {
    private final List<Resource> oldestFirst;
    private final String rootNamespace;

    private InboundTrafficPolicies(List<Resource> oldestFirst, String rootNamespace) {
        this.oldestFirst = oldestFirst;
        this.rootNamespace = rootNamespace;
    }

    /** Indexes {@code resources} of kind InboundTrafficPolicy. */
    public static InboundTrafficPolicies of(Collection<Resource> resources, RuleSettings settings) {
        return new InboundTrafficPolicies(
                resources.stream().sorted(RuleOrder.OLDEST_FIRST).toList(), settings.rootNamespace());
    }

    /** The policy that a workload in {@code namespace} with {@code labels} obeys. */
    public Optional<Resource> lookup(String namespace, Map<String, String> labels) {
        return Stream.of(namespace, rootNamespace)
                .flatMap(scope -> Stream.of(false, true)
                        .flatMap(general -> oldestFirst.stream()
                                .filter(policy -> policy.key().namespace().equals(scope))
                                .filter(policy -> selector(policy).selectsAll() == general)
                                .filter(policy -> selector(policy).matches(labels))))
                .findFirst();
    }

    /** Which workloads a policy is about. */
    public static LabelSelector selector(Resource policy) {
        return LabelSelector.ofMatchLabels(Field.spec(policy).get("selector"));
    }
}
