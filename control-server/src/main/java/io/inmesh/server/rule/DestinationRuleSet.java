package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The DestinationRules of one namespace for one host, merged: subsets of all (the first of a name wins), the top-level traffic policy of
 * the oldest that has one.
 */
public final class DestinationRuleSet {
    private final List<Resource> oldestFirst;
    private final Map<String, Subset> subsets = new LinkedHashMap<>();

    /**
     * A named part of a service's endpoints.
     *
     * @param name how routes refer to it
     * @param selector labels its endpoints carry; none means all endpoints
     * @param trafficPolicy overrides of the rule's traffic policy
     * @param source the rule that defines it
     */
    public record Subset(String name, LabelSelector selector, Field trafficPolicy, Resource source) {}

    DestinationRuleSet(List<Resource> oldestFirst) {
        this.oldestFirst = List.copyOf(oldestFirst);
        for (Resource resource : oldestFirst) {
            for (Field subset : Field.spec(resource).get("subsets").items()) {
                String name = subset.get("name").text();
                LabelSelector selector = new LabelSelector(subset.get("labels").textMap());
                subsets.putIfAbsent(name, new Subset(name, selector, subset.get("trafficPolicy"), resource));
            }
        }
    }

    /** The rules merged here, oldest first; never empty. */
    public List<Resource> sources() {
        return oldestFirst;
    }

    /** Subsets by name, in the order defined. */
    public Map<String, Subset> subsets() {
        return Collections.unmodifiableMap(subsets);
    }

    /** The subset of that name. */
    public Optional<Subset> subset(String name) {
        return Optional.ofNullable(subsets.get(name));
    }

    /** The policy in force for a service port, and a subset if {@code subset} is not empty. */
    public TrafficPolicy policy(String subset, int port) {
        Field top = Field.spec(speaker()).get("trafficPolicy");
        TrafficPolicy policy = TrafficPolicy.DEFAULTS.overriddenBy(top, port);
        Subset named = subsets.get(subset);
        return named == null ? policy : policy.overriddenBy(named.trafficPolicy(), port);
    }

    /** The rule that speaks for a cluster in its metadata: the subset's own, else the one whose traffic policy holds. */
    public Resource sourceOf(String subset) {
        Subset named = subsets.get(subset);
        return named == null ? speaker() : named.source();
    }

    /** The oldest rule with a top-level traffic policy; the oldest of all if none has one. */
    private Resource speaker() {
        return oldestFirst.stream()
                .filter(rule -> Field.spec(rule).get("trafficPolicy").present())
                .findFirst()
                .orElse(oldestFirst.get(0));
    }
}
