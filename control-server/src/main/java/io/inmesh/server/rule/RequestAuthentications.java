package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All RequestAuthentications, and whose tokens a workload accepts: those of its namespace and of the root namespace that select it. */
public final class RequestAuthentications {
    private final List<Resource> oldestFirst;
    private final String rootNamespace;

    private RequestAuthentications(List<Resource> oldestFirst, String rootNamespace) {
        this.oldestFirst = oldestFirst;
        this.rootNamespace = rootNamespace;
    }

    /** Indexes {@code resources} of kind RequestAuthentication. */
    public static RequestAuthentications of(Collection<Resource> resources, RuleSettings settings) {
        return new RequestAuthentications(
                resources.stream().sorted(RuleOrder.OLDEST_FIRST).toList(), settings.rootNamespace());
    }

    /** Those that select a workload, the oldest first. */
    public List<Resource> selecting(String namespace, Map<String, String> labels) {
        return oldestFirst.stream()
                .filter(resource -> resource.key().namespace().equals(namespace)
                        || resource.key().namespace().equals(rootNamespace))
                .filter(resource -> {
                    Field spec = Field.spec(resource);
                    return spec.get("targetRef").absent()
                            && spec.get("targetRefs").items().isEmpty()
                            && LabelSelector.ofMatchLabels(spec.get("selector")).matches(labels);
                })
                .toList();
    }

    /** The JWT rules of a workload: those of all resources that select it, sorted by issuer. */
    public List<Field> rules(String namespace, Map<String, String> labels) {
        return selecting(namespace, labels).stream()
                .flatMap(resource -> Field.spec(resource).get("jwtRules").items().stream())
                .sorted(Comparator.comparing(rule -> rule.get("issuer").text()))
                .toList();
    }

    /** Whether any of them might select workloads that a policy selects: none of their labels contradicts its labels. */
    public boolean mayConcern(String policyNamespace, Map<String, String> policyLabels) {
        return oldestFirst.stream()
                .filter(resource -> policyNamespace.equals(rootNamespace)
                        || resource.key().namespace().equals(policyNamespace)
                        || resource.key().namespace().equals(rootNamespace))
                .map(resource -> Field.spec(resource).get("selector").get("matchLabels"))
                .anyMatch(labels -> labels.members().entrySet().stream()
                        .allMatch(label -> policyLabels
                                .getOrDefault(label.getKey(), label.getValue().text())
                                .equals(label.getValue().text())));
    }

    /** Where the keys of all rules come from. */
    public static Set<KeySource> sources(Collection<Resource> resources) {
        Set<KeySource> sources = new LinkedHashSet<>();
        for (Resource resource : resources) {
            Field.spec(resource)
                    .get("jwtRules")
                    .items()
                    .forEach(rule -> KeySource.of(rule).ifPresent(sources::add));
        }
        return sources;
    }
}
