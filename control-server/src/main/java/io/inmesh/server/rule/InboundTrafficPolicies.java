package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All InboundTrafficPolicies, and the one a workload obeys: of its namespace one that selects it, else one for the whole namespace;
 * else the same in the root namespace. In each scope the oldest wins; nothing is merged
 * but forwarders, which are found for themselves.
 */
public final class InboundTrafficPolicies {
    private final List<Resource> oldestFirst;
    private final List<Resource> believing;
    private final String rootNamespace;

    private InboundTrafficPolicies(List<Resource> oldestFirst, String rootNamespace) {
        this.oldestFirst = oldestFirst;
        this.believing = oldestFirst.stream()
                .filter(policy ->
                        Forwarders.of(Field.spec(policy).get("forwarders")).any())
                .toList();
        this.rootNamespace = rootNamespace;
    }

    /** Indexes {@code resources} of kind InboundTrafficPolicy. */
    public static InboundTrafficPolicies of(Collection<Resource> resources, RuleSettings settings) {
        return new InboundTrafficPolicies(
                resources.stream().sorted(RuleOrder.OLDEST_FIRST).toList(), settings.rootNamespace());
    }

    /** The policy that a workload in {@code namespace} with {@code labels} obeys. */
    public Optional<Resource> lookup(String namespace, Map<String, String> labels) {
        return mostSpecificFirst(namespace, labels).findFirst();
    }

    /**
     * Whom a workload believes about the address of clients. Looked up for itself: a policy about load that says nothing of it must not
     * switch off what a more general one says, on which others rely.
     */
    public Forwarders forwarders(String namespace, Map<String, String> labels) {
        return mostSpecificFirst(namespace, labels)
                .map(policy -> Field.spec(policy).get("forwarders"))
                .filter(Field::present)
                .findFirst()
                .map(Forwarders::of)
                .orElse(Forwarders.NONE);
    }

    /** Whether some policy with forwarders may be about workloads that another resource selects. */
    public boolean mayForward(String namespace, LabelSelector selector) {
        return believing.stream()
                .filter(policy -> namespace.equals(rootNamespace)
                        || policy.key().namespace().equals(namespace)
                        || policy.key().namespace().equals(rootNamespace))
                .anyMatch(policy -> selector(policy).labels().entrySet().stream()
                        .allMatch(label -> label.getValue()
                                .equals(selector.labels().getOrDefault(label.getKey(), label.getValue()))));
    }

    private Stream<Resource> mostSpecificFirst(String namespace, Map<String, String> labels) {
        return Stream.of(namespace, rootNamespace)
                .flatMap(scope -> Stream.of(false, true)
                        .flatMap(general -> oldestFirst.stream()
                                .filter(policy -> policy.key().namespace().equals(scope))
                                .filter(policy -> selector(policy).selectsAll() == general)
                                .filter(policy -> selector(policy).matches(labels))));
    }

    /** Which workloads a policy is about. */
    public static LabelSelector selector(Resource policy) {
        return LabelSelector.ofMatchLabels(Field.spec(policy).get("selector"));
    }
}
