package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * All Telemetry resources, and what they mean for a workload: first that for the whole mesh, then that for its namespace, then that which
 * selects it, each changing what the one before says. In each scope the oldest wins. A resource for a gateway or waypoint
 * ({@code targetRef}, {@code targetRefs}) and a selector in the root namespace are for nobody here.
 */
public final class Telemetries {
    private final List<Resource> oldestFirst;
    private final String rootNamespace;

    private Telemetries(List<Resource> oldestFirst, String rootNamespace) {
        this.oldestFirst = oldestFirst;
        this.rootNamespace = rootNamespace;
    }

    /** Indexes {@code resources} of kind Telemetry. */
    public static Telemetries of(Collection<Resource> resources, RuleSettings settings) {
        return new Telemetries(
                resources.stream()
                        .filter(resource -> !targeted(resource))
                        .sorted(RuleOrder.OLDEST_FIRST)
                        .toList(),
                settings.rootNamespace());
    }

    /** What is told about one side of the calls of a workload in {@code namespace} with {@code labels}. */
    public TelemetryRule effective(String namespace, Map<String, String> labels, TelemetryRule.Side side) {
        TelemetryRule rule = TelemetryRule.STANDARD;
        rule = rule.with(first(rootNamespace, LabelSelector::selectsAll), side);
        if (!namespace.equals(rootNamespace)) {
            rule = rule.with(first(namespace, LabelSelector::selectsAll), side)
                    .with(first(namespace, selector -> !selector.selectsAll() && selector.matches(labels)), side);
        }
        return rule;
    }

    /** Those that a workload in {@code namespace} with {@code labels} obeys. */
    public List<Resource> selecting(String namespace, Map<String, String> labels) {
        return oldestFirst.stream()
                .filter(resource -> resource.key().namespace().equals(namespace)
                        || resource.key().namespace().equals(rootNamespace))
                .filter(resource -> selector(resource).matches(labels))
                .toList();
    }

    /** Whether a resource is for a gateway or waypoint. */
    public static boolean targeted(Resource resource) {
        Field spec = Field.spec(resource);
        return spec.get("targetRef").present()
                || !spec.get("targetRefs").items().isEmpty();
    }

    /** Which workloads a resource is about. */
    public static LabelSelector selector(Resource resource) {
        return LabelSelector.ofMatchLabels(Field.spec(resource).get("selector"));
    }

    private Field first(String namespace, Predicate<LabelSelector> wanted) {
        return oldestFirst.stream()
                .filter(resource -> resource.key().namespace().equals(namespace))
                .filter(resource -> wanted.test(selector(resource)))
                .findFirst()
                .map(Field::spec)
                .orElse(Field.ABSENT);
    }
}
